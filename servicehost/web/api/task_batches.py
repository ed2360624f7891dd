"""Tasks that were ordered together."""

from typing import Final

from servicehost.domain.errors import NotFound
from servicehost.domain.people import Right
from servicehost.web.call import Call, Reply
from servicehost.web.route import Route
from servicehost.web.task_batch_answers import TaskBatchAnswer, TaskBatchCancelled, TaskBatches
from servicehost.web.task_orders import TaskBatchesQuery

__all__ = ["ROUTES"]


async def _batches(call: Call) -> Reply:
    query = call.query(TaskBatchesQuery)
    found = await call.door.reads.named_batches(
        call.scope, after=query.after, limit=query.limit + 1, newest_first=query.newest_first
    )
    return Reply(value=TaskBatches.of(found, query.limit))


async def _batch(call: Call) -> Reply:
    number = call.number("batch")
    found = await call.door.reads.batch_progress(call.scope, number)
    if found is None:
        raise NotFound("batch_not_found", f"There is no batch {number} of tasks")
    return Reply(value=TaskBatchAnswer.of(found))


async def _cancel(call: Call) -> Reply:
    cancelled = await call.door.catalogue.tasks.cancel_batch(call.actor, call.number("batch"))
    return Reply(value=TaskBatchCancelled.of(cancelled))


ROUTES: Final = (
    Route(
        method="GET",
        path="/api/v1/task-batches",
        handler=_batches,
        name="listTaskBatches",
        summary="Batches of tasks in the order of their numbers, each with how far it is",
        tag="tasks",
        query=TaskBatchesQuery,
        answer=TaskBatches,
    ),
    Route(
        method="GET",
        path="/api/v1/task-batches/{batch}",
        handler=_batch,
        name="readTaskBatch",
        summary="One batch of tasks: how many stand in each state",
        tag="tasks",
        answer=TaskBatchAnswer,
        problems=("batch_not_found",),
    ),
    Route(
        method="POST",
        path="/api/v1/task-batches/{batch}/cancel",
        handler=_cancel,
        name="cancelTaskBatch",
        summary="Take back all tasks of a batch that wait; what a unit has already comes to its end",
        tag="tasks",
        right=Right.LOOK_INTO_UNITS,
        answer=TaskBatchCancelled,
        problems=("batch_not_found", "consent_needed"),
    ),
)
