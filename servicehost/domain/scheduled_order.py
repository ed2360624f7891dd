"""Orders of pushes or tasks that wait for their time: what is due, what was missed while nobody was there, and when it
is over.

A time counts as missed when nobody carried it out within a grace. `late` says what then: with `run` the latest missed
time is carried out late, with `skip` it is not; all earlier ones are named as missed, and never made up for.
"""

import enum
from collections.abc import Mapping
from typing import Final, TypeAlias

import msgspec

from servicehost.domain.people import Right
from servicehost.domain.push import Target
from servicehost.domain.schedule import Schedule, next_after
from servicehost.domain.selection import Selection
from servicehost.domain.task_work import TaskWork, right_for

__all__ = [
    "Due",
    "Late",
    "Occurrence",
    "OccurrenceEnd",
    "Plan",
    "PlanKind",
    "PushPlan",
    "ScheduleState",
    "ScheduledOrder",
    "TaskPlan",
    "due",
    "kind_of_plan",
    "named_by",
    "right_of_plan",
    "without_words",
]

NAMED_MISSED: Final = 100
"""As many missed times are named one by one, the latest; of those before them only the number is known."""


class Late(enum.StrEnum):
    """What becomes of the latest time that was missed."""

    RUN = "run"
    SKIP = "skip"


class ScheduleState(enum.StrEnum):
    """Only what waits may be cancelled or given another time."""

    WAITING = "waiting"
    DONE = "done"
    CANCELLED = "cancelled"
    REFUSED = "refused"
    """Who ordered it may not any more."""


class OccurrenceEnd(enum.StrEnum):
    """What became of one time."""

    FIRED = "fired"
    LATE = "late"
    MISSED = "missed"
    REFUSED = "refused"


class PlanKind(enum.StrEnum):
    """What is ordered when the time has come."""

    PUSH = "push"
    TASK = "task"


class PushPlan(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind", tag="push"):
    """What to push where. `revisions` of each adapter were fixed when it was ordered; empty: whatever is the working
    revision of each when the time has come.
    """

    service_codes: tuple[str, ...]
    revisions: Mapping[str, int] = {}
    target: Target = Target.BOTH
    confirm_timeout_s: int | None = None
    life_s: int | None = None


class TaskPlan(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind", tag="task"):
    """Which task to run where. Who is meant by `adapters` is found out when the time has come, each time anew; the work
    is what it was when it was ordered, also that of a preset. `name` is what each batch is called."""

    adapters: Selection
    work: TaskWork
    name: str
    life_s: int | None = None
    time_out_s: int | None = None


Plan: TypeAlias = PushPlan | TaskPlan


def kind_of_plan(plan: Plan) -> PlanKind:
    """Its name."""
    return PlanKind.PUSH if isinstance(plan, PushPlan) else PlanKind.TASK


def named_by(plan: Plan) -> tuple[str, ...]:
    """The adapters that it names one by one; of a group, a tag or a query it names none."""
    return plan.service_codes if isinstance(plan, PushPlan) else plan.adapters.service_codes or ()


def right_of_plan(plan: Plan) -> Right:
    """What whoever orders it needs, then and at each of its times."""
    return Right.PUSH_CONFIG if isinstance(plan, PushPlan) else right_for(plan.work)


def without_words(plan: Plan) -> Plan:
    """The plan without what people called something, once nobody is left whom it could mean."""
    if isinstance(plan, PushPlan):
        return plan
    listed = plan.adapters.service_codes or ()
    return msgspec.structs.replace(plan, name="", adapters=Selection(service_codes=listed))


class ScheduledOrder(msgspec.Struct, frozen=True, kw_only=True):
    """One order and its times. `due_at` is the next one, None once it has ended; `fired` counts those carried out."""

    number: int
    management_code: str
    schedule: Schedule
    plan: Plan
    late: Late
    note: str
    master_id: str
    ordered_by: str
    ordered_at: int
    state: ScheduleState
    changed_at: int
    due_at: int | None
    reason: str | None = None
    fired: int = 0


class Occurrence(msgspec.Struct, frozen=True, kw_only=True):
    """One time of a schedule, and what became of it at the instant `at`: so many `pushes` in one run, or the `tasks` of
    a `batch`."""

    management_code: str
    schedule: int
    due_at: int
    at: int
    outcome: OccurrenceEnd
    reason: str | None = None
    pushes: int = 0
    first_push: int | None = None
    last_push: int | None = None
    tasks: int = 0
    batch: int | None = None


class Due(msgspec.Struct, frozen=True, kw_only=True):
    """What an instant means for a schedule: times that were missed, the one to carry out now, the next one."""

    missed: tuple[int, ...] = ()
    unnamed: int = 0
    fire: int | None = None
    late: bool = False
    following: int | None = None


def due(one: ScheduledOrder, now: int, grace_ms: int) -> Due | None:
    """None while nothing is due."""
    if one.due_at is None or one.due_at > now:
        return None
    times = [one.due_at]
    while (following := next_after(one.schedule, times[-1])) is not None and following <= now:
        times.append(following)
    latest, late = times[-1], now - times[-1] > grace_ms
    fires = one.late is Late.RUN or not late
    missed = times[:-1] if fires else times
    return Due(
        missed=tuple(missed[-NAMED_MISSED:]),
        unnamed=max(0, len(missed) - NAMED_MISSED),
        fire=latest if fires else None,
        late=late,
        following=following,
    )
