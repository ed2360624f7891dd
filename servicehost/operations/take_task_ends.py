"""Units say how tasks ended: in the answer to one that was given to them, or later."""

from collections.abc import Sequence

import msgspec

from protocol.session import RefusedByPeer
from protocol.task_messages import TaskAnswer, TaskDone
from servicehost.domain.errors import NotFound
from servicehost.domain.event import Event
from servicehost.domain.task import (
    Fact,
    Result,
    Task,
    TaskLimits,
    TaskState,
    Upload,
    after,
    changed,
    upload_fault,
)
from servicehost.operations.fenced import fences_of, why_stale
from servicehost.operations.task_events import answered_late, told
from servicehost.operations.task_wire import Said, as_said, results_of
from servicehost.ports.desk import Fence, Stale
from servicehost.ports.store import Batch

__all__ = ["TaskEnd", "take_task_ends"]


class TaskEnd(msgspec.Struct, frozen=True, kw_only=True):
    """What a session heard of a task."""

    fence: Fence
    task: int
    said: TaskAnswer | TaskDone | RefusedByPeer


class _Taken(msgspec.Struct, kw_only=True):
    """What the batch comes to."""

    now: int
    grace_s: int

    saved: dict[int, Task] = {}
    uploads: list[Upload] = []
    results: list[Result] = []
    events: list[Event] = []


def take_task_ends(
    batch: Batch, ends: Sequence[TaskEnd], limits: TaskLimits, now: int
) -> list[Stale | NotFound | None]:
    """For each end None once it is written (or changed nothing), or why it was not taken.

    Results are written with the end that they belong to, in one transaction. What is said of a task that has ended
    already changes nothing. A task whose results name a file that the host does not hold, or holds with another digest
    or size, has failed.
    """
    in_force = fences_of(batch, [end.fence for end in ends])
    tasks = batch.tasks({end.task for end in ends})
    naming = [end.task for end in ends if _names_files(end)]
    uploads = batch.uploads_of(naming) if naming else []
    taken = _Taken(now=now, grace_s=limits.grace_s, uploads=uploads)
    answers: list[Stale | NotFound | None] = []
    for end in ends:
        task = taken.saved.get(end.task) or tasks.get(end.task)
        stale = why_stale(end.fence, in_force)
        answers.append(stale or _not_found(task, end))
        said = as_said(end.said)
        if answers[-1] is None and task is not None and said is not None:
            _take(taken, task, said)
    batch.save_tasks(list(taken.saved.values()))
    batch.add_task_results(taken.results)
    batch.add_events(taken.events)
    return answers


def _names_files(end: TaskEnd) -> bool:
    return any(one.file is not None for one in getattr(end.said, "results", ()))


def _not_found(task: Task | None, end: TaskEnd) -> NotFound | None:
    """A unit may only speak of tasks that it was given; another's look the same as none."""
    ours = task is not None and task.unit_id == end.fence.unit_id
    if ours and isinstance(end.said, TaskDone):
        ours = task is not None and end.said.issued_ms == task.ordered_at
    return None if ours else NotFound("unknown_task", f"No task {end.task} was given to this unit")


def _take(taken: _Taken, task: Task, said: Said) -> None:
    results = results_of(task, said.results)
    if results is None:
        said, results = Said(fact=Fact.FAILED, reason="result_unreadable", text=said.text), []
    fault = upload_fault(results, taken.uploads)
    if fault is not None:
        said, results = Said(fact=Fact.FAILED, reason=fault, text=said.text), []
    change = after(task, said.fact, said.reason)
    if change is None:
        if task.state is TaskState.TIMED_OUT and task.reason == Fact.UNANSWERED.value:
            late = msgspec.structs.replace(task, changed_at=taken.now)
            taken.events.append(answered_late(late, said.fact.value))
        return
    ended = changed(task, change, taken.now, taken.grace_s, said.text)
    taken.saved[task.task] = ended
    taken.results += results
    event = told(ended, actor="unit")
    taken.events += [event] if event else []
