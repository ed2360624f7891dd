"""The use cases of tasks, bound to their ports."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from servicehost.domain.certificate import UnitIdentity
from servicehost.domain.people import Actor
from servicehost.domain.task import Task
from servicehost.operations.cancel_batch import BatchCancelled, cancel_batch
from servicehost.operations.cancel_task import cancel_task
from servicehost.operations.end_due_tasks import end_due_tasks
from servicehost.operations.forget_tasks import forget_tasks
from servicehost.operations.order_task import TaskOrder, TaskOrdered, TaskOrdering, TaskPolicy, order_task
from servicehost.operations.read_result import ReadResult, read_result
from servicehost.operations.sweep_results import sweep_results
from servicehost.operations.upload_result import upload_result
from servicehost.ports.clock import Clock
from servicehost.ports.line import Line
from servicehost.ports.reads import Reads
from servicehost.ports.store import Store
from servicehost.ports.uploads import Held, Piece, ResultFile, ResultFiles

__all__ = ["TaskCatalogue", "open_task_catalogue"]


def _nobody_waits(instant: int) -> None:
    """Without a clock's door that sleeps, nobody has to be told when it is to wake."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskCatalogue:
    """Each field is the use case of that name with its ports filled in; arguments go by position, as written there."""

    ordering: TaskOrdering
    """For whatever else orders tasks."""
    order_task: Callable[[Actor, TaskOrder], Awaitable[list[TaskOrdered]]]
    cancel_task: Callable[[Actor, int], Awaitable[Task]]
    cancel_batch: Callable[[Actor, int], Awaitable[BatchCancelled]]
    read_result: Callable[[Actor, int, int], Awaitable[ReadResult]]
    end_due_tasks: Callable[[int], Awaitable[int]]
    upload_result: Callable[[UnitIdentity, ResultFile, Piece | None], Awaitable[Held]]
    sweep_results: Callable[[int], Awaitable[int]]
    forget_tasks: Callable[[int], Awaitable[int]]


def open_task_catalogue(
    *,
    store: Store,
    reads: Reads,
    clock: Clock,
    line: Line,
    files: ResultFiles,
    policy: TaskPolicy | None = None,
    due: Callable[[int], None] = _nobody_waits,
) -> TaskCatalogue:
    """The catalogue of one host. `due` is told instants at which the clock will have something to say of a task."""
    policy = policy or TaskPolicy()
    ordering = TaskOrdering(policy=policy, due=due)
    return TaskCatalogue(
        ordering=ordering,
        order_task=partial(order_task, store=store, clock=clock, line=line, ordering=ordering),
        cancel_task=partial(cancel_task, store=store, clock=clock, limits=policy.limits),
        cancel_batch=partial(cancel_batch, store=store, clock=clock),
        read_result=partial(read_result, store=store, clock=clock, reads=reads, files=files),
        end_due_tasks=partial(end_due_tasks, store=store, clock=clock, line=line, limits=policy.limits),
        upload_result=partial(upload_result, store=store, reads=reads, clock=clock, files=files, limits=policy.limits),
        sweep_results=partial(sweep_results, store=store, files=files),
        forget_tasks=partial(forget_tasks, store=store, clock=clock, kept_days=policy.kept_days),
    )
