"""Answers of the API about tasks."""

from collections.abc import Mapping, Sequence

import msgspec

from servicehost.domain.instant import rfc3339
from servicehost.domain.task import Result, Task, TaskState
from servicehost.domain.task_work import TaskKind, TaskWork
from servicehost.operations.order_task import TaskOrdered
from servicehost.web.answers import Time, time_or_none

__all__ = ["TaskAnswer", "TaskCounts", "TaskOrderResult", "TaskReport", "TaskResultAnswer", "Tasks", "TasksOrdered"]


class TaskAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One task and where it stands. `text` is what the unit said of its end."""

    task: int
    service_code: str
    kind: TaskKind
    work: TaskWork
    state: TaskState
    reason: str
    text: str
    ordered_by: str
    ordered_at: Time
    changed_at: Time
    started_at: Time | None
    expires_at: Time
    time_out_s: int
    note: str
    batch: int | None

    @classmethod
    def of(cls, task: Task) -> "TaskAnswer":
        return cls(
            task=task.task,
            service_code=task.service_code,
            kind=task.kind,
            work=task.work,
            state=task.state,
            reason=task.reason,
            text=task.text,
            ordered_by=task.ordered_by,
            ordered_at=rfc3339(task.ordered_at),
            changed_at=rfc3339(task.changed_at),
            started_at=time_or_none(task.started_at),
            expires_at=rfc3339(task.expires_at),
            time_out_s=task.time_out_s,
            note=task.note,
            batch=task.batch,
        )


class TaskResultAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What one module gave; its bytes are at `results/{module}`. `failed` says why they are none or not all;
    `removed_at` when the host's policy has removed them."""

    module: int
    media_type: str
    size_bytes: int
    digest: str
    failed: str
    removed_at: Time | None

    @classmethod
    def of(cls, one: Result) -> "TaskResultAnswer":
        return cls(
            module=one.module,
            media_type=one.media_type,
            size_bytes=one.size_bytes,
            digest=one.digest,
            failed=one.failed,
            removed_at=time_or_none(one.removed_at),
        )


class TaskReport(msgspec.Struct, frozen=True, kw_only=True):
    """One task and what it has brought."""

    task: TaskAnswer
    results: list[TaskResultAnswer]

    @classmethod
    def of(cls, task: Task, results: Sequence[Result]) -> "TaskReport":
        return cls(task=TaskAnswer.of(task), results=[TaskResultAnswer.of(one) for one in results])


class Tasks(msgspec.Struct, frozen=True, kw_only=True):
    """`next` is the `after` of the part that follows; null: there is none."""

    items: list[TaskAnswer]
    next: int | None


class TaskCounts(msgspec.Struct, frozen=True, kw_only=True):
    """How many tasks stand in each state; a state with none is 0."""

    states: dict[str, int]

    @classmethod
    def of(cls, counts: Mapping[str, int]) -> "TaskCounts":
        return cls(states={state.value: counts.get(state.value, 0) for state in TaskState})


class TaskOrderResult(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the order for one adapter: the number of its `task`, or `code` and `detail` of a refusal."""

    service_code: str
    task: int | None
    code: str | None
    detail: str | None

    @classmethod
    def of(cls, one: TaskOrdered) -> "TaskOrderResult":
        number = None if one.task is None else one.task.task
        return cls(service_code=one.service_code, task=number, code=one.code, detail=one.text)


class TasksOrdered(msgspec.Struct, frozen=True, kw_only=True):
    """One result for each adapter, in the order in which they were named. Several adapters make a batch in each
    contract to which some belong; `batches` are their numbers."""

    results: list[TaskOrderResult]
    batches: list[int]

    @classmethod
    def of(cls, ordered: Sequence[TaskOrdered]) -> "TasksOrdered":
        batches = {one.task.batch for one in ordered if one.task is not None and one.task.batch is not None}
        return cls(results=[TaskOrderResult.of(one) for one in ordered], batches=sorted(batches))
