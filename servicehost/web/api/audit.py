"""The audit, as JSON lines."""

from typing import Final

import msgspec
from msgspec import UNSET

from servicehost.domain.audit import chain_of
from servicehost.web.audit_orders import AuditQuery
from servicehost.web.call import Call, Reply
from servicehost.web.route import Route

__all__ = ["ROUTES"]


async def _audit(call: Call) -> Reply:
    query = call.query(AuditQuery)
    chain = chain_of(call.actor.management_code) if query.chain is UNSET else query.chain
    lines = await call.door.reads.audit(call.scope, chain, after=query.after, limit=query.limit)
    raw = b"".join(msgspec.json.encode(line) + b"\n" for line in lines)
    return Reply(raw=raw, media_type="application/x-ndjson")


ROUTES: Final = (
    Route(
        method="GET",
        path="/api/v1/audit",
        handler=_audit,
        name="readAudit",
        summary="Records of one chain as JSON lines; without a chain, of the caller's contract, else of the system",
        tag="audit",
        query=AuditQuery,
        media_type="application/x-ndjson",
    ),
)
