"""Preset commands."""

from collections.abc import Mapping
from typing import Final

from servicehost.domain.errors import NotFound
from servicehost.domain.people import Right
from servicehost.domain.preset import Preset, filled
from servicehost.domain.preset_work import work_of
from servicehost.domain.task_work import TaskWork
from servicehost.operations.selecting import selected_by
from servicehost.web.api.configs import expected_revision
from servicehost.web.api.groups import SELECTION_PROBLEMS
from servicehost.web.call import Call, Reply
from servicehost.web.orders import ByNumber
from servicehost.web.preset_answers import FilledPreset, PresetAnswer, Presets
from servicehost.web.preset_orders import FillOrder, PresetChange, PresetOrder, RunOrder
from servicehost.web.route import Route
from servicehost.web.task_answers import TasksOrdered
from servicehost.web.task_orders import task_order

__all__ = ["FILL_PROBLEMS", "ROUTES", "filled_preset"]

FILL_PROBLEMS: Final = ("preset_not_found", "placeholder_missing", "placeholder_unknown", "placeholder_wrong")
"""What a route that fills a preset may answer with."""


async def _presets(call: Call) -> Reply:
    query = call.query(ByNumber)
    found = await call.door.reads.presets(call.scope, after=query.after, limit=query.limit + 1)
    return Reply(value=Presets.of(found, query.limit))


async def filled_preset(call: Call, number: int, values: Mapping[str, str]) -> tuple[TaskWork, str]:
    """What a preset comes to, and its name. Raises NotFound `preset_not_found`; Conflict as `filled` does."""
    preset = await _numbered(call, number)
    return work_of(preset, values), preset.name


async def _found(call: Call) -> Preset:
    return await _numbered(call, call.number("preset"))


async def _numbered(call: Call, number: int) -> Preset:
    found = await call.door.reads.preset(call.scope, number)
    if found is None:
        raise NotFound("preset_not_found", f"There is no preset {number}")
    return found


async def _preset(call: Call) -> Reply:
    found = await _found(call)
    return Reply(value=PresetAnswer.of(found), etag=str(found.version))


async def _save(call: Call) -> Reply:
    order = call.body(PresetOrder)
    saved = await call.door.catalogue.groups.save_preset(call.actor, order.management_code, order.draft)
    location = f"/api/v1/presets/{saved.preset}"
    return Reply(value=PresetAnswer.of(saved), etag=str(saved.version), location=location)


async def _change(call: Call) -> Reply:
    order, seen = call.body(PresetChange), expected_revision(call)
    changed = await call.door.catalogue.groups.change_preset(call.actor, call.number("preset"), order.draft, seen)
    return Reply(value=PresetAnswer.of(changed), etag=str(changed.version))


async def _drop(call: Call) -> Reply:
    await call.door.catalogue.groups.drop_preset(call.actor, call.number("preset"))
    return Reply()


async def _fill(call: Call) -> Reply:
    preset = await _found(call)
    return Reply(value=FilledPreset(lines=list(filled(preset, call.body(FillOrder).values))))


async def _run(call: Call) -> Reply:
    order = call.body(RunOrder)
    work, named = await filled_preset(call, call.number("preset"), order.values)
    codes = await selected_by(call.door.reads, call.scope, order.adapters.selection, call.door.clock.wall())
    task = task_order(order, codes, work, named=named if len(codes) > 1 else "")
    return Reply(value=TasksOrdered.of(await call.door.catalogue.tasks.order_task(call.actor, task)))


_NAMES: Final = ("preset_malformed", "name_empty", "name_too_long", "preset_exists")
_SHOW: Final = {
    "name": "ポートの状態",
    "text": "show status {port}",
    "kind": "command",
    "placeholders": [{"name": "port", "pattern": "ge#*", "says": "ge0 など"}],
}
ROUTES: Final = (
    Route(
        method="GET",
        path="/api/v1/presets",
        handler=_presets,
        name="listPresets",
        summary="Preset commands",
        tag="tasks",
        query=ByNumber,
        answer=Presets,
    ),
    Route(
        method="POST",
        path="/api/v1/presets",
        handler=_save,
        name="savePreset",
        summary="Keep a preset command, with placeholders for what differs from time to time; nothing is run",
        tag="tasks",
        right=Right.LOOK_AFTER_SITES,
        body=PresetOrder,
        example={"management_code": "nxm000000001", **_SHOW},
        answer=PresetAnswer,
        status=201,
        etag=True,
        problems=("contract_not_found", "contract_ended", "too_many_presets", *_NAMES),
    ),
    Route(
        method="GET",
        path="/api/v1/presets/{preset}",
        handler=_preset,
        name="readPreset",
        summary="One preset command",
        tag="tasks",
        answer=PresetAnswer,
        etag=True,
        problems=("preset_not_found",),
    ),
    Route(
        method="PUT",
        path="/api/v1/presets/{preset}",
        handler=_change,
        name="changePreset",
        summary="Change a preset command",
        tag="tasks",
        right=Right.LOOK_AFTER_SITES,
        body=PresetChange,
        example=_SHOW,
        answer=PresetAnswer,
        etag=True,
        if_match=True,
        problems=("preset_not_found", *_NAMES),
    ),
    Route(
        method="DELETE",
        path="/api/v1/presets/{preset}",
        handler=_drop,
        name="dropPreset",
        summary="Drop a preset command",
        tag="tasks",
        right=Right.LOOK_AFTER_SITES,
        status=204,
        problems=("preset_not_found",),
    ),
    Route(
        method="POST",
        path="/api/v1/presets/{preset}/preview",
        handler=_fill,
        name="fillPreset",
        summary="Show the lines that a preset comes to with these values; nothing is run",
        tag="tasks",
        body=FillOrder,
        example={"values": {"port": "ge0"}},
        answer=FilledPreset,
        problems=FILL_PROBLEMS,
    ),
    Route(
        method="POST",
        path="/api/v1/presets/{preset}/tasks",
        handler=_run,
        name="runPreset",
        summary="Order a preset, filled with these values, as a task on each of the adapters that are meant",
        tag="tasks",
        right=Right.LOOK_INTO_UNITS,
        body=RunOrder,
        example={"adapters": {"group": 3}, "values": {"port": "ge0"}, "reason": "回線の切り替え後の確認"},
        answer=TasksOrdered,
        status=202,
        problems=(
            *FILL_PROBLEMS,
            *SELECTION_PROBLEMS,
            "no_adapters",
            "too_many_adapters",
            "service_code_twice",
            "module_twice",
            "task_queue_full",
            "consent_needed",
        ),
    ),
)
