"""What halting a rollout and rolling it back do alike: pushes that no unit tries yet are taken back."""

from collections.abc import Sequence
from typing import Final

import msgspec

from servicehost.domain.push import Phase, Push
from servicehost.domain.rollout import Member, MemberState
from servicehost.ports.rollouts import Move
from servicehost.ports.store import Batch

__all__ = ["AT_ONCE", "recall"]

AT_ONCE: Final = 10_000
"""More are never under way: a rollout has no more members."""


def recall(batch: Batch, pushed: Sequence[tuple[Member, Push]], to: MemberState, reason: str, now: int) -> list[int]:
    """Take these pushes back; the units that may hold an offer of one."""
    cancelled = [
        msgspec.structs.replace(push, phase=Phase.CANCELLED, reason=f"rollout_{reason}", changed_at=now)
        for _, push in pushed
    ]
    batch.save_pushes(cancelled)
    moves = [
        Move(
            before=member,
            after=msgspec.structs.replace(member, state=to, reason=reason, changed_at=now, due_at=None),
        )
        for member, _ in pushed
    ]
    batch.move_members(moves)
    return list(batch.units_of([member.service_code for member, _ in pushed]).values())
