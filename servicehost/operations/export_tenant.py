"""Somebody who may read exports a whole management contract, without truncation and without holding it in memory."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Final

import msgspec

from servicehost.domain.audit import Action
from servicehost.domain.errors import NotFound
from servicehost.domain.event import EventClass, Severity
from servicehost.domain.masking import Masker
from servicehost.domain.people import Actor, Right, demand
from servicehost.operations.contract_entries import ContractEntries
from servicehost.operations.deed import deed, recorded
from servicehost.operations.grounds import grounds
from servicehost.ports.clock import Clock
from servicehost.ports.envelope import StreamSealer
from servicehost.ports.reads import Reads
from servicehost.ports.store import Store

__all__ = ["PART_BYTES", "ExportOrder", "TenantExport", "export_tenant"]

PART_BYTES: Final = 262_144
"""No part of an export is larger."""
_MOST_ADAPTERS: Final = 1_000_000


class ExportOrder(msgspec.Struct, frozen=True, kw_only=True):
    """`to_key`: a public key in PEM; with it the export is whole, and sealed to it. Without: readable by everybody, and
    secrets are left out."""

    management_code: str
    to_key: str | None = None
    reason: str = ""


class TenantExport(msgspec.Struct, frozen=True, kw_only=True):
    """An export, made while its parts are taken. `recipient`: SHA-256 of the key it is sealed to, hex."""

    management_code: str
    recipient: str | None
    parts: AsyncIterator[bytes]


async def export_tenant(
    actor: Actor,
    order: ExportOrder,
    *,
    store: Store,
    clock: Clock,
    reads: Reads,
    masker: Masker,
    seal: Callable[[str], StreamSealer],
) -> TenantExport:
    """Snapshots first, then adapter by adapter: each as it stands when it is read, so that whatever a snapshot names is
    there. What fails while the parts are taken leaves the archive without its end, and so no archive.

    To a key only by whoever may see the secrets of all its adapters, by their right or under a consent. Raises
    Forbidden `no_right` or `consent_needed`; NotFound `contract_not_found`; Conflict `bad_recipient_key`.
    """
    demand(actor, Right.READ)
    code = order.management_code
    view = await reads.contract(actor.scope, code)
    if view is None:
        raise NotFound("contract_not_found", f"There is no management contract {code}")
    sealer = None if order.to_key is None else seal(order.to_key)
    async with store.transaction(actor.scope) as tx:
        now = clock.wall()
        if sealer is not None:
            adapters = await tx.adapters(await tx.codes_of_contract(code, _MOST_ADAPTERS))
            actor = next(iter((await grounds(tx, actor, [Right.SEE_SECRETS], adapters, now)).values()), actor)
            if not adapters:
                demand(actor, Right.SEE_SECRETS)
        recipient = None if sealer is None else sealer.recipient
        event = deed(
            actor,
            now,
            "tenant_exported",
            class_=EventClass.OPERATION,
            severity=Severity.NOTICE,
            management_code=code,
            note=order.reason,
            recipient=recipient,
        )
        await tx.add_events([event])
        entry = recorded(
            actor,
            now,
            Action.EXPORT_TENANT,
            code,
            management_code=code,
            after={"recipient": recipient, "secrets": "clear" if sealer else "left_out"},
            note=order.reason,
        )
        await tx.append_audit([entry])
    archive = ContractEntries(reads, view, None if sealer is not None else masker)
    parts = _parts(archive.entries(actor, now), sealer)
    return TenantExport(management_code=code, recipient=recipient, parts=parts)


async def _parts(entries: AsyncIterator[bytes], sealer: StreamSealer | None) -> AsyncIterator[bytes]:
    """Cut to size, and sealed if they are to be."""
    if sealer is not None:
        yield sealer.begin()
    async for ready in entries:
        for at in range(0, len(ready), PART_BYTES):
            part = ready[at : at + PART_BYTES]
            sealed = part if sealer is None else await asyncio.to_thread(sealer.add, part)
            if sealed:
                yield sealed
    if sealer is not None:
        yield sealer.end()
