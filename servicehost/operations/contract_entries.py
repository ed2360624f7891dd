"""The files of an export, made one after the other while they are read."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any, Final

import msgspec

from servicehost.domain.contract import Scope
from servicehost.domain.masking import Masker
from servicehost.domain.module import BINARY
from servicehost.domain.people import Actor, Person
from servicehost.domain.snapshot import Snapshot
from servicehost.domain.tenant_archive import (
    FORMAT,
    LEFT_OUT,
    MANIFEST,
    SCHEMA,
    AdapterEntry,
    Manifest,
    PersonEntry,
    PlacesEntry,
    RevisionRow,
    RevisionsEntry,
    SnapshotEntry,
    body_name,
)
from servicehost.operations.archiving import ArchiveWriter
from servicehost.operations.contract_history import by_name, contents_of, history_of, masked_texts
from servicehost.ports.customers import ContractView
from servicehost.ports.reads import AdapterView, Reads

__all__ = ["ContractEntries"]

_AT_ONCE: Final = 100


class ContractEntries:
    """One export under way: everything of a contract in the order of the archive, read a page at a time. Of what it has
    written it keeps digests, 71 characters for each body.

    With a `masker` secrets are left out: of bodies, and of what is written beside them.
    """

    def __init__(self, reads: Reads, view: ContractView, masker: Masker | None) -> None:
        self._reads, self._view, self._masker = reads, view, masker
        self._code = view.contract.management_code
        self._scope = Scope(management_code=self._code)
        self._writer = ArchiveWriter()
        self._written: set[str] = set()
        self._counts: dict[str, int] = {}
        self._masked = self._withheld = self._masked_texts = 0

    async def entries(self, actor: Actor, now: int) -> AsyncIterator[bytes]:
        """The bytes of the archive, file by file."""
        yield self._json("contract.json", self._view.contract)
        people = await self._reads.people_of(self._scope, self._code)
        yield self._json("people.json", self._counted("people", [_person(one) for one in people]))
        yield self._json("delegates.json", self._counted("delegates", await self._delegates()))
        yield self._json("groups.json", self._counted("groups", await self._groups()))
        yield self._json("queries.json", self._counted("queries", await self._queries()))
        yield self._json("presets.json", self._counted("presets", await self._presets()))
        async for ready in self._snapshots():
            yield ready
        async for ready in self._adapters():
            yield ready
        async for ready in self._history():
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
            masked_texts=self._masked_texts,
            left_out=LEFT_OUT,
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

    async def _presets(self) -> list[Any]:
        """Their texts may hold secrets: without a key each is masked, and counted where it was."""
        found: list[Any] = []
        while page := await self._reads.presets(self._scope, after=found[-1].preset if found else 0, limit=_AT_ONCE):
            found += page
        if self._masker is None:
            return found
        masked = [self._without_secrets(one) for one in found]
        self._masked_texts += sum(one != msgspec.to_builtins(was) for one, was in zip(masked, found, strict=True))
        return masked

    async def _history(self) -> AsyncIterator[bytes]:
        """What was done, and the contents that only it speaks of."""
        files: Counter[str] = Counter()
        async for kind, rows in history_of(self._reads, self._scope):
            for digest, form in contents_of(rows):
                ready = await self._body(digest, form)
                if ready:
                    yield ready
            files[kind] += 1
            told = self._counted(kind, [by_name(row) for row in rows])
            yield await asyncio.to_thread(self._json_page, f"history/{kind}-{files[kind]:06d}.json", told)

    def _json_page(self, name: str, rows: list[Any]) -> bytes:
        return self._json(name, rows if self._masker is None else [self._without_secrets(row) for row in rows])

    def _without_secrets(self, value: Any) -> Any:
        """The same with every text of it masked."""
        return masked_texts(msgspec.to_builtins(value), self._masker) if self._masker is not None else value

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
        places = await self._places(code)
        if places.declared or places.addresses:
            self._counted("declared_locations", list(places.declared))
            self._counted("shipping_addresses", list(places.addresses))
            yield self._json(f"adapters/{code}/places.json", places)
        groups = [] if sorted_into is None else [name for _, name in sorted_into.groups]
        tags = [] if sorted_into is None else [tag.text for tag in sorted_into.tags]
        terms = AdapterEntry(adapter=view.adapter, revisions=revisions, groups=groups, tags=tags)
        yield self._json(f"adapters/{code}.json", terms)

    async def _places(self, code: str) -> PlacesEntry:
        declared: list[Any] = []
        while page := await self._reads.declared_locations(
            self._scope, code, after=declared[-1].number if declared else 0, limit=_AT_ONCE
        ):
            declared += page
        sent: list[Any] = []
        while told := await self._reads.shipping_addresses(
            self._scope, code, after=sent[-1].number if sent else 0, limit=_AT_ONCE
        ):
            sent += told
        return PlacesEntry(declared=declared, addresses=[one for one in sent if one.address is not None])

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
