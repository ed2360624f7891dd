"""The modules of an adapter's config: their bodies up and down, and blanks for those that have none."""

from typing import Final

from msgspec import UNSET

from servicehost.domain.errors import NotFound
from servicehost.domain.module import MAX_MODULE_BYTES
from servicehost.domain.people import Right
from servicehost.operations.revising import ModuleDraft
from servicehost.web.api.configs import expected_revision
from servicehost.web.call import Call, Reply
from servicehost.web.module_answers import BlanksAnswer, ModuleSet, SavedModule
from servicehost.web.module_orders import BlanksOrder, ModuleQuery
from servicehost.web.route import Route

__all__ = ["ROUTES"]

_BINARY: Final = "application/octet-stream"
MASKED_HEADER: Final = "Masked-Values"
"""How many secret values of a text are not shown to the caller; left out: none."""


async def _modules(call: Call) -> Reply:
    service_code, reads = call.text("service_code"), call.door.reads
    view = await reads.adapter(call.scope, service_code)
    if view is None:
        raise NotFound("adapter_not_found", f"There is no adapter {service_code}")
    number = view.working_revision
    saved = [] if number is None else await reads.revision_set(call.scope, service_code, number)
    states = () if view.unit is None else view.unit.modules
    return Reply(value=ModuleSet.of(service_code, saved, states), etag=str(number or 0))


async def _save(call: Call) -> Reply:
    query = call.query(ModuleQuery)
    draft = ModuleDraft(
        module=call.number("module"),
        raw=call.raw,
        kind=query.kind,
        name=None if query.name is UNSET else query.name,
        version=None if query.version is UNSET else query.version,
    )
    save = call.door.catalogue.configs.save_module
    saved = await save(call.actor, call.text("service_code"), draft, query.reason, expected_revision(call))
    return Reply(value=SavedModule.of(saved), etag=str(saved.revision))


async def _body(call: Call) -> Reply:
    service_code, number, module = call.text("service_code"), call.number("revision"), call.number("module")
    found = await call.door.reads.revision_set(call.scope, service_code, number)
    one = next((row for row in found if row.module == module), None)
    if one is None:
        raise NotFound("no_such_module", f"Revision {number} of {service_code} holds no module {module}")
    body = await call.door.reads.module_body(call.scope, one.management_code, one.digest)
    shown = await call.door.catalogue.configs.showing.raw(call.actor, service_code, one.kind, body or b"")
    headers = {MASKED_HEADER: str(shown.values)} if shown.values else {}
    return Reply(raw=shown.body, media_type=_BINARY, etag=one.digest, headers=headers)


async def _blanks(call: Call) -> Reply:
    service_code, order = call.text("service_code"), call.body(BlanksOrder)
    save = call.door.catalogue.configs.save_blanks
    modules = await save(call.actor, service_code, order.reason, expected_revision(call))
    return Reply(value=BlanksAnswer(service_code=service_code, modules=modules))


ROUTES: Final = (
    Route(
        method="GET",
        path="/api/v1/adapters/{service_code}/config/modules",
        handler=_modules,
        name="listModules",
        summary="Every module of the working config, and those that the unit has and nobody saved",
        tag="configs",
        answer=ModuleSet,
        problems=("bad_service_code", "adapter_not_found"),
        etag=True,
    ),
    Route(
        method="PUT",
        path="/api/v1/adapters/{service_code}/config/modules/{module}",
        handler=_save,
        name="saveModule",
        summary="Save one module, text or binary, of at most 16 MiB: a new revision of the whole config",
        tag="configs",
        right=Right.EDIT_CONFIG,
        query=ModuleQuery,
        raw=_BINARY,
        max_body_bytes=MAX_MODULE_BYTES,
        answer=SavedModule,
        problems=(
            "bad_service_code",
            "adapter_not_found",
            "config_empty",
            "config_too_large",
            "module_too_large",
            "module_not_utf8",
            "masked_value",
            "main_module_empty",
            "too_many_modules",
        ),
        if_match=True,
        etag=True,
    ),
    Route(
        method="GET",
        path="/api/v1/adapters/{service_code}/config/revisions/{revision}/modules/{module}",
        handler=_body,
        name="readModule",
        summary="The bytes of one module; `Masked-Values` counts what is not shown of a text, binary may be withheld",
        tag="configs",
        media_type=_BINARY,
        problems=("bad_service_code", "no_such_module", "module_withheld"),
        etag=True,
    ),
    Route(
        method="POST",
        path="/api/v1/adapters/{service_code}/config/blanks",
        handler=_blanks,
        name="saveBlanks",
        summary="Save blank to every module that the unit has and that never had a config",
        tag="configs",
        right=Right.EDIT_CONFIG,
        body=BlanksOrder,
        answer=BlanksAnswer,
        problems=("bad_service_code", "adapter_not_found", "modules_unknown", "main_module_empty", "too_many_modules"),
        if_match=True,
    ),
)
