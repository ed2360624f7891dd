"""Tasks: ordered, listed, taken back, and what they brought."""

from collections.abc import Sequence
from typing import Final

from msgspec import UNSET, UnsetType

from servicehost.domain.errors import Conflict, NotFound
from servicehost.domain.people import Right
from servicehost.operations.selecting import selected_by
from servicehost.ports.tasks import TaskFilter
from servicehost.web.api.groups import SELECTION_PROBLEMS
from servicehost.web.call import Call, Reply
from servicehost.web.route import Route
from servicehost.web.task_answers import TaskAnswer, TaskCounts, TaskReport, Tasks, TasksOrdered
from servicehost.web.task_orders import TaskBody, TasksQuery, task_order

__all__ = ["ROUTES"]

_BINARY: Final = "application/octet-stream"


async def _order(call: Call) -> Reply:
    body = call.body(TaskBody)
    order = task_order(body, await _meant(call, body), body.work)
    return Reply(value=TasksOrdered.of(await call.door.catalogue.tasks.order_task(call.actor, order)))


async def _meant(call: Call, body: TaskBody) -> Sequence[str]:
    listed, meant = body.service_codes, body.adapters
    if not isinstance(listed, UnsetType) and isinstance(meant, UnsetType):
        return listed
    if isinstance(listed, UnsetType) and not isinstance(meant, UnsetType):
        return await selected_by(call.door.reads, call.scope, meant.selection, call.door.clock.wall())
    raise Conflict("selection_unclear", "Say either service_codes or adapters")


async def _tasks(call: Call) -> Reply:
    query = call.query(TasksQuery)
    wanted = TaskFilter(
        service_code=None if query.service_code is UNSET else query.service_code,
        state=None if query.state is UNSET else query.state,
        kind=None if query.kind is UNSET else query.kind,
        batch=None if query.batch is UNSET else query.batch,
    )
    found = await call.door.reads.tasks(
        call.scope, wanted, after=query.after, limit=query.limit + 1, newest_first=query.newest_first
    )
    page = found[: query.limit]
    following = page[-1].task if len(found) > query.limit else None
    return Reply(value=Tasks(items=[TaskAnswer.of(task) for task in page], next=following))


async def _counts(call: Call) -> Reply:
    return Reply(value=TaskCounts.of(await call.door.reads.task_counts(call.scope)))


async def _task(call: Call) -> Reply:
    number = call.number("task")
    task = await call.door.reads.task(call.scope, number)
    if task is None:
        raise NotFound("task_not_found", f"There is no task {number}")
    return Reply(value=TaskReport.of(task, await call.door.reads.task_results(call.scope, number)))


async def _cancel(call: Call) -> Reply:
    return Reply(value=TaskAnswer.of(await call.door.catalogue.tasks.cancel_task(call.actor, call.number("task"))))


async def _result(call: Call) -> Reply:
    read = await call.door.catalogue.tasks.read_result(call.actor, call.number("task"), call.number("module"))
    if read.path is not None:
        return Reply(file=read.path, media_type=_BINARY, etag=read.result.digest)
    return Reply(raw=read.result.body or b"", media_type=_BINARY, etag=read.result.digest)


ROUTES: Final = (
    Route(
        method="POST",
        path="/api/v1/tasks",
        handler=_order,
        name="orderTasks",
        summary="Order one task on each of the adapters that are meant: one result for each; several make a batch",
        tag="tasks",
        right=Right.LOOK_INTO_UNITS,
        body=TaskBody,
        example={
            "adapters": {"group": 3},
            "work": {"kind": "ping", "address": "192.0.2.1"},
            "name": "回線工事後の確認",
            "reason": "回線の切り替え後の確認",
        },
        answer=TasksOrdered,
        status=202,
        problems=(
            *SELECTION_PROBLEMS,
            "no_adapters",
            "too_many_adapters",
            "service_code_twice",
            "module_twice",
            "task_queue_full",
            "consent_needed",
        ),
    ),
    Route(
        method="GET",
        path="/api/v1/tasks",
        handler=_tasks,
        name="listTasks",
        summary="Tasks in the order of their numbers: of one adapter or all, in one state or all",
        tag="tasks",
        query=TasksQuery,
        answer=Tasks,
    ),
    Route(
        method="GET",
        path="/api/v1/tasks/counts",
        handler=_counts,
        name="countTasks",
        summary="How many tasks stand in each state",
        tag="tasks",
        answer=TaskCounts,
    ),
    Route(
        method="GET",
        path="/api/v1/tasks/{task}",
        handler=_task,
        name="readTask",
        summary="One task, where it stands, and what it has brought",
        tag="tasks",
        answer=TaskReport,
        problems=("task_not_found",),
    ),
    Route(
        method="POST",
        path="/api/v1/tasks/{task}/cancel",
        handler=_cancel,
        name="cancelTask",
        summary="Take back a task that no unit has been given yet",
        tag="tasks",
        right=Right.LOOK_INTO_UNITS,
        answer=TaskAnswer,
        problems=("task_not_found", "task_in_progress", "task_ended", "consent_needed", "adapter_not_found"),
    ),
    Route(
        method="GET",
        path="/api/v1/tasks/{task}/results/{module}",
        handler=_result,
        name="readTaskResult",
        summary="What one module gave: its exact bytes; of a large result also in ranges. Each reading is recorded",
        tag="tasks",
        right=Right.LOOK_INTO_UNITS,
        media_type=_BINARY,
        etag=True,
        problems=(
            "task_not_found",
            "result_not_found",
            "result_removed",
            "result_file_missing",
            "consent_needed",
            "adapter_not_found",
            "busy",
            "store_full",
        ),
    ),
)
