"""Settings of rollouts."""

from typing import Annotated

import msgspec

__all__ = ["RolloutsSettings"]


class RolloutsSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What holds for every rollout, whatever its author says. All are (U) values: see docs/decisions.md."""

    approval_required: bool = False
    """Whether every rollout waits for a second person's approval, also one that does not ask for it."""

    max_adapters: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 10_000
    """Most adapters in one rollout."""

    lost_after_s: Annotated[int, msgspec.Meta(ge=10, le=86_400)] = 180
    """A session that stays away so long counts as lost, and its adapter as failed. A restart must fit into it."""

    answer_within_s: Annotated[int, msgspec.Meta(ge=10, le=86_400)] = 120
    """How long, beyond the time of its trial, a push of a rollout may go without an end."""

    look_every_s: Annotated[float, msgspec.Meta(ge=0.1, le=3_600)] = 5.0
    """Pause between two looks at sessions and faults of what is under way, and for adapters that have come back."""
