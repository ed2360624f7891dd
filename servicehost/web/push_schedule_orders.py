"""Bodies, queries and answers of pushes that wait for their time."""

from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType

from servicehost.domain.instant import rfc3339
from servicehost.domain.push import Target
from servicehost.domain.push_schedule import Late, Occurrence, OccurrenceEnd, PushSchedule, ScheduleState
from servicehost.operations.choose_revisions import PushOrder
from servicehost.operations.schedule_push import ScheduleDraft
from servicehost.web.answers import Time, time_or_none
from servicehost.web.orders import Limit, Line, Number, ServiceCode
from servicehost.web.schedule_orders import ScheduleForm

__all__ = [
    "OccurrenceAnswer",
    "PushScheduleAnswer",
    "PushScheduleDetail",
    "PushScheduleOrder",
    "PushSchedules",
    "PushSchedulesQuery",
    "RetimeOrder",
    "ScheduleEndOrder",
]


class PushScheduleOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A push for later. `fixed` says which revision: true, the one named, or each adapter's working one as it stands
    now; false, whatever is the working revision of each when its time has come. `late` says what becomes of the latest
    time that was missed while the host was down; earlier ones are named as missed.
    """

    service_codes: Annotated[
        list[ServiceCode], Meta(min_length=1, max_length=10_000, extra_json_schema={"uniqueItems": True})
    ]
    when: ScheduleForm
    fixed: bool
    revision: Number | UnsetType = UNSET
    """Only with `fixed`."""
    late: Late = Late.RUN
    target: Target = Target.BOTH
    reason: Line = ""
    confirm_timeout_s: Annotated[int, Meta(ge=5, le=86_400)] | UnsetType = UNSET
    life_s: Annotated[int, Meta(ge=60, le=315_360_000)] | UnsetType = UNSET
    through_acknowledged: bool = False

    def draft(self) -> ScheduleDraft:
        """Raises Invalid as `check_schedule` does."""
        order = PushOrder(
            service_codes=self.service_codes,
            revision=None if self.revision is UNSET else self.revision,
            target=self.target,
            reason=self.reason,
            confirm_timeout_s=None if self.confirm_timeout_s is UNSET else self.confirm_timeout_s,
            life_s=None if self.life_s is UNSET else self.life_s,
            through_acknowledged=self.through_acknowledged,
        )
        return ScheduleDraft(order=order, schedule=self.when.schedule(), fixed=self.fixed, late=self.late)


class RetimeOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Other times for a push that waits."""

    when: ScheduleForm
    reason: Line = ""


class ScheduleEndOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why it is taken back."""

    reason: Line = ""


class PushSchedulesQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which part of the list, and whether only what waits."""

    waiting: bool = False
    after: Annotated[int, Meta(ge=0, le=2**53 - 1)] = 0
    limit: Limit = 100


class OccurrenceAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one time; of a whole order `pushes` numbers, from `first_push` to `last_push`."""

    due_at: Time
    at: Time
    outcome: OccurrenceEnd
    reason: str | None
    pushes: int
    first_push: int | None
    last_push: int | None

    @classmethod
    def of(cls, one: Occurrence) -> "OccurrenceAnswer":
        return cls(
            due_at=rfc3339(one.due_at),
            at=rfc3339(one.at),
            outcome=one.outcome,
            reason=one.reason,
            pushes=one.pushes,
            first_push=one.first_push,
            last_push=one.last_push,
        )


class PushScheduleAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One push that waits, or waited. `due_at` is the next time; `fixed`: the revisions were chosen with the order."""

    number: int
    management_code: str
    service_codes: list[str]
    when: ScheduleForm
    fixed: bool
    late: Late
    target: Target
    state: ScheduleState
    reason: str | None
    note: str
    due_at: Time | None
    fired: int
    ordered_by: str
    ordered_at: Time
    changed_at: Time

    @classmethod
    def of(cls, one: PushSchedule) -> "PushScheduleAnswer":
        return cls(
            number=one.number,
            management_code=one.management_code,
            service_codes=list(one.push_order.service_codes),
            when=ScheduleForm.of(one.schedule),
            fixed=bool(one.push_order.revisions),
            late=one.late,
            target=one.push_order.target,
            state=one.state,
            reason=one.reason,
            note=one.note,
            due_at=time_or_none(one.due_at),
            fired=one.fired,
            ordered_by=one.ordered_by,
            ordered_at=rfc3339(one.ordered_at),
            changed_at=rfc3339(one.changed_at),
        )


class PushScheduleDetail(msgspec.Struct, frozen=True, kw_only=True):
    """One with what became of its latest times, at most a hundred, the latest first."""

    schedule: PushScheduleAnswer
    occurrences: list[OccurrenceAnswer]


class PushSchedules(msgspec.Struct, frozen=True, kw_only=True):
    """`next` is the `after` of the part that follows; null: there is none."""

    items: list[PushScheduleAnswer]
    next: int | None
