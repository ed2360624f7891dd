"""Somebody who may takes back an order that waits for its time."""

import msgspec

from servicehost.domain.audit import Action
from servicehost.domain.people import Actor
from servicehost.domain.scheduled_order import ScheduledOrder, ScheduleState
from servicehost.operations.deed import deed, recorded
from servicehost.operations.scheduling import acting_on, class_of, found, waiting
from servicehost.ports.clock import Clock
from servicehost.ports.store import Store

__all__ = ["cancel_schedule"]


async def cancel_schedule(actor: Actor, number: int, note: str, *, store: Store, clock: Clock) -> ScheduledOrder:
    """The schedule, cancelled; asked again, as it stands. Pushes and tasks that it has ordered already go on.

    Raises Forbidden `consent_needed`; NotFound `schedule_not_found`; Conflict `schedule_ended`.
    """
    now = clock.wall()
    async with store.transaction(actor.scope) as tx:
        standing = await found(tx, number)
        if standing.state is ScheduleState.CANCELLED:
            return standing
        standing = waiting(standing)
        actor = await acting_on(tx, actor, standing, now)
        cancelled = msgspec.structs.replace(
            standing, state=ScheduleState.CANCELLED, reason="cancelled_by_operator", due_at=None, changed_at=now
        )
        await tx.save_scheduled_order(cancelled)
        tenant = standing.management_code
        told = deed(
            actor,
            now,
            "schedule_cancelled",
            class_=class_of(standing.plan),
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
