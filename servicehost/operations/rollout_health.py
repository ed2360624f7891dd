"""What has become of a rollout's members that are under way: ends of pushes, time, sessions, faults."""

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from servicehost.domain.event import Event, Severity
from servicehost.domain.push import Phase, Push
from servicehost.domain.rollout import Member, MemberState, Rollout, RolloutPolicy
from servicehost.domain.rollout_rules import after_push, after_undo, is_lost
from servicehost.operations.push_events import told as push_told
from servicehost.operations.steering import told
from servicehost.ports.rollouts import Move
from servicehost.ports.store import Batch

__all__ = ["AT_ONCE", "settle"]

AT_ONCE: Final = 500
"""Members moved in one transaction for one reason: nobody else's transaction waits longer than for so many."""
_M = MemberState
_SEVERITY: Final = {_M.FAILED: Severity.ERROR, _M.KEPT: Severity.WARNING, _M.SKIPPED: Severity.INFO}
_ENDED: Final = "contract_ended"


def settle(batch: Batch, rollout: Rollout, policy: RolloutPolicy, now: int) -> bool:
    """Write it. Whether there may be more than was read at once."""
    ended = batch.ended_members(rollout.rollout, AT_ONCE)
    _move(batch, rollout, [Move(before=one, after=_after(rollout, one, push, now)) for one, push in ended], now)
    overdue = batch.overdue_members(rollout.rollout, now, AT_ONCE)
    _end_overdue(batch, rollout, overdue, now)
    if now - rollout.looked_at >= policy.look_ms:
        _look(batch, rollout, policy, now)
    return max(len(ended), len(overdue)) >= AT_ONCE


def _after(rollout: Rollout, member: Member, push: Push, now: int) -> Member:
    if member.state is _M.UNDOING:
        return after_undo(member, push, now)
    soak_ms = rollout.plan.gate.soak_s * 1000
    return after_push(member, push, soak_ms=soak_ms, undoing=rollout.undoing, now=now)


def _end_overdue(batch: Batch, rollout: Rollout, overdue: Sequence[Member], now: int) -> None:
    """Who soaked long enough has come through; whose trial has no end by now has failed."""
    late = [one for one in overdue if one.state is not _M.SOAKING]
    pushes = batch.pushes([number for one in late if (number := _tried(one)) is not None])
    given_up = [
        msgspec.structs.replace(push, phase=Phase.EXPIRED, reason="waited_too_long", changed_at=now)
        for push in pushes.values()
        if push.phase.recallable
    ]
    batch.save_pushes(given_up)
    batch.add_events([event for push in given_up if (event := push_told(push, actor="host"))])
    _move(batch, rollout, [Move(before=one, after=_over(one, now)) for one in overdue], now)


def _tried(member: Member) -> int | None:
    return member.undo_push if member.state is _M.UNDOING else member.push


def _over(member: Member, now: int) -> Member:
    if member.state is _M.SOAKING:
        return _to(member, _M.CONFIRMED, None, now)
    return _to(member, _M.KEPT if member.state is _M.UNDOING else _M.FAILED, "timed_out", now)


def _look(batch: Batch, rollout: Rollout, policy: RolloutPolicy, now: int) -> None:
    faulty = batch.faulty_members(rollout.rollout, AT_ONCE)
    failed = {one.position: Move(before=one, after=_to(one, _M.FAILED, "new_fault", now)) for one in faulty}
    for one in batch.silent_members(rollout.rollout, AT_ONCE):
        if not one.in_service(now):
            # Its session was ended by its contract, and not by the config.
            after = _to(one.member, _M.SKIPPED, _ENDED, now)
            failed.setdefault(one.member.position, Move(before=one.member, after=after))
        elif one.session is not None and is_lost(one.session, one.lease, now, policy.lost_after_ms):
            after = _to(one.member, _M.FAILED, "session_lost", now)
            failed.setdefault(one.member.position, Move(before=one.member, after=after))
    _move(batch, rollout, list(failed.values()), now)


def _to(member: Member, state: MemberState, reason: str | None, now: int) -> Member:
    return msgspec.structs.replace(member, state=state, reason=reason, changed_at=now, due_at=None)


def _move(batch: Batch, rollout: Rollout, moves: Sequence[Move], now: int) -> None:
    batch.move_members(moves)
    batch.add_events(list(_failures(rollout, moves, now)))


def _failures(rollout: Rollout, moves: Iterable[Move], now: int) -> Iterable[Event]:
    """Whoever did not come through is told of each; that all goes well is told of each wave."""
    for one in moves:
        # Who is skipped for another push was told of with that one.
        if one.after.state in (_M.FAILED, _M.KEPT) or one.after.reason == _ENDED:
            yield told(
                rollout,
                f"rollout_member_{one.after.state.value}",
                now,
                severity=_SEVERITY[one.after.state],
                service_code=one.after.service_code,
                reason=one.after.reason,
                wave=one.after.wave,
                push=_tried(one.before),
            )
