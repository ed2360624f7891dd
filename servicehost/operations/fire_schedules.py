"""The clock's door carries out orders whose time has come: each time once, whoever else looks at the same time."""

from functools import partial
from typing import Final

import msgspec

from servicehost.domain.acting import actor_of
from servicehost.domain.audit import Action, AuditEntry
from servicehost.domain.contract import EVERYTHING, Scope
from servicehost.domain.errors import Forbidden, Refused, StoreFull
from servicehost.domain.event import Event, Severity
from servicehost.domain.people import Actor
from servicehost.domain.scheduled_order import Due, Occurrence, OccurrenceEnd, ScheduledOrder, ScheduleState, due
from servicehost.operations.one_by_one import one_by_one
from servicehost.operations.planned import FiringTerms, Placed, place
from servicehost.operations.scheduling import class_of
from servicehost.ports.clock import Clock
from servicehost.ports.line import Line
from servicehost.ports.store import Store, Transaction

__all__ = ["FIRE_AT_ONCE", "fire_schedules"]

FIRE_AT_ONCE: Final = 100


class _CarriedOut(Exception):
    """Somebody else has carried this time out."""


async def fire_schedules(*, store: Store, clock: Clock, line: Line, terms: FiringTerms) -> int:
    """How many schedules were looked after, at most a hundred: as many as that means there may be more.

    Each has its own transaction, which writes the time (unique for its schedule) with its pushes or tasks: a host that
    is killed in between, or another one that looks too, neither skips a time nor repeats it. An order that is refused
    as a whole is noted with the reason; when the right to it is gone, the schedule ends. One that cannot be carried out
    for a reason that nobody foresaw stays due and holds back no other; that reason is raised when all had their turn.
    """
    now = clock.wall()
    async with store.transaction(EVERYTHING) as tx:
        found = await tx.due_scheduled_orders(now, FIRE_AT_ONCE)
    await one_by_one(found, partial(_look_after, store=store, line=line, terms=terms, now=now))
    return len(found)


async def _look_after(one: ScheduledOrder, *, store: Store, line: Line, terms: FiringTerms, now: int) -> None:
    try:
        placed = await _fire(store, one, now, terms)
    except _CarriedOut:
        await _pass_by(store, one, now, terms.grace_ms)
    except StoreFull:
        raise
    except Refused as refused:
        await _refuse(store, one, refused, now, terms.grace_ms)
    else:
        if placed is not None:
            line.nudge(placed.units)
            if placed.due_at is not None:
                terms.tasks.due(placed.due_at)


async def _fire(store: Store, seen: ScheduledOrder, now: int, terms: FiringTerms) -> Placed | None:
    actor = await _orderer(store, seen)
    async with store.transaction(Scope(management_code=seen.management_code)) as tx:
        one, what = await _due(tx, seen, now, terms.grace_ms)
        if what is None:
            return None
        if what.fire is None:
            await _move_on(tx, one, what, now)
            return None
        placed = await place(tx, actor, one, now, terms)
        outcome = OccurrenceEnd.LATE if what.late else OccurrenceEnd.FIRED
        fired = _occurrence(one, what.fire, now, outcome)
        await _carry_out(tx, msgspec.structs.replace(fired, **placed.counted))
        await _move_on(tx, msgspec.structs.replace(one, fired=one.fired + 1), what, now)
        told = _event(one, "schedule_fired", Severity.INFO, outcome.value, now, **placed.counted)
        await tx.add_events([msgspec.structs.replace(told, actor=actor.author)])
    return placed


async def _carry_out(tx: Transaction, occurrence: Occurrence) -> None:
    """Raises _CarriedOut when that time is written already: this transaction comes to nothing then."""
    if await tx.add_occurrences([occurrence]) != 1:
        raise _CarriedOut


async def _pass_by(store: Store, seen: ScheduledOrder, now: int, grace_ms: int) -> None:
    """That time is written already: wait for the next."""
    async with store.transaction(Scope(management_code=seen.management_code)) as tx:
        one, what = await _due(tx, seen, now, grace_ms)
        if what is not None:
            await _move_on(tx, one, what, now)


async def _due(tx: Transaction, seen: ScheduledOrder, now: int, grace_ms: int) -> tuple[ScheduledOrder, Due | None]:
    """As it stands in this very transaction."""
    one = await tx.scheduled_order(seen.number)
    return (seen, None) if one is None else (one, due(one, now, grace_ms))


async def _orderer(store: Store, one: ScheduledOrder) -> Actor:
    """Who ordered it, with the role that they have now. Raises Forbidden `no_right` when they are gone."""
    async with store.transaction(EVERYTHING) as tx:
        person = await tx.person_by_master_id(one.master_id)
    if person is None or not person.name:
        raise Forbidden("no_right", f"{one.master_id}, who ordered schedule {one.number}, is gone")
    return actor_of(person)


async def _move_on(tx: Transaction, one: ScheduledOrder, what: Due, now: int) -> None:
    """Name what was missed, and wait for the next time."""
    missed = [_occurrence(one, at, now, OccurrenceEnd.MISSED, "host_was_down") for at in what.missed]
    await tx.add_occurrences(missed)
    state = ScheduleState.WAITING if what.following is not None else ScheduleState.DONE
    await tx.save_scheduled_order(msgspec.structs.replace(one, state=state, due_at=what.following, changed_at=now))
    count = len(missed) + what.unnamed
    if count:
        told = _event(one, "schedule_missed", Severity.WARNING, "host_was_down", now, missed=count)
        await tx.add_events([told])


async def _refuse(store: Store, seen: ScheduledOrder, refused: Refused, now: int, grace_ms: int) -> None:
    """Nothing of the order was written: what is written instead is why."""
    code = refused.code[:64]
    async with store.transaction(Scope(management_code=seen.management_code)) as tx:
        one, what = await _due(tx, seen, now, grace_ms)
        if what is None or what.fire is None:
            return
        await tx.add_occurrences([_occurrence(one, what.fire, now, OccurrenceEnd.REFUSED, code)])
        await _move_on(tx, one, what, now)
        if isinstance(refused, Forbidden):
            ended = msgspec.structs.replace(one, state=ScheduleState.REFUSED, reason=code, due_at=None, changed_at=now)
            await tx.save_scheduled_order(ended)
        await tx.add_events([_event(one, "schedule_refused", Severity.ERROR, code, now)])
        entry = AuditEntry(
            management_code=one.management_code,
            at=now,
            action=Action.REFUSE_SCHEDULE,
            subject=f"schedule {one.number}",
            before={"schedule": one.number, "due_at": what.fire},
            after={"schedule": one.number, "code": code},
        )
        await tx.append_audit([entry])


def _event(one: ScheduledOrder, sub_type: str, severity: Severity, reason: str, now: int, **more: object) -> Event:
    return Event(
        at=now,
        class_=class_of(one.plan),
        sub_type=sub_type,
        severity=severity,
        management_code=one.management_code,
        reason=reason,
        detail={"schedule": one.number} | more,
    )


def _occurrence(
    one: ScheduledOrder, due_at: int, now: int, outcome: OccurrenceEnd, reason: str | None = None
) -> Occurrence:
    return Occurrence(
        management_code=one.management_code, schedule=one.number, due_at=due_at, at=now, outcome=outcome, reason=reason
    )
