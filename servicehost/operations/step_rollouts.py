"""The clock's door moves rollouts: each step is one transaction that reads, decides and writes the pushes.

A host that is killed before the commit has done nothing, and after it everything: no adapter is left out, and none gets
the push twice. What a step reads is bounded, however many members there are.
"""

from functools import partial
from typing import Any

import msgspec

from servicehost.domain.contract import EVERYTHING
from servicehost.domain.event import Severity
from servicehost.domain.maintenance import next_opening, window_open
from servicehost.domain.rollout import (
    DEEDS,
    MemberState,
    Rollout,
    RolloutDeed,
    RolloutPolicy,
    RolloutState,
    Tally,
)
from servicehost.domain.rollout_rules import Verdict, gate_verdict, next_begin, stop_reason
from servicehost.operations.ending_work import halt_ended
from servicehost.operations.one_by_one import one_by_one
from servicehost.operations.rollout_health import settle
from servicehost.operations.rollout_turns import Turn, begin, undo
from servicehost.operations.steering import running, told
from servicehost.ports.clock import Clock
from servicehost.ports.line import Line
from servicehost.ports.store import Batch, Store

__all__ = ["Stepped", "step_rollouts"]

AT_ONCE = 100
_S, _M = RolloutState, MemberState
_DAY_MS = 86_400_000


class Stepped(msgspec.Struct, frozen=True, kw_only=True):
    """When the next rollout is due (None: none is), and whether there is more to do at once."""

    next_at: int | None
    more: bool = False


async def step_rollouts(*, store: Store, clock: Clock, line: Line, policy: RolloutPolicy) -> Stepped:
    """One step of every rollout that is due or has something under way; harmless at any time.

    One whose step fails holds back no other; what failed is raised when all had their turn.
    """
    now = clock.wall()
    numbers = await store.batch(EVERYTHING, lambda batch: batch.rollouts_to_look_at(now, AT_ONCE))
    more = len(numbers) == AT_ONCE

    async def step(number: int) -> None:
        nonlocal more
        turn = await store.batch(EVERYTHING, partial(_step, number=number, policy=policy, now=now))
        if turn is not None:
            line.nudge(turn.units)
            more |= turn.more

    await one_by_one(numbers, step)
    next_at = await store.batch(EVERYTHING, lambda batch: batch.next_rollout_due())
    return Stepped(next_at=next_at, more=more)


def _step(batch: Batch, *, number: int, policy: RolloutPolicy, now: int) -> Turn | None:
    before = batch.rollout(number)
    if before is None:
        return None
    if _contract_over(batch, before, now):
        halted, units = halt_ended(batch, before, now)
        return Turn(rollout=halted, units=units)
    rollout = before
    if rollout.state is _S.SCHEDULED and (rollout.plan.start_at or 0) <= now:
        rollout = _turned(batch, rollout, "rollout_started", now, **running(rollout, now))
    more = settle(batch, rollout, policy, now)
    if now - rollout.looked_at >= policy.look_ms:
        rollout = msgspec.structs.replace(rollout, looked_at=now)
    turn = Turn(rollout=rollout, more=more)
    if rollout.state is _S.RUNNING:
        turn = _forth(batch, rollout, policy, now)
    elif rollout.state is _S.ROLLING_BACK:
        turn = _back(batch, rollout, policy, now)
    after = _scheduled(batch, turn.rollout, policy, now)
    if after != before:
        batch.save_rollout(after)
    return msgspec.structs.replace(turn, rollout=after, more=turn.more or more)


def _forth(batch: Batch, rollout: Rollout, policy: RolloutPolicy, now: int) -> Turn:
    if rollout.deadline_at is not None and now >= rollout.deadline_at:
        batch.end_members(rollout.rollout, [_M.AWAY], _M.ABSENT, "not_there_in_time", now)
    tallies = batch.tallies(rollout.rollout)
    total = Tally.sum_of([tally for wave, tally in tallies.items() if wave])
    why = stop_reason(rollout, total, rollout.plan.stop) or _consent_gone(batch, rollout, now)
    if why is not None:
        return Turn(rollout=_paused(batch, rollout, why, now))
    rollout, verdict = _next_wave(batch, rollout, tallies, now)
    if verdict in (Verdict.UNMET, Verdict.UNPROVED):
        return Turn(rollout=_paused(batch, rollout, verdict.value, now))
    if verdict is Verdict.PASSED and not total.of(_M.AWAY, _M.WAITING) and not total.in_flight:
        return Turn(rollout=_turned(batch, rollout, "rollout_finished", now, state=_S.FINISHED, reason=None))
    if not window_open(rollout.plan.windows, now):
        return Turn(rollout=rollout)
    return begin(batch, rollout, total, policy, now)


