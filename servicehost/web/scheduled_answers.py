"""Answers of the API about orders that wait for their time, and about what became of each time."""

from collections.abc import Sequence

import msgspec

from servicehost.domain.instant import rfc3339
from servicehost.domain.push import Target
from servicehost.domain.scheduled_order import (
    Late,
    Occurrence,
    OccurrenceEnd,
    PlanKind,
    PushPlan,
    ScheduledOrder,
    ScheduleState,
    TaskPlan,
    kind_of_plan,
)
from servicehost.domain.selection import Selection
from servicehost.domain.task import TaskState
from servicehost.domain.task_batch import BatchProgress
from servicehost.domain.task_work import TaskWork
from servicehost.web.answers import Time, time_or_none
from servicehost.web.schedule_orders import ScheduleForm

__all__ = ["OccurrenceAnswer", "ScheduleAnswer", "ScheduleDetail", "Schedules"]


class OccurrenceAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one time. Of pushes, `pushes` numbers from `first_push` to `last_push`; of tasks, so many `tasks`
    in a `batch`, of which `ended` have come to an end. `states` counts those that are kept in every state; `ended` and
    `states` are null when the batch is kept no longer."""

    due_at: Time
    at: Time
    outcome: OccurrenceEnd
    reason: str | None
    pushes: int
    first_push: int | None
    last_push: int | None
    tasks: int
    batch: int | None
    ended: int | None
    states: dict[str, int] | None

    @classmethod
    def of(cls, one: Occurrence, progress: BatchProgress | None = None) -> "OccurrenceAnswer":
        return cls(
            due_at=rfc3339(one.due_at),
            at=rfc3339(one.at),
            outcome=one.outcome,
            reason=one.reason,
            pushes=one.pushes,
            first_push=one.first_push,
            last_push=one.last_push,
            tasks=one.tasks,
            batch=one.batch,
            ended=None if progress is None else progress.ended,
            states=None if progress is None else {state.value: progress.states.get(state, 0) for state in TaskState},
        )


class ScheduledPushAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What is pushed where; `fixed`: the revisions were chosen with the order."""

    service_codes: list[str]
    fixed: bool
    target: Target

    @classmethod
    def of(cls, plan: PushPlan) -> "ScheduledPushAnswer":
        return cls(service_codes=list(plan.service_codes), fixed=bool(plan.revisions), target=plan.target)


class MeantAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """As it was said, by one of these."""

    service_codes: list[str] | None
    group: int | None
    tag: str | None
    query: str | None
    saved_query: int | None

    @classmethod
    def of(cls, one: Selection) -> "MeantAnswer":
        listed = None if one.service_codes is None else list(one.service_codes)
        return cls(service_codes=listed, group=one.group, tag=one.tag, query=one.query, saved_query=one.saved_query)


class ScheduledTaskAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What is done on whom, and what each batch is called."""

    adapters: MeantAnswer
    work: TaskWork
    name: str

    @classmethod
    def of(cls, plan: TaskPlan) -> "ScheduledTaskAnswer":
        return cls(adapters=MeantAnswer.of(plan.adapters), work=plan.work, name=plan.name)


class ScheduleAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One order that waits, or waited: `push` or `task`, as `kind` says. `due_at` is the next time, `fired` how many
    were carried out."""

    number: int
    management_code: str
    kind: PlanKind
    push: ScheduledPushAnswer | None
    task: ScheduledTaskAnswer | None
    when: ScheduleForm
    late: Late
    state: ScheduleState
    reason: str | None
    note: str
    due_at: Time | None
    fired: int
    ordered_by: str
    ordered_at: Time
    changed_at: Time

    @classmethod
    def of(cls, one: ScheduledOrder) -> "ScheduleAnswer":
        return cls(
            number=one.number,
            management_code=one.management_code,
            kind=kind_of_plan(one.plan),
            push=ScheduledPushAnswer.of(one.plan) if isinstance(one.plan, PushPlan) else None,
            task=ScheduledTaskAnswer.of(one.plan) if isinstance(one.plan, TaskPlan) else None,
            when=ScheduleForm.of(one.schedule),
            late=one.late,
            state=one.state,
            reason=one.reason,
            note=one.note,
            due_at=time_or_none(one.due_at),
            fired=one.fired,
            ordered_by=one.ordered_by,
            ordered_at=rfc3339(one.ordered_at),
            changed_at=rfc3339(one.changed_at),
        )


class ScheduleDetail(msgspec.Struct, frozen=True, kw_only=True):
    """One with what became of its latest times, at most a hundred, the latest first."""

    schedule: ScheduleAnswer
    occurrences: list[OccurrenceAnswer]


class Schedules(msgspec.Struct, frozen=True, kw_only=True):
    """`next` is the `after` of the part that follows; null: there is none."""

    items: list[ScheduleAnswer]
    next: int | None

    @classmethod
    def of(cls, found: Sequence[ScheduledOrder], limit: int) -> "Schedules":
        """Of one more than the limit, which says whether there are more."""
        page = found[:limit]
        following = page[-1].number if len(found) > limit else None
        return cls(items=[ScheduleAnswer.of(one) for one in page], next=following)
