"""What orders of pushes and of tasks for later have in common: how they are kept, and who may touch them."""

from collections.abc import Sequence
from typing import Any

import msgspec

from servicehost.domain.audit import Action
from servicehost.domain.errors import Conflict, NotFound
from servicehost.domain.event import EventClass
from servicehost.domain.people import Actor, has_right
from servicehost.domain.schedule import Schedule, next_after
from servicehost.domain.scheduled_order import (
    Late,
    Plan,
    PlanKind,
    ScheduledOrder,
    ScheduleState,
    TaskPlan,
    kind_of_plan,
    right_of_plan,
)
from servicehost.domain.unit import Adapter
from servicehost.operations.deed import deed, recorded
from servicehost.operations.grounds import grounds
from servicehost.ports.store import Transaction

__all__ = [
    "Wanted",
    "acting_on",
    "class_of",
    "contract_of",
    "first_time",
    "found",
    "keep",
    "waiting",
]


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What is ordered for which times, why, and what becomes of the latest time that was missed."""

    plan: Plan
    schedule: Schedule
    late: Late = Late.RUN
    note: str = ""


def first_time(schedule: Schedule, now: int) -> int:
    """When it is due first. Raises Conflict `time_passed` when that is never."""
    due_at = next_after(schedule, now)
    if due_at is None:
        raise Conflict("time_passed", "That time has passed; name one that is to come, or order it now")
    return due_at


def contract_of(adapters: Sequence[Adapter]) -> str:
    """The one management contract of all of them. Raises Conflict `several_contracts`."""
    tenants = {one.management_code for one in adapters}
    if len(tenants) > 1:
        raise Conflict("several_contracts", "A schedule belongs to one management contract: order one for each")
    (tenant,) = tenants
    return tenant


def class_of(plan: Plan) -> EventClass:
    """Of the events that tell of it."""
    return EventClass.OPERATION if isinstance(plan, TaskPlan) else EventClass.CONFIGURATION


async def keep(
    tx: Transaction,
    actor: Actor,
    adapters: Sequence[Adapter],
    wanted: Wanted,
    now: int,
    *,
    most: int,
    **recorded_too: Any,
) -> ScheduledOrder:
    """The order, waiting, with its event and its record; `adapters` are those it means now, at least one.

    Raises Forbidden `no_right`, `consent_needed`; Conflict `time_passed`, `several_contracts`, `too_many_schedules`.
    """
    due_at, tenant = first_time(wanted.schedule, now), contract_of(adapters)
    plan, note = wanted.plan, wanted.note
    ground = next(iter((await grounds(tx, actor, [right_of_plan(plan)], adapters, now)).values()))
    if await tx.waiting_scheduled_orders(tenant) >= most:
        raise Conflict("too_many_schedules", f"{most} schedules of {tenant} wait already; cancel some first")
    made = await tx.add_scheduled_order(
        ScheduledOrder(
            number=0,
            management_code=tenant,
            schedule=wanted.schedule,
            plan=plan,
            late=wanted.late,
            note=note,
            master_id=actor.master_id,
            ordered_by=ground.author,
            ordered_at=now,
            state=ScheduleState.WAITING,
            changed_at=now,
            due_at=due_at,
        )
    )
    said: dict[str, Any] = {"schedule": made.number, "due_at": due_at, "adapters": len(adapters)}
    told = deed(
        ground,
        now,
        "schedule_ordered",
        class_=class_of(plan),
        management_code=tenant,
        note=note,
        kind=kind_of_plan(plan).value,
        **said,
    )
    await tx.add_events([told])
    entry = recorded(
        ground,
        now,
        Action.SCHEDULE_PUSH if kind_of_plan(plan) is PlanKind.PUSH else Action.SCHEDULE_TASK,
        f"schedule {made.number}",
        management_code=tenant,
        after=said | recorded_too,
        note=note,
    )
    await tx.append_audit([entry])
    return made


async def found(tx: Transaction, number: int) -> ScheduledOrder:
    """The order. Raises NotFound `schedule_not_found`."""
    one = await tx.scheduled_order(number)
    if one is None:
        raise NotFound("schedule_not_found", f"There is no schedule {number}")
    return one


def waiting(order: ScheduledOrder) -> ScheduledOrder:
    """The order itself. Raises Conflict `schedule_ended` unless a time of it is still to come."""
    if order.state is not ScheduleState.WAITING:
        text = f"Schedule {order.number} is {order.state.value}: its last time has begun, or it was ended before"
        raise Conflict("schedule_ended", text)
    return order


async def acting_on(tx: Transaction, actor: Actor, order: ScheduledOrder, now: int) -> Actor:
    """Who acts: by their own right, or under a consent for every adapter that it means now. Raises Forbidden
    `consent_needed`; NotFound `adapter_not_found` where a consent would be needed and no adapter is left."""
    right = right_of_plan(order.plan)
    if has_right(actor, right):
        return actor
    adapters = await tx.adapters(await _meant(tx, order.plan, now))
    if not adapters:
        raise NotFound("adapter_not_found", f"None of the adapters of schedule {order.number} is left")
    return next(iter((await grounds(tx, actor, [right], adapters, now)).values()))


async def _meant(tx: Transaction, plan: Plan, now: int) -> Sequence[str]:
    if isinstance(plan, TaskPlan):
        return (await tx.select_adapters(plan.adapters, now)).service_codes
    return plan.service_codes
