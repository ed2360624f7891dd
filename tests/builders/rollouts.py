"""Rollouts and their members as values."""

from collections.abc import Sequence
from typing import Any

import msgspec

from servicehost.domain.rollout import Member, MemberState, Rollout, RolloutPlan, RolloutState
from servicehost.domain.selection import Selection
from servicehost.ports.store import Batch

__all__ = ["a_member", "a_rollout", "add_rollout"]


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


def a_member(service_code: str, state: MemberState = MemberState.PUSHED, **fields: Any) -> Member:
    """The first of wave 1."""
    plain: dict[str, Any] = {
        "rollout": 0,
        "position": 1,
        "management_code": "nxm000000001",
        "wave": 1,
        "changed_at": 1,
    }
    return Member(service_code=service_code, state=state, **(plain | fields))


def add_rollout(batch: Batch, rollout: Rollout, members: Sequence[Member]) -> Rollout:
    """The rollout with its number, kept with its members."""
    made = batch.add_rollout(rollout)
    if members:
        batch.add_rollout_members([msgspec.structs.replace(one, rollout=made.rollout) for one in members])
    return made