def _next_wave(batch: Batch, rollout: Rollout, tallies: dict[int, Tally], now: int) -> tuple[Rollout, Verdict]:
    """On to the first wave that has not passed; of the last one nothing hangs on its gate but its own rest."""
    while True:
        tally = tallies.get(rollout.wave, Tally())
        verdict = gate_verdict(tally, rollout.plan.gate)
        if rollout.gate_waived >= rollout.wave and verdict is not Verdict.PASSED:
            verdict = Verdict.NOT_YET if tally.of(_M.WAITING, _M.PUSHED, _M.SOAKING) else Verdict.PASSED
        last = rollout.wave >= rollout.waves
        if last and not tally.of(_M.WAITING, _M.PUSHED, _M.SOAKING):
            verdict = Verdict.PASSED
        if verdict is not Verdict.PASSED or last:
            return rollout, verdict
        rollout = _turned(batch, rollout, "rollout_wave_passed", now, wave=rollout.wave + 1, state=rollout.state)


def _back(batch: Batch, rollout: Rollout, policy: RolloutPolicy, now: int) -> Turn:
    if rollout.deadline_at is not None and now >= rollout.deadline_at:
        batch.end_members(rollout.rollout, [_M.TO_UNDO], _M.KEPT, "absent", now)
    total = Tally.sum_of(list(batch.tallies(rollout.rollout).values()))
    why = stop_reason(rollout, total, rollout.plan.stop) or _consent_gone(batch, rollout, now)
    if why is not None:
        return Turn(rollout=_paused(batch, rollout, why, now))
    if not total.of(_M.TO_UNDO, _M.UNDOING, _M.PUSHED):
        return Turn(rollout=_turned(batch, rollout, "rollout_rolled_back", now, state=_S.ROLLED_BACK, reason=None))
    return undo(batch, rollout, total, policy, now)


def _contract_over(batch: Batch, rollout: Rollout, now: int) -> bool:
    """From the very instant nothing more goes out, whenever the rest of the end is carried out."""
    if rollout.state not in DEEDS[RolloutDeed.HALT]:
        return False
    contract = batch.contract(rollout.management_code)
    return contract is not None and contract.has_ended(now)


def _consent_gone(batch: Batch, rollout: Rollout, now: int) -> str | None:
    """Whoever acts under a consent acts no longer than it is in force."""
    if rollout.consent is None:
        return None
    in_force = batch.consents_of([rollout.management_code], now)
    there = any(one.number == rollout.consent and one.begins_at <= now for one in in_force)
    return None if there else "consent_ended"


def _paused(batch: Batch, rollout: Rollout, why: str, now: int) -> Rollout:
    return _turned(
        batch, rollout, "rollout_paused", now, severity=Severity.ERROR, state=_S.PAUSED, reason=why, state_by="host"
    )


def _turned(
    batch: Batch, rollout: Rollout, sub_type: str, now: int, *, severity: Severity = Severity.NOTICE, **changes: Any
) -> Rollout:
    """Another state, or another wave, told."""
    if changes.get("state") is not rollout.state:
        changes = {"state_since": now, "state_by": "host"} | changes
    after = msgspec.structs.replace(rollout, **changes, version=rollout.version + 1)
    batch.add_events(
        [told(after, sub_type, now, severity=severity, reason=after.reason, state=after.state.value, wave=rollout.wave)]
    )
    return after


def _scheduled(batch: Batch, rollout: Rollout, policy: RolloutPolicy, now: int) -> Rollout:
    """How much is under way, and when to look again."""
    total = Tally.sum_of(list(batch.tallies(rollout.rollout).values()))
    in_flight = total.in_flight
    instants = [batch.next_member_due(rollout.rollout), now + policy.look_ms if in_flight else None]
    if rollout.state is _S.SCHEDULED:
        instants.append(rollout.plan.start_at)
    elif rollout.state is _S.RUNNING:
        instants += _turns_at(rollout, total, policy, now)
    elif rollout.state is _S.ROLLING_BACK:
        instants += [now + policy.look_ms, rollout.deadline_at]
    due_at = min((max(one, now + 1) for one in instants if one is not None), default=None)
    return msgspec.structs.replace(rollout, in_flight=in_flight, due_at=due_at)


def _turns_at(rollout: Rollout, total: Tally, policy: RolloutPolicy, now: int) -> list[int | None]:
    """When somebody may begin: who is away comes unannounced, a rate and a window open at a known instant."""
    if not total.of(_M.WAITING, _M.AWAY):
        return [now + policy.look_ms]
    if not window_open(rollout.plan.windows, now):
        return [next_opening(rollout.plan.windows, now) or now + _DAY_MS, rollout.deadline_at]
    paced_at = next_begin(rollout.plan.pace, rollout.paced_to) if total.of(_M.WAITING) else None
    waits_for_rate = paced_at is not None and paced_at > now
    return [paced_at if waits_for_rate else None, now + policy.look_ms, rollout.deadline_at]
