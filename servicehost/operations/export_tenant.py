"""Somebody who may read exports a whole management contract, without truncation and without holding it in memory."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any, Final

import msgspec

from servicehost.domain.audit import Action
from servicehost.domain.contract import Scope
from servicehost.domain.errors import NotFound
from servicehost.domain.event import EventClass, Severity
from servicehost.domain.masking import Masker
from servicehost.domain.module import BINARY
from servicehost.domain.people import Actor, Person, Right, demand
from servicehost.domain.snapshot import Snapshot
from servicehost.domain.tenant_archive import (
    FORMAT,
    MANIFEST,
    SCHEMA,
    AdapterEntry,
    Manifest,
    PersonEntry,
    RevisionRow,
    RevisionsEntry,
    SnapshotEntry,
    body_name,
)
from servicehost.operations.archiving import ArchiveWriter
from servicehost.operations.deed import deed, recorded
from servicehost.operations.grounds import grounds
from servicehost.ports.clock import Clock
from servicehost.ports.customers import ContractView
from servicehost.ports.envelope import StreamSealer
from servicehost.ports.reads import AdapterView, Reads
from servicehost.ports.store import Store

__all__ = ["PART_BYTES", "ExportOrder", "TenantExport", "export_tenant"]

PART_BYTES: Final = 262_144
"""No part of an export is larger."""
_AT_ONCE: Final = 100
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
    archive = _Archive(reads, view, None if sealer is not None else masker)
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


class _Archive:
    """One export under way. Of what it has written it keeps digests, 71 characters for each body."""

    def __init__(self, reads: Reads, view: ContractView, masker: Masker | None) -> None:
        self._reads, self._view, self._masker = reads, view, masker
        self._code = view.contract.management_code
        self._scope = Scope(management_code=self._code)
        self._writer = ArchiveWriter()
        self._written: set[str] = set()
        self._counts: dict[str, int] = {}
        self._masked = self._withheld = 0

    async def entries(self, actor: Actor, now: int) -> AsyncIterator[bytes]:
        """The bytes of the archive, file by file."""
        yield self._json("contract.json", self._view.contract)
        people = await self._reads.people_of(self._scope, self._code)
        yield self._json("people.json", self._counted("people", [_person(one) for one in people]))
        yield self._json("delegates.json", self._counted("delegates", await self._delegates()))
        yield self._json("groups.json", self._counted("groups", await self._groups()))
        yield self._json("queries.json", self._counted("queries", await self._queries()))
        async for ready in self._snapshots():
            yield ready
        async for ready in self._adapters():
            yield ready
        manifest = Manifest(
            format=FORMAT,
            schema=SCHEMA,
            management_code=self._code,
            exported_at=now,
            exported_by=actor.author,
            secrets="clear" if self._masker is None else "left_out",
            counts=self._counts,
            masked_bodies=self._masked,
            withheld_bodies=self._withheld,
            files=dict(self._writer.digests),
        )
        yield self._json(MANIFEST, manifest)
        yield self._writer.end()

    def _json(self, name: str, value: object) -> bytes:
        return self._writer.add_json(name, value)

    def _counted(self, kind: str, items: list[Any]) -> list[Any]:
        self._counts[kind] = self._counts.get(kind, 0) + len(items)
        return items

    async def _delegates(self) -> list[Any]:
        found: list[Any] = []
        while page := await self._reads.delegates(
            self._scope, self._code, after=found[-1].number if found else 0, limit=_AT_ONCE
        ):
            found += page
        return found

    async def _groups(self) -> list[Any]:
        found: list[Any] = []
        while page := await self._reads.groups(self._scope, after=found[-1].group if found else 0, limit=_AT_ONCE):
            found += [one.group for one in page]
        return found

    async def _queries(self) -> list[Any]:
        found: list[Any] = []
        while page := await self._reads.saved_queries(
            self._scope, after=found[-1].query if found else 0, limit=_AT_ONCE
        ):
            found += page
        return found

    async def _snapshots(self) -> AsyncIterator[bytes]:
        after = 0
        while page := await self._reads.snapshots(self._scope, after=after, limit=_AT_ONCE):
            for one in page:
                self._counted("snapshots", [one])
                yield self._json(f"snapshots/{self._counts['snapshots']:06d}.json", await self._snapshot(one))
            after = page[-1].number

    async def _snapshot(self, one: Snapshot) -> SnapshotEntry:
        members: list[Any] = []
        while page := await self._reads.members_now(
            self._scope, one.number, after=members[-1].service_code if members else "", limit=500
        ):
            members += [member.then for member in page]
        return SnapshotEntry(
            name=one.name, reason=one.reason, taken_by=one.taken_by, taken_at=one.taken_at, members=members
        )

    async def _adapters(self) -> AsyncIterator[bytes]:
        after = ""
        while page := await self._reads.adapters(self._scope, after=after, limit=_AT_ONCE):
            sorted_into = await self._reads.sorted_into(self._scope, [one.adapter.service_code for one in page])
            for view in page:
                code = view.adapter.service_code
                async for ready in self._adapter(view, sorted_into.get(code)):
                    yield ready
            after = page[-1].adapter.service_code

    async def _adapter(self, view: AdapterView, sorted_into: Any) -> AsyncIterator[bytes]:
        code, after, files = view.adapter.service_code, 0, 0
        revisions = 0
        while page := await self._reads.revision_history(self._scope, code, after=after, limit=_AT_ONCE):
            rows = [row for whole in page for row in whole]
            for row in rows:
                ready = await self._body(row.digest, row.kind)
                if ready:
                    yield ready
            files, revisions, after = files + 1, revisions + len(page), page[-1][0].revision
            entry = RevisionsEntry(rows=[RevisionRow.of(row) for row in rows])
            yield await asyncio.to_thread(self._json, f"adapters/{code}/revisions-{files:06d}.json", entry)
        self._counted("adapters", [view])
        self._counts["revisions"] = self._counts.get("revisions", 0) + revisions
        groups = [] if sorted_into is None else [name for _, name in sorted_into.groups]
        tags = [] if sorted_into is None else [tag.text for tag in sorted_into.tags]
        terms = AdapterEntry(adapter=view.adapter, revisions=revisions, groups=groups, tags=tags)
        yield self._json(f"adapters/{code}.json", terms)

    async def _body(self, digest: str, kind: str) -> bytes:
        """Each content once, however many revisions hold it."""
        if digest in self._written:
            return b""
        self._written.add(digest)
        raw = await self._reads.module_body(self._scope, self._code, digest) or b""
        if self._masker is None:
            return await asyncio.to_thread(self._add_body, body_name(digest, kind), raw)
        if kind == BINARY:
            self._withheld += 1
            return b""
        masked = await asyncio.to_thread(self._masker.masked, raw.decode())
        self._masked += masked.values > 0
        name = body_name(digest, kind, masked=masked.values > 0)
        return await asyncio.to_thread(self._add_body, name, masked.text.encode())

    def _add_body(self, name: str, raw: bytes) -> bytes:
        self._counts["bodies"] = self._counts.get("bodies", 0) + 1
        return self._writer.add(name, raw)


def _person(one: Person) -> PersonEntry:
    contact = msgspec.structs.asdict(one.contact)
    return PersonEntry(master_id=one.master_id, name=one.name, role="operation_manager", **contact)
