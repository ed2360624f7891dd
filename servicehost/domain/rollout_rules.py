"""What a rollout does next: who may begin, what a push's end means, when a wave has passed, when to stop.

All of it is pure and total. Figures are counts kept beside the members, so no rule reads them all.
"""

import enum
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from servicehost.domain.presence import Lease, Presence, SessionRow, presence
from servicehost.domain.push import Phase, Push
from servicehost.domain.rollout import Gate, Member, MemberState, Pace, Rollout, Stop, Tally

__all__ = [
    "GATE_REASONS",
    "Candidate",
    "Picked",
    "Verdict",
    "after_push",
    "after_undo",
    "gate_verdict",
    "is_lost",
    "may_begin",
    "next_begin",
    "paced",
    "pick",
    "stop_counts",
    "stop_reason",
    "undo_refusal",
]

_M = MemberState
_MINUTE_MS: Final = 60_000
_CATCH_UP_MS: Final = 1_000
"""So much of the rate may be caught up at once after a pause: in any minute at most a sixtieth more is begun."""
GATE_REASONS: Final = frozenset({"gate_unmet", "wave_unproved"})
_WENT_WRONG: Final = {Phase.REVERTED: "reverted", Phase.REFUSED: "refused", Phase.EXPIRED: "timed_out"}
_PUT_ASIDE: Final = {Phase.SUPERSEDED: "superseded", Phase.CANCELLED: "cancelled"}


class Verdict(enum.StrEnum):
    """What a wave's figures say of the next one."""

    NOT_YET = "not_yet"
    PASSED = "passed"
    UNMET = "gate_unmet"
    UNPROVED = "wave_unproved"


def gate_verdict(tally: Tally, gate: Gate) -> Verdict:
    """Of one wave. It is *unmet* as soon as it cannot be met any more, and *unproved* when nobody of it was there.

    Who is away holds up no wave of which somebody was tried; a wave of which nobody was waits for the first.
    """
    counted = tally.size - tally.of(_M.SKIPPED, _M.ABSENT)
    if tally.failed * 100 > (100 - gate.confirmed_percent) * counted:
        return Verdict.UNMET
    if tally.of(_M.WAITING, _M.PUSHED, _M.SOAKING):
        return Verdict.NOT_YET
    if tally.tried == 0:
        if tally.of(_M.AWAY):
            return Verdict.NOT_YET
        return Verdict.UNPROVED if tally.of(_M.ABSENT) else Verdict.PASSED
    met = tally.of(_M.CONFIRMED) * 100 >= gate.confirmed_percent * tally.tried
    return Verdict.PASSED if met else Verdict.UNMET


def stop_counts(rollout: Rollout, total: Tally) -> tuple[int, int]:
    """How many the stop criteria count as failed, and as tried: what a person resumed in spite of is left out."""
    if rollout.undoing:
        failed, tried = total.of(_M.KEPT), total.of(_M.KEPT, _M.UNDONE)
    else:
        failed, tried = total.failed, total.tried
    return failed - rollout.forgiven_failed, tried - rollout.forgiven_tried


def stop_reason(rollout: Rollout, total: Tally, stop: Stop) -> str | None:
    """Why the host pauses the whole rollout now; None: it need not."""
    failed, tried = stop_counts(rollout, total)
    if stop.failed is not None and failed >= stop.failed:
        return "too_many_failed"
    if stop.failed_percent is None or not failed or tried < stop.at_least:
        return None
    return "too_large_a_share_failed" if failed * 100 >= stop.failed_percent * tried else None


