"""What halting a rollout, rolling it back and the end of its contract do alike: what no unit tries yet is over."""

from collections.abc import Sequence
from typing import Final

import msgspec

from servicehost.domain.push import Phase, Push
from servicehost.domain.rollout import Member, MemberState
from servicehost.ports.rollouts import Move
from servicehost.ports.store import Batch

__all__ = ["AT_ONCE", "recall", "stop_members"]

AT_ONCE: Final = 10_000
"""More are never under way: a rollout has no more members."""


_M = MemberState


def stop_members(batch: Batch, rollout: int, reason: str, now: int) -> list[int]:
    """Who has had no turn is skipped, what was not undone is kept; the units that may hold an offer taken back."""
    batch.end_members(rollout, [_M.WAITING, _M.AWAY], _M.SKIPPED, reason, now)
    batch.end_members(rollout, [_M.TO_UNDO], _M.KEPT, reason, now)
    return recall(batch, batch.recallable_members(rollout, AT_ONCE), _M.SKIPPED, reason, now)


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
