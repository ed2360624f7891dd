"""Bodies and queries of requests about tasks."""

from typing import Annotated, Any, Final

import msgspec
from msgspec import UNSET, Meta, UnsetType

from servicehost.domain.task import TaskState
from servicehost.domain.task_work import TaskKind, TaskWork
from servicehost.web.call import MAX_NUMBER
from servicehost.web.group_orders import Named, SelectionOrder
from servicehost.web.orders import Limit, Line, Number, ServiceCode

__all__ = ["TASK_RULES", "TaskBatchesQuery", "TaskBody", "TasksQuery"]


class TaskBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One task for each adapter. Each adapter runs its tasks in the order in which they were ordered.

    Either `service_codes`, of which one that is no adapter is refused by itself, or `adapters`, who are looked up now
    and refused as a whole. Several adapters make a batch, called `name`, else as the kind of the work.
    """

    service_codes: (
        Annotated[list[ServiceCode], Meta(min_length=1, max_length=10_000, extra_json_schema={"uniqueItems": True})]
        | UnsetType
    ) = UNSET
    adapters: SelectionOrder | UnsetType = UNSET
    work: TaskWork
    name: Named | UnsetType = UNSET
    reason: Line = ""
    life_s: Annotated[int, Meta(ge=60, le=2_678_400)] | UnsetType = UNSET
    """How long it waits for its turn, or for an absent adapter; up to 31 days."""
    time_out_s: Annotated[int, Meta(ge=1, le=86_400)] | UnsetType = UNSET
    """How long the unit may take."""


class TasksQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Tasks of one adapter or all, in one state or all, of one kind or all."""

    service_code: ServiceCode | UnsetType = UNSET
    state: TaskState | UnsetType = UNSET
    kind: TaskKind | UnsetType = UNSET
    batch: Number | UnsetType = UNSET
    after: Annotated[int, Meta(ge=0, le=MAX_NUMBER, description="`next` of the answer before")] = 0
    newest_first: bool = False
    limit: Limit = 100


class TaskBatchesQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of the batches in the order of their numbers."""

    after: Annotated[int, Meta(ge=0, le=MAX_NUMBER, description="`next` of the answer before")] = 0
    newest_first: bool = False
    limit: Limit = 100


TASK_RULES: Final[dict[str, dict[str, Any]]] = {
    "TaskBody": {"oneOf": [{"required": ["service_codes"]}, {"required": ["adapters"]}]}
}
"""What a struct cannot say of itself, by its name, for the OpenAPI document."""
