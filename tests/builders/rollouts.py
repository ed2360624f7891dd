"""Rollouts as values."""

from typing import Any

from servicehost.domain.rollout import Rollout, RolloutPlan, RolloutState
from servicehost.domain.selection import Selection

__all__ = ["a_rollout"]


def a_rollout(number: int = 0, state: RolloutState = RolloutState.RUNNING, **fields: Any) -> Rollout:
    """Of no adapter, unless its plan says so."""
    plain: dict[str, Any] = {
        "management_code": "nxm000000001",
        "name": "x",
        "note": "",
        "plan": RolloutPlan(targets=Selection(service_codes=())),
        "state_since": 1,
        "state_by": "x",
        "created_at": 1,
        "created_by": "x",
        "author": "x",
    }
    return Rollout(rollout=number, state=state, **(plain | fields))
