"""Bodies and queries of requests about tasks."""

from collections.abc import Sequence
from typing import Annotated, Any, Final

import msgspec
from msgspec import UNSET, Meta, UnsetType

from servicehost.domain.task import TaskState
from servicehost.domain.task_work import TaskKind, TaskWork
from servicehost.operations.order_task import TaskOrder
from servicehost.web.call import MAX_NUMBER
from servicehost.web.group_orders import Named, SelectionOrder
from servicehost.web.orders import Limit, Line, Number, ServiceCode
from servicehost.web.preset_orders import Life, RunOrder, TimeOut

__all__ = ["TASK_RULES", "TaskBatchesQuery", "TaskBody", "TasksQuery", "task_order"]


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
    life_s: Life | UnsetType = UNSET
    """How long it waits for its turn, or for an absent adapter; up to 31 days."""
    time_out_s: TimeOut | UnsetType = UNSET
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


def task_order(
    body: TaskBody | RunOrder, service_codes: Sequence[str], work: TaskWork, *, named: str = ""
) -> TaskOrder:
    """The order that a body comes to, whose batch is called `named` unless the body says."""
    return TaskOrder(
        service_codes=service_codes,
        work=work,
        life_s=None if isinstance(body.life_s, UnsetType) else body.life_s,
        time_out_s=None if isinstance(body.time_out_s, UnsetType) else body.time_out_s,
        note=body.reason,
        name=named if isinstance(body.name, UnsetType) else body.name,
    )


TASK_RULES: Final[dict[str, dict[str, Any]]] = {
    "TaskBody": {"oneOf": [{"required": ["service_codes"]}, {"required": ["adapters"]}]}
}
"""What a struct cannot say of itself, by its name, for the OpenAPI document."""
