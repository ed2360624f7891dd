"""Pushes and tasks that wait for their time."""

from typing import Final

from msgspec import UNSET, UnsetType

from servicehost.domain.errors import Conflict, NotFound
from servicehost.domain.people import Right
from servicehost.domain.scheduled_order import TaskPlan
from servicehost.domain.task_work import TaskWork
from servicehost.operations.schedule_task import TaskDraft
from servicehost.web.api.groups import SELECTION_PROBLEMS
from servicehost.web.api.presets import FILL_PROBLEMS, filled_preset
from servicehost.web.call import Call, Reply
from servicehost.web.route import Route
from servicehost.web.schedule_orders import SCHEDULE_PROBLEMS
from servicehost.web.scheduled_answers import OccurrenceAnswer, ScheduleAnswer, ScheduleDetail, Schedules
from servicehost.web.scheduled_orders import (
    PushScheduleOrder,
    RetimeOrder,
    ScheduleEndOrder,
    SchedulesQuery,
    TaskScheduleOrder,
)

__all__ = ["ROUTES"]


async def _push(call: Call) -> Reply:
    body = call.body(PushScheduleOrder)
    draft = body.draft()
    if draft.order.revision is not None and not draft.fixed:
        raise Conflict("revision_not_fixed", "A named revision is fixed: say fixed, or leave the revision out")
    return Reply(value=ScheduleAnswer.of(await call.door.catalogue.schedules.schedule_push(call.actor, draft)))


async def _task(call: Call) -> Reply:
    body = call.body(TaskScheduleOrder)
    work, named = await _work(call, body)
    plan = TaskPlan(
        adapters=body.adapters.selection,
        work=work,
        name=named if isinstance(body.name, UnsetType) else body.name,
        life_s=None if isinstance(body.life_s, UnsetType) else body.life_s,
        time_out_s=None if isinstance(body.time_out_s, UnsetType) else body.time_out_s,
    )
    draft = TaskDraft(plan=plan, schedule=body.when.schedule(), late=body.late, note=body.reason)
    return Reply(value=ScheduleAnswer.of(await call.door.catalogue.schedules.schedule_task(call.actor, draft)))


async def _work(call: Call, body: TaskScheduleOrder) -> tuple[TaskWork, str]:
    """And what each batch is called unless the body says: nothing leaves that to the kind of the work."""
    if not isinstance(body.work, UnsetType) and isinstance(body.preset, UnsetType):
        return body.work, ""
    if isinstance(body.work, UnsetType) and not isinstance(body.preset, UnsetType):
        return await filled_preset(call, body.preset.preset, body.preset.values)
    raise Conflict("work_unclear", "Say either work or preset")


async def _list(call: Call) -> Reply:
    query = call.query(SchedulesQuery)
    found = await call.door.reads.scheduled_orders(
        call.scope,
        kind=None if query.kind is UNSET else query.kind,
        waiting=query.waiting,
        after=query.after,
        limit=query.limit + 1,
    )
    return Reply(value=Schedules.of(found, query.limit))


async def _read(call: Call) -> Reply:
    number, reads = call.number("schedule"), call.door.reads
    found = await reads.scheduled_order_numbered(call.scope, number)
    if found is None:
        raise NotFound("schedule_not_found", f"There is no schedule {number}")
    times = await reads.occurrences(call.scope, number)
    batches = await reads.progress_of_batches(call.scope, [one.batch for one in times if one.batch is not None])
    answers = [OccurrenceAnswer.of(one, batches.get(one.batch or 0)) for one in times]
    return Reply(value=ScheduleDetail(schedule=ScheduleAnswer.of(found), occurrences=answers))


async def _cancel(call: Call) -> Reply:
    reason, schedules = call.body(ScheduleEndOrder).reason, call.door.catalogue.schedules
    ended = await schedules.cancel_schedule(call.actor, call.number("schedule"), reason)
    return Reply(value=ScheduleAnswer.of(ended))


async def _retime(call: Call) -> Reply:
    body = call.body(RetimeOrder)
    number, when = call.number("schedule"), body.when.schedule()
    changed = await call.door.catalogue.schedules.retime_schedule(call.actor, number, when, body.reason)
    return Reply(value=ScheduleAnswer.of(changed))


_NOT_LATER: Final = ("several_contracts", "time_passed", "too_many_schedules")
_STANDING: Final = ("schedule_not_found", "adapter_not_found", "schedule_ended")
ROUTES: Final = (
    Route(
        method="POST",
        path="/api/v1/schedules/pushes",
        handler=_push,
        name="schedulePush",
        summary="Order a push for a time, or for one time after the other",
        tag="schedules",
        right=Right.PUSH_CONFIG,
        body=PushScheduleOrder,
        answer=ScheduleAnswer,
        status=201,
        problems=(
            *SCHEDULE_PROBLEMS,
            "no_adapters",
            "too_many_adapters",
            "service_code_twice",
            "adapter_not_found",
            "no_config",
            "no_such_revision",
            "revision_not_fixed",
            "standby_adapter",
            "operating_through_adapter",
            *_NOT_LATER,
        ),
    ),
    Route(
        method="POST",
        path="/api/v1/schedules/tasks",
        handler=_task,
        name="scheduleTask",
        summary="Order a task for a time, or for one time after the other, on all who are meant then",
        tag="schedules",
        right=Right.LOOK_INTO_UNITS,
        body=TaskScheduleOrder,
        example={
            "adapters": {"query": "tag:店舗 presence:connected"},
            "when": {
                "recurrence": {"every": "week", "days": ["sun"], "at_time": "03:30", "starts_on": "2026-12-06"},
                "time_zone": "Asia/Tokyo",
            },
            "work": {"kind": "reboot"},
            "name": "毎週の再起動",
            "reason": "定期保守",
        },
        answer=ScheduleAnswer,
        status=201,
        problems=(
            *SCHEDULE_PROBLEMS,
            *SELECTION_PROBLEMS,
            *FILL_PROBLEMS,
            "work_unclear",
            "too_many_adapters",
            "module_twice",
            "consent_needed",
            *_NOT_LATER,
        ),
    ),
    Route(
        method="GET",
        path="/api/v1/schedules",
        handler=_list,
        name="listSchedules",
        summary="Scheduled pushes and tasks in the order of their numbers",
        tag="schedules",
        query=SchedulesQuery,
        answer=Schedules,
    ),
    Route(
        method="GET",
        path="/api/v1/schedules/{schedule}",
        handler=_read,
        name="readSchedule",
        summary="One schedule and what became of its latest times",
        tag="schedules",
        answer=ScheduleDetail,
        problems=("schedule_not_found",),
    ),
    Route(
        method="POST",
        path="/api/v1/schedules/{schedule}/cancel",
        handler=_cancel,
        name="cancelSchedule",
        summary="Take a schedule back; pushes and tasks that it has ordered already go on",
        tag="schedules",
        right=Right.LOOK_INTO_UNITS,
        body=ScheduleEndOrder,
        answer=ScheduleAnswer,
        problems=(*_STANDING, "consent_needed"),
    ),
    Route(
        method="PUT",
        path="/api/v1/schedules/{schedule}/when",
        handler=_retime,
        name="retimeSchedule",
        summary="Give a schedule other times, until its last time has begun",
        tag="schedules",
        right=Right.LOOK_INTO_UNITS,
        body=RetimeOrder,
        answer=ScheduleAnswer,
        problems=(*SCHEDULE_PROBLEMS, *_STANDING, "consent_needed", "time_passed"),
    ),
)
