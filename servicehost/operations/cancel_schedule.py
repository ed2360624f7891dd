"""Somebody who may takes back a push order that waits for its time."""

import msgspec

from servicehost.domain.audit import Action
from servicehost.domain.errors import Conflict, NotFound
from servicehost.domain.event import EventClass
from servicehost.domain.people import Actor, Right
from servicehost.domain.push_schedule import PushSchedule, ScheduleState
from servicehost.operations.deed import deed, recorded
from servicehost.operations.grounds import grounds
from servicehost.ports.clock import Clock
from servicehost.ports.store import Store, Transaction

__all__ = ["acting_on", "cancel_schedule", "waiting"]


async def cancel_schedule(actor: Actor, number: int, note: str, *, store: Store, clock: Clock) -> PushSchedule:
    """The schedule, cancelled; asked again, as it stands. Pushes that it has ordered already go on.

    Raises Forbidden `consent_needed`; NotFound `schedule_not_found`; Conflict `schedule_ended`.
    """
    now = clock.wall()
    async with store.transaction(actor.scope) as tx:
        standing = await _schedule(tx, number)
        if standing.state is ScheduleState.CANCELLED:
            return standing
        standing = waiting(standing)
        actor = await acting_on(tx, actor, standing, now)
        cancelled = msgspec.structs.replace(
            standing, state=ScheduleState.CANCELLED, reason="cancelled_by_operator", due_at=None, changed_at=now
        )
        await tx.save_push_schedule(cancelled)
        tenant = standing.management_code
        told = deed(
            actor,
            now,
            "schedule_cancelled",
            class_=EventClass.CONFIGURATION,
            management_code=tenant,
            note=note,
            schedule=number,
        )
        await tx.add_events([told])
        before = {"schedule": number, "due_at": standing.due_at}
        entry = recorded(
            actor,
            now,
            Action.CANCEL_SCHEDULE,
            f"schedule {number}",
            management_code=tenant,
            before=before,
            note=note,
        )
        await tx.append_audit([entry])
    return cancelled


async def _schedule(tx: Transaction, number: int) -> PushSchedule:
    found = await tx.push_schedule(number)
    if found is None:
        raise NotFound("schedule_not_found", f"There is no schedule {number}")
    return found


def waiting(schedule: PushSchedule) -> PushSchedule:
    """The schedule itself. Raises Conflict `schedule_ended` unless a time of it is still to come."""
    if schedule.state is not ScheduleState.WAITING:
        text = f"Schedule {schedule.number} is {schedule.state.value}: its last time has begun, or it was ended before"
        raise Conflict("schedule_ended", text)
    return schedule


async def acting_on(tx: Transaction, actor: Actor, schedule: PushSchedule, now: int) -> Actor:
    """Who acts. Raises Forbidden `consent_needed`; NotFound `adapter_not_found` when none of its adapters is left."""
    adapters = await tx.adapters(schedule.push_order.service_codes)
    if not adapters:
        raise NotFound("adapter_not_found", f"None of the adapters of schedule {schedule.number} is left")
    return next(iter((await grounds(tx, actor, [Right.PUSH_CONFIG], adapters, now)).values()))
