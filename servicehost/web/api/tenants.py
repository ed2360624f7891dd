"""Whole management contracts, out of a host and into one."""

from typing import Final

from msgspec import UNSET

from servicehost.operations.export_tenant import ExportOrder
from servicehost.web.call import Call, Reply
from servicehost.web.route import Route
from servicehost.web.tenant_orders import ExportBody

__all__ = ["ROUTES"]

_BYTES: Final = "application/octet-stream"


async def _export(call: Call) -> Reply:
    body, code = call.body(ExportBody), call.text("management_code")
    order = ExportOrder(management_code=code, to_key=None if body.to_key is UNSET else body.to_key, reason=body.reason)
    export = await call.door.catalogue.configs.tenants.export_tenant(call.actor, order)
    name = f"{code}.zip" if export.recipient is None else f"{code}.zip.sealed"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Reply(parts=export.parts, media_type=_BYTES, headers=headers)


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
)
