"""Bodies and queries of orders that wait for their time."""

from typing import Annotated, Any, Final

import msgspec
from msgspec import UNSET, Meta, UnsetType

from servicehost.domain.push import Target
from servicehost.domain.scheduled_order import Late, PlanKind
from servicehost.domain.task_work import TaskWork
from servicehost.operations.choose_revisions import PushOrder
from servicehost.operations.schedule_push import ScheduleDraft
from servicehost.web.call import MAX_NUMBER
from servicehost.web.group_orders import Named, SelectionOrder
from servicehost.web.orders import Limit, Line, Number, ServiceCode
from servicehost.web.preset_orders import Life, PlaceholderValues, TimeOut
from servicehost.web.schedule_orders import ScheduleForm

__all__ = [
    "SCHEDULED_RULES",
    "PresetRun",
    "PushScheduleOrder",
    "RetimeOrder",
    "ScheduleEndOrder",
    "SchedulesQuery",
    "TaskScheduleOrder",
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


class PresetRun(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A preset command, filled with these values."""

    preset: Number
    values: PlaceholderValues = {}


class TaskScheduleOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A task for later, on all who are meant by `adapters` when its time has come: each time looked up anew.

    What is done is either `work` or a preset, filled now: changing the preset later changes no schedule. Each time
    makes a batch called `name`, else as the preset or the kind of the work. `late` is as for a push.
    """

    adapters: SelectionOrder
    when: ScheduleForm
    work: TaskWork | UnsetType = UNSET
    preset: PresetRun | UnsetType = UNSET
    name: Named | UnsetType = UNSET
    late: Late = Late.RUN
    reason: Line = ""
    life_s: Life | UnsetType = UNSET
    """How long each task waits for its turn, or for an absent adapter; up to 31 days."""
    time_out_s: TimeOut | UnsetType = UNSET
    """How long a unit may take."""


class RetimeOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Other times for an order that waits."""

    when: ScheduleForm
    reason: Line = ""


class ScheduleEndOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why it is taken back."""

    reason: Line = ""


class SchedulesQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which part of the list, whether only pushes or tasks, and whether only what waits."""

    kind: PlanKind | UnsetType = UNSET
    waiting: bool = False
    after: Annotated[int, Meta(ge=0, le=MAX_NUMBER)] = 0
    limit: Limit = 100


SCHEDULED_RULES: Final[dict[str, dict[str, Any]]] = {
    "TaskScheduleOrder": {"oneOf": [{"required": ["work"]}, {"required": ["preset"]}]}
}
"""What a struct cannot say of itself, by its name, for the OpenAPI document."""
