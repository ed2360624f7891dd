"""Whole management contracts, out of a host and into one."""

from typing import Final

from msgspec import UNSET

from servicehost.domain.errors import Conflict
from servicehost.domain.people import Right
from servicehost.operations.export_tenant import ExportOrder
from servicehost.operations.importing import ImportOrder
from servicehost.web.call import Call, Reply
from servicehost.web.route import Route
from servicehost.web.tenant_answers import ContractImport
from servicehost.web.tenant_orders import MAX_IMPORT_BYTES, ExportBody, ImportContractQuery

__all__ = ["ROUTES"]

_ZIP: Final = "application/zip"
_BYTES: Final = "application/octet-stream"


async def _export(call: Call) -> Reply:
    body, code = call.body(ExportBody), call.text("management_code")
    order = ExportOrder(management_code=code, to_key=None if body.to_key is UNSET else body.to_key, reason=body.reason)
    export = await call.door.catalogue.configs.tenants.export_tenant(call.actor, order)
    name = f"{code}.zip" if export.recipient is None else f"{code}.zip.sealed"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Reply(parts=export.parts, media_type=_BYTES, headers=headers)


async def _import(call: Call) -> Reply:
    query = call.query(ImportContractQuery)
    pairs = [pair.partition(":") for pair in query.map.split(",") if pair]
    mapping = {code: here for code, _, here in pairs}
    if len(mapping) != len(pairs):
        raise Conflict("mapping_malformed", "An adapter is named twice in the mapping")
    order = ImportOrder(
        management_code=call.text("management_code"),
        archive=call.raw,
        mapping=mapping,
        apply=query.apply,
        reason=query.reason,
    )
    return Reply(value=ContractImport.of(await call.door.catalogue.configs.tenants.import_tenant(call.actor, order)))


ROUTES: Final = (
    Route(
        method="POST",
        path="/api/v1/contracts/{management_code}/export",
        handler=_export,
        name="exportContract",
        summary="The whole contract as a ZIP of JSON, streamed: sealed to a key, or without its secrets",
        tag="contracts",
        body=ExportBody,
        media_type=_BYTES,
        problems=("contract_not_found", "bad_recipient_key", "consent_needed"),
    ),
    Route(
        method="POST",
        path="/api/v1/contracts/{management_code}/import",
        handler=_import,
        name="importContract",
        summary="Take the export of a contract into this one: without `apply` it only says what would be done",
        tag="contracts",
        right=Right.REGISTER,
        query=ImportContractQuery,
        raw=_ZIP,
        max_body_bytes=MAX_IMPORT_BYTES,
        answer=ContractImport,
        problems=(
            "contract_not_found",
            "contract_ended",
            "mapping_malformed",
            "import_busy",
            "archive_sealed",
            "archive_damaged",
            "archive_not_ours",
            "archive_newer",
            "archive_without_secrets",
            "archive_entry_unknown",
            "archive_too_large",
        ),
    ),
)
