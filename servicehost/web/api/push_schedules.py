"""Pushes that wait for their time."""

from typing import Final

from servicehost.domain.errors import Conflict, NotFound
from servicehost.domain.people import Right
from servicehost.web.call import Call, Reply
from servicehost.web.push_schedule_orders import (
    OccurrenceAnswer,
    PushScheduleAnswer,
    PushScheduleDetail,
    PushScheduleOrder,
    PushSchedules,
    PushSchedulesQuery,
    RetimeOrder,
    ScheduleEndOrder,
)
from servicehost.web.route import Route
from servicehost.web.schedule_orders import SCHEDULE_PROBLEMS

__all__ = ["ROUTES"]


async def _order(call: Call) -> Reply:
    body = call.body(PushScheduleOrder)
    draft = body.draft()
    if draft.order.revision is not None and not draft.fixed:
        raise Conflict("revision_not_fixed", "A named revision is fixed: say fixed, or leave the revision out")
    made = await call.door.catalogue.push_schedules.schedule_push(call.actor, draft)
    return Reply(value=PushScheduleAnswer.of(made))


async def _list(call: Call) -> Reply:
    query = call.query(PushSchedulesQuery)
    found = await call.door.reads.push_schedules(
        call.scope, waiting=query.waiting, after=query.after, limit=query.limit + 1
    )
    page = found[: query.limit]
    following = page[-1].number if len(found) > query.limit else None
    return Reply(value=PushSchedules(items=[PushScheduleAnswer.of(one) for one in page], next=following))


async def _read(call: Call) -> Reply:
    number = call.number("schedule")
    found = await call.door.reads.push_schedule_numbered(call.scope, number)
    if found is None:
        raise NotFound("schedule_not_found", f"There is no schedule {number}")
    occurrences = await call.door.reads.occurrences(call.scope, number)
    detail = PushScheduleDetail(
        schedule=PushScheduleAnswer.of(found), occurrences=[OccurrenceAnswer.of(one) for one in occurrences]
    )
    return Reply(value=detail)


async def _cancel(call: Call) -> Reply:
    body = call.body(ScheduleEndOrder)
    schedules = call.door.catalogue.push_schedules
    return Reply(
        value=PushScheduleAnswer.of(await schedules.cancel_schedule(call.actor, call.number("schedule"), body.reason))
    )


async def _retime(call: Call) -> Reply:
    body = call.body(RetimeOrder)
    number, when = call.number("schedule"), body.when.schedule()
    changed = await call.door.catalogue.push_schedules.retime_schedule(call.actor, number, when, body.reason)
    return Reply(value=PushScheduleAnswer.of(changed))


ROUTES: Final = (
    Route(
        method="POST",
        path="/api/v1/push-schedules",
        handler=_order,
        name="schedulePush",
        summary="Order a push for a time, or for one time after the other",
        tag="pushes",
        right=Right.PUSH_CONFIG,
        body=PushScheduleOrder,
        answer=PushScheduleAnswer,
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
            "several_contracts",
            "standby_adapter",
            "operating_through_adapter",
            "time_passed",
            "too_many_schedules",
        ),
    ),
    Route(
        method="GET",
        path="/api/v1/push-schedules",
        handler=_list,
        name="listPushSchedules",
        summary="Scheduled pushes in the order of their numbers",
        tag="pushes",
        query=PushSchedulesQuery,
        answer=PushSchedules,
    ),
    Route(
        method="GET",
        path="/api/v1/push-schedules/{schedule}",
        handler=_read,
        name="readPushSchedule",
        summary="One scheduled push and what became of its latest times",
        tag="pushes",
        answer=PushScheduleDetail,
        problems=("schedule_not_found",),
    ),
    Route(
        method="POST",
        path="/api/v1/push-schedules/{schedule}/cancel",
        handler=_cancel,
        name="cancelPushSchedule",
        summary="Take back a scheduled push; what it has ordered already goes on",
        tag="pushes",
        right=Right.PUSH_CONFIG,
        body=ScheduleEndOrder,
        answer=PushScheduleAnswer,
        problems=("schedule_not_found", "adapter_not_found", "schedule_ended"),
    ),
    Route(
        method="PUT",
        path="/api/v1/push-schedules/{schedule}/when",
        handler=_retime,
        name="retimePushSchedule",
        summary="Give a scheduled push other times, until its last time has begun",
        tag="pushes",
        right=Right.PUSH_CONFIG,
        body=RetimeOrder,
        answer=PushScheduleAnswer,
        problems=(*SCHEDULE_PROBLEMS, "schedule_not_found", "adapter_not_found", "schedule_ended", "time_passed"),
    ),
)
