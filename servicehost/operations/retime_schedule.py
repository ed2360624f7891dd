"""Somebody who may gives an order that waits another time."""

import msgspec

from servicehost.domain.audit import Action
from servicehost.domain.people import Actor
from servicehost.domain.schedule import Schedule, check_schedule
from servicehost.domain.scheduled_order import ScheduledOrder
from servicehost.operations.deed import deed, recorded
from servicehost.operations.scheduling import acting_on, class_of, first_time, found, waiting
from servicehost.ports.clock import Clock
from servicehost.ports.store import Store

__all__ = ["retime_schedule"]


async def retime_schedule(
    actor: Actor, number: int, schedule: Schedule, note: str, *, store: Store, clock: Clock
) -> ScheduledOrder:
    """The schedule with its new times; what was carried out of the old ones stays.

    Raises as `check_schedule` does; Forbidden `consent_needed`; NotFound `schedule_not_found`; Conflict `time_passed`,
    and `schedule_ended` once its last time has begun.
    """
    check_schedule(schedule)
    now = clock.wall()
    due_at = first_time(schedule, now)
    async with store.transaction(actor.scope) as tx:
        standing = waiting(await found(tx, number))
        actor = await acting_on(tx, actor, standing, now)
        changed = msgspec.structs.replace(standing, schedule=schedule, due_at=due_at, changed_at=now)
        await tx.save_scheduled_order(changed)
        tenant = standing.management_code
        told = deed(
            actor,
            now,
            "schedule_retimed",
            class_=class_of(standing.plan),
            management_code=tenant,
            note=note,
            schedule=number,
            due_at=due_at,
        )
        await tx.add_events([told])
        entry = recorded(
            actor,
            now,
            Action.RETIME_SCHEDULE,
            f"schedule {number}",
            management_code=tenant,
            before={"schedule": number, "due_at": standing.due_at},
            after={"schedule": number, "due_at": due_at},
            note=note,
        )
        await tx.append_audit([entry])
    return changed
