"""Answers of the API about tasks that were ordered together."""

from collections.abc import Sequence

import msgspec

from servicehost.domain.instant import rfc3339
from servicehost.domain.task import TaskState
from servicehost.domain.task_batch import BatchProgress
from servicehost.domain.task_work import TaskKind
from servicehost.operations.cancel_batch import BatchCancelled
from servicehost.web.answers import Time

__all__ = ["TaskBatchAnswer", "TaskBatchCancelled", "TaskBatches"]


class TaskBatchAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One batch: `ended` of its tasks on `adapters` adapters have come to an end; `states` counts those that are kept
    still in every state, one with none as 0. Its tasks are at `/api/v1/tasks?batch=`."""

    batch: int
    management_code: str
    name: str
    kind: TaskKind
    adapters: int
    ended: int
    states: dict[str, int]
    ordered_by: str
    ordered_at: Time
    note: str

    @classmethod
    def of(cls, one: BatchProgress) -> "TaskBatchAnswer":
        return cls(
            batch=one.batch.batch,
            management_code=one.batch.management_code,
            name=one.batch.name,
            kind=one.batch.kind,
            adapters=one.batch.adapters,
            ended=one.ended,
            states={state.value: one.states.get(state, 0) for state in TaskState},
            ordered_by=one.batch.ordered_by,
            ordered_at=rfc3339(one.batch.ordered_at),
            note=one.batch.note,
        )


class TaskBatches(msgspec.Struct, frozen=True, kw_only=True):
    """`next` is the `after` of the part that follows; null: there is none."""

    items: list[TaskBatchAnswer]
    next: int | None

    @classmethod
    def of(cls, found: Sequence[BatchProgress], limit: int) -> "TaskBatches":
        """Of one more than the limit, which says whether there are more."""
        page = found[:limit]
        following = page[-1].batch.batch if len(found) > limit else None
        return cls(items=[TaskBatchAnswer.of(one) for one in page], next=following)


class TaskBatchCancelled(msgspec.Struct, frozen=True, kw_only=True):
    """How many tasks of it were cancelled now, and how many a unit has already: those come to their end."""

    batch: int
    cancelled: int
    running: int

    @classmethod
    def of(cls, one: BatchCancelled) -> "TaskBatchCancelled":
        return cls(batch=one.batch.batch, cancelled=one.cancelled, running=one.running)
