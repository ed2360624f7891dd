"""Members of a rollout get their turn: ordinary pushes, written in the transaction that decides on them."""

from collections.abc import Sequence

import msgspec

from servicehost.domain.event import Event
from servicehost.domain.push import Push
from servicehost.domain.rollout import Member, MemberState, Rollout, RolloutPolicy, Tally
from servicehost.domain.rollout_rules import Candidate, may_begin, paced, pick, undo_refusal
from servicehost.operations.choose_revisions import Chosen
from servicehost.operations.push_events import told as push_told
from servicehost.operations.pushing import Terms, given_way, new_push
from servicehost.operations.rollout_health import AT_ONCE
from servicehost.operations.steering import told
from servicehost.ports.rollouts import Move
from servicehost.ports.store import Batch

__all__ = ["Turn", "begin", "undo"]

_M = MemberState


class Turn(msgspec.Struct, frozen=True, kw_only=True):
    """What a turn came to: the rollout with its rate used up, the units to nudge, whether more may be done at once."""

    rollout: Rollout
    units: Sequence[int] = ()
    more: bool = False


def begin(batch: Batch, rollout: Rollout, total: Tally, policy: RolloutPolicy, now: int) -> Turn:
    """Whoever comes back goes first, then the wave in its order, as far as rate and concurrency allow."""
    allowed = min(AT_ONCE, may_begin(rollout.plan.pace, total.of(_M.PUSHED), rollout.paced_to, now))
    if not allowed:
        return Turn(rollout=rollout)
    back = batch.returned_members(rollout.rollout, allowed) if total.of(_M.AWAY) else []
    waiting = batch.waiting_members(rollout.rollout, rollout.wave, AT_ONCE)
    past = rollout.deadline_at is not None and now >= rollout.deadline_at
    picked = pick([*back, *waiting], allowed, past_deadline=past, now=now)
    by_position = {one.member.position: one.member for one in (*back, *waiting)}
    batch.move_members([Move(before=by_position[one.position], after=one) for one in picked.moved])
    pushes = _push(batch, rollout, picked.begin, policy, now, back=False)
    batch.move_members([_pushed(one, pushes[one.member.service_code], now) for one in picked.begin])
    return Turn(
        rollout=_used(rollout, len(picked.begin), now),
        units=[one.unit_id for one in picked.begin if one.unit_id is not None],
        more=bool(picked.moved) and len(waiting) == AT_ONCE,
    )


def undo(batch: Batch, rollout: Rollout, total: Tally, policy: RolloutPolicy, now: int) -> Turn:
    """The last to begin goes back first. Who has something else by now is kept as it is."""
    allowed = min(AT_ONCE, may_begin(rollout.plan.pace, total.of(_M.PUSHED, _M.UNDOING), rollout.paced_to, now))
    if not allowed:
        return Turn(rollout=rollout)
    found = batch.members_to_undo(rollout.rollout, AT_ONCE)
    standing = batch.open_pushes([one.member.service_code for one in found])
    refused = {
        one.member.position: why
        for one in found
        if (why := undo_refusal(one, standing.get(one.member.service_code, ()), now)) is not None
    }
    kept = [one.member for one in found if one.member.position in refused]
    batch.move_members([_kept(member, refused[member.position], now) for member in kept])
    batch.add_events([_told_kept(rollout, member, refused[member.position], now) for member in kept])
    willing = [one for one in found if one.member.position not in refused]
    picked = pick(willing, allowed, past_deadline=False, now=now)
    pushes = _push(batch, rollout, picked.begin, policy, now, back=True)
    batch.move_members([_undoing(one, pushes[one.member.service_code], now) for one in picked.begin])
    return Turn(
        rollout=_used(rollout, len(picked.begin), now),
        units=[one.unit_id for one in picked.begin if one.unit_id is not None],
        more=bool(refused),
    )


def _push(
    batch: Batch, rollout: Rollout, turns: Sequence[Candidate], policy: RolloutPolicy, now: int, *, back: bool
) -> dict[str, Push]:
    """The pushes by service code, written; what still waits for these adapters gives way to them, as to any push."""
    if not turns:
        return {}
    wanted = [(one.member.service_code, _revision(one.member, back=back)) for one in turns]
    mains, others = batch.main_revisions_at(wanted), batch.revision_sets(wanted)
    timeout_s = rollout.plan.confirm_timeout_s
    superseded = given_way(batch.open_pushes([code for code, _ in wanted]), now)
    batch.save_pushes(superseded)
    terms = Terms(at=now, confirm_timeout_s=timeout_s, expires_at=now + timeout_s * 1000 + policy.answer_ms)
    made = [
        new_push(Chosen(main=mains[code], others=others.get(code, ())), rollout.created_by, terms) for code, _ in wanted
    ]
    added = batch.add_pushes(made)
    batch.add_events([event for push in superseded if (event := push_told(push, actor=rollout.created_by))])
    batch.add_events([_begun(rollout, added, now, back=back)])
    return {push.service_code: push for push in added}


def _revision(member: Member, *, back: bool) -> int:
    revision = member.former_revision if back else member.revision
    assert revision is not None  # noqa: S101 - whoever lacks it was skipped, or is kept
    return revision


def _begun(rollout: Rollout, pushes: Sequence[Push], now: int, *, back: bool) -> Event:
    return told(
        rollout,
        "rollout_pushed_back" if back else "rollout_pushed",
        now,
        wave=rollout.wave,
        adapters=len(pushes),
        pushes=[pushes[0].push, pushes[-1].push],
    )


def _pushed(one: Candidate, push: Push, now: int) -> Move:
    after = msgspec.structs.replace(
        one.member,
        state=_M.PUSHED,
        reason=None,
        changed_at=now,
        started_at=now,
        push=push.push,
        due_at=push.expires_at,
        former_revision=one.startup_revision,
        former_digest=one.startup_digest,
    )
    return Move(before=one.member, after=after)


def _undoing(one: Candidate, push: Push, now: int) -> Move:
    after = msgspec.structs.replace(
        one.member, state=_M.UNDOING, reason=None, changed_at=now, undo_push=push.push, due_at=push.expires_at
    )
    return Move(before=one.member, after=after)


def _kept(member: Member, why: str, now: int) -> Move:
    after = msgspec.structs.replace(member, state=_M.KEPT, reason=why, changed_at=now, due_at=None)
    return Move(before=member, after=after)


def _told_kept(rollout: Rollout, member: Member, why: str, now: int) -> Event:
    return told(rollout, "rollout_member_kept", now, service_code=member.service_code, reason=why, wave=member.wave)


def _used(rollout: Rollout, begun: int, now: int) -> Rollout:
    return msgspec.structs.replace(rollout, paced_to=paced(rollout.plan.pace, rollout.paced_to, begun, now))
