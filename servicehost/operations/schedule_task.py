"""Somebody who may orders a task for a time, or for one time after the other."""

import msgspec

from protocol.digest import digest_of
from servicehost.domain.people import Actor
from servicehost.domain.schedule import Schedule, check_schedule
from servicehost.domain.scheduled_order import Late, ScheduledOrder, TaskPlan
from servicehost.domain.selection import check_selection
from servicehost.domain.task_work import kind_of
from servicehost.operations.order_task import TaskOrder, TaskPolicy, check_task
from servicehost.operations.scheduling import Wanted, first_time, keep
from servicehost.operations.selecting import selected_in
from servicehost.ports.clock import Clock
from servicehost.ports.store import Store

__all__ = ["TaskDraft", "schedule_task"]


class TaskDraft(msgspec.Struct, frozen=True, kw_only=True):
    """What to run where and when, and why."""

    plan: TaskPlan
    schedule: Schedule
    late: Late = Late.RUN
    note: str = ""


async def schedule_task(
    actor: Actor, draft: TaskDraft, *, store: Store, clock: Clock, policy: TaskPolicy, most: int
) -> ScheduledOrder:
    """The schedule, waiting. Who is meant is looked up now, so that a mistake shows, and again at every time; so is
    whether its orderer may.

    Raises as `check_schedule`, `selected` and `check_task` do; Forbidden `consent_needed`; Conflict
    `several_contracts`, `time_passed`, `too_many_schedules`.
    """
    plan, now = draft.plan, clock.wall()
    check_schedule(draft.schedule)
    check_selection(plan.adapters)
    first_time(draft.schedule, now)
    async with store.transaction(actor.scope) as tx:
        codes = await selected_in(tx, plan.adapters, now, most=policy.max_adapters)
        check_task(TaskOrder(service_codes=codes, work=plan.work), policy)
        kind = kind_of(plan.work).value
        named = msgspec.structs.replace(plan, name=plan.name or kind)
        wanted = Wanted(plan=named, schedule=draft.schedule, late=draft.late, note=draft.note)
        digest = digest_of(msgspec.json.encode(plan.work))
        adapters = await tx.adapters(codes)
        return await keep(tx, actor, adapters, wanted, now, most=most, kind=kind, work_digest=digest)