def may_begin(pace: Pace, in_trial: int, paced_to: int, now: int) -> int:
    """How many adapters may be begun now."""
    free = max(0, pace.concurrency - in_trial)
    if pace.per_minute is None:
        return free
    return min(free, max(0, (now - _base(pace.per_minute, paced_to, now)) * pace.per_minute // _MINUTE_MS))


def paced(pace: Pace, paced_to: int, begun: int, now: int) -> int:
    """Up to which instant the rate is used up after so many were begun."""
    if pace.per_minute is None or not begun:
        return paced_to
    return _base(pace.per_minute, paced_to, now) - (-begun * _MINUTE_MS // pace.per_minute)


def next_begin(pace: Pace, paced_to: int) -> int | None:
    """The first instant at which the rate allows one more; None: it is no question of the rate."""
    return None if pace.per_minute is None else paced_to - (-_MINUTE_MS // pace.per_minute)


def _base(per_minute: int, paced_to: int, now: int) -> int:
    return max(paced_to, now - max(_CATCH_UP_MS, -(-_MINUTE_MS // per_minute)))


def after_push(member: Member, push: Push, *, soak_ms: int, undoing: bool, now: int) -> Member:
    """The member once its push has ended."""
    if push.phase is Phase.CONFIRMED and undoing:
        return _moved(member, _M.TO_UNDO, None, now)
    if push.phase is Phase.CONFIRMED and soak_ms:
        return _moved(member, _M.SOAKING, None, now, due_at=now + soak_ms)
    if push.phase is Phase.CONFIRMED:
        return _moved(member, _M.CONFIRMED, None, now)
    if push.phase in _WENT_WRONG:
        return _moved(member, _M.FAILED, _WENT_WRONG[push.phase], now)
    return _moved(member, _M.SKIPPED, _PUT_ASIDE[push.phase], now)


def after_undo(member: Member, push: Push, now: int) -> Member:
    """The member once the push of its former config has ended."""
    if push.phase is Phase.CONFIRMED:
        return _moved(member, _M.UNDONE, None, now)
    return _moved(member, _M.KEPT, _WENT_WRONG.get(push.phase) or _PUT_ASIDE[push.phase], now)


def _moved(member: Member, state: MemberState, reason: str | None, now: int, *, due_at: int | None = None) -> Member:
    return msgspec.structs.replace(member, state=state, reason=reason, changed_at=now, due_at=due_at)


def is_lost(row: SessionRow, lease: Lease | None, now: int, after_ms: int) -> bool:
    """Whether the unit's session has gone and stayed away for too long, and that is no fault of ours."""
    if presence(row, lease, now) is not Presence.DISCONNECTED:
        return False
    since = row.ended_at or 0 if lease is None else max(row.ended_at or 0, lease.started_at)
    return now - since >= after_ms


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """A member whose turn it may be, and what is known of its adapter now. `session` None: no unit serves it."""

    member: Member
    startup_revision: int | None
    startup_digest: str | None
    out_of_service_at: int | None = None
    unit_id: int | None = None
    session: SessionRow | None = None
    lease: Lease | None = None

    def in_service(self, now: int) -> bool:
        """Whether its adapter's contract goes on."""
        return self.out_of_service_at is None or self.out_of_service_at > now


class Picked(msgspec.Struct, frozen=True, kw_only=True):
    """Who begins now, and what became of others that were looked at."""

    begin: Sequence[Candidate] = ()
    moved: Sequence[Member] = ()


def pick(candidates: Iterable[Candidate], allowed: int, *, past_deadline: bool, now: int) -> Picked:
    """At most `allowed` begin, in the order given, one of a site. Who is not there is away, or absent by now.

    Of whom nothing is known, because the host itself has just begun, nothing is said.
    """
    begin: list[Candidate] = []
    moved: list[Member] = []
    sites: set[str] = set()
    for one in candidates:
        site = one.member.site
        if not one.in_service(now):
            moved.append(_moved(one.member, _M.SKIPPED, "out_of_service", now))
            continue
        there = _presence(one, now)
        if there is Presence.CONNECTED:
            if len(begin) < allowed and (site is None or site not in sites):
                begin.append(one)
                sites |= {site} if site is not None else set()
        elif there is not Presence.UNKNOWN and past_deadline:
            moved.append(_moved(one.member, _M.ABSENT, "not_there_in_time", now))
        elif there is not Presence.UNKNOWN and one.member.state is not _M.AWAY:
            moved.append(_moved(one.member, _M.AWAY, "not_in_session", now))
    return Picked(begin=begin, moved=moved)


def _presence(one: Candidate, now: int) -> Presence:
    return Presence.NEVER if one.session is None else presence(one.session, one.lease, now)


def undo_refusal(one: Candidate, open_pushes: Sequence[Push], now: int) -> str | None:
    """Why the former config does not go back to this adapter; None: it does.

    Only where the rollout's revision still stands: what somebody has done since is theirs.
    """
    member = one.member
    if not one.in_service(now):
        return "out_of_service"
    if (one.startup_revision, one.startup_digest) != (member.revision, member.digest):
        never = (one.startup_revision, one.startup_digest) == (member.former_revision, member.former_digest)
        return "not_taken" if never else "changed_since"
    if open_pushes:
        return "other_push"
    return "no_former_config" if member.former_revision is None else None
