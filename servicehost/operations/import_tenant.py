"""A dispatcher takes the export of a contract into a contract of this host: adapters with their whole history, people,
groups and snapshots. What is here already stays as it is."""

import asyncio
import enum
import secrets
from collections.abc import Collection, Mapping, Sequence
from typing import Final, NamedTuple

import msgspec

from servicehost.domain.audit import Action
from servicehost.domain.config import Revision
from servicehost.domain.contract import check_not_ended, check_service_code
from servicehost.domain.errors import Busy, Conflict, NotFound, Refused
from servicehost.domain.event import EventClass, Severity
from servicehost.domain.group import MAX_NAME, Group, GroupPolicy, SavedQuery, Tag, parse_tag
from servicehost.domain.module import MAIN, check_module, manifest_of
from servicehost.domain.people import Actor, Contact, Person, Right, Role, demand
from servicehost.domain.snapshot import Member, Snapshot
from servicehost.domain.tenant_archive import AdapterEntry, PersonEntry, SnapshotEntry
from servicehost.domain.unit import Adapter
from servicehost.operations.archive_reading import ArchiveReader
from servicehost.operations.deed import deed, recorded
from servicehost.operations.grounds import grounds
from servicehost.operations.revising import ModuleDraft, kept
from servicehost.ports.clock import Clock
from servicehost.ports.hasher import Hasher
from servicehost.ports.store import Batch, Store, Transaction

__all__ = ["Fate", "ImportLine", "ImportOrder", "Imported", "import_tenant"]

_RETRY_S: Final = 30
_ANY_NAME: Final = GroupPolicy(longest_name=MAX_NAME)
"""Names that were allowed where they come from are taken as they are, as long as the tables have room for them."""


class Fate(enum.StrEnum):
    """What an import does with one thing."""

    ADD = "add"
    APPEND = "append"
    """Revisions are added to an adapter that is here."""
    UNCHANGED = "unchanged"
    REFUSE = "refuse"


class ImportOrder(msgspec.Struct, frozen=True, kw_only=True):
    """`mapping`: service codes of the export, and what they are to be called here; the others keep theirs. Without
    `apply` nothing is written."""

    management_code: str
    archive: bytes
    mapping: Mapping[str, str] = {}
    apply: bool = False
    reason: str = ""


class ImportLine(msgspec.Struct, frozen=True, kw_only=True):
    """One adapter, person, group, query or snapshot, as it is called here. `code` and `text` say why it is refused."""

    kind: str
    key: str
    fate: Fate
    revisions: int = 0
    code: str | None = None
    text: str = ""


class Imported(msgspec.Struct, frozen=True, kw_only=True):
    """What was done, or would be: in the order people, adapters, groups, queries, snapshots."""

    applied: bool
    from_contract: str
    exported_at: int
    lines: Sequence[ImportLine]


class _Import(NamedTuple):
    actor: Actor
    order: ImportOrder
    reader: ArchiveReader
    store: Store
    now: int

    @property
    def tenant(self) -> str:
        return self.order.management_code

    def here(self, code: str) -> str:
        return self.order.mapping.get(code, code)


async def import_tenant(
    actor: Actor, order: ImportOrder, *, store: Store, clock: Clock, hasher: Hasher, turn: asyncio.Lock
) -> Imported:
    """All or nothing for each adapter, person, group and snapshot; the same archive again changes nothing.

    An adapter that is not here is taken up as it was; one that is here gets the revisions that it lacks, which needs
    the customer's consent (`edit_config`), and is refused when its own history is another one. Nobody's terms, memo or
    startup config are changed, no unit is bound and nothing is pushed. People come without a password: make them a
    notice.

    Raises Forbidden `no_right`; NotFound `contract_not_found`; Busy `import_busy`; Conflict `contract_ended`,
    `mapping_malformed`, and what is wrong with the archive: `archive_sealed`, `archive_damaged`, `archive_not_ours`,
    `archive_newer`, `archive_without_secrets`, `archive_entry_unknown`, `archive_too_large`.
    """
    demand(actor, Right.REGISTER)
    demand(actor, Right.MANAGE_PEOPLE)
    if turn.locked():
        raise Busy("import_busy", "Another import is under way; come back when it is done", _RETRY_S)
    async with turn:
        async with store.transaction(actor.scope) as tx:
            contract = await tx.contract(order.management_code)
            if contract is None:
                text = f"There is no management contract {order.management_code}: add it first"
                raise NotFound("contract_not_found", text)
            check_not_ended(contract, clock.wall())
        reader = await asyncio.to_thread(ArchiveReader, order.archive)
        _check_mapping(order.mapping, reader.codes)
        this = _Import(actor, order, reader, store, clock.wall())
        people = [await _person(this, one, hasher) for one in reader.people]
        adapters = [await _adapter(this, code) for code in reader.codes]
        lines = [
            *people,
            *adapters,
            *await _groups(this, {one.key for one in adapters if one.fate is Fate.ADD}),
            *[await _snapshot(this, name) for name in reader.snapshots],
        ]
        if order.apply:
            await _tell(this, lines)
    return Imported(
        applied=order.apply,
        from_contract=reader.manifest.management_code,
        exported_at=reader.manifest.exported_at,
        lines=lines,
    )


def _check_mapping(mapping: Mapping[str, str], codes: Collection[str]) -> None:
    unknown = sorted(set(mapping) - set(codes))
    if unknown:
        raise Conflict("mapping_malformed", f"The archive holds no adapter {unknown[0]}")
    here = [mapping.get(code, code) for code in codes]
    if len(set(here)) != len(here):
        raise Conflict("mapping_malformed", "Two adapters would have the same service code")
    for code in here:
        check_service_code(code)


# -- adapters


async def _adapter(this: _Import, code: str) -> ImportLine:
    here = this.here(code)
    try:
        entry = this.reader.adapter(code)
        rows = [
            msgspec.structs.replace(row, service_code=here, management_code=this.tenant)
            for row in this.reader.revisions(code, entry.revisions)
        ]
        async with this.store.transaction(this.actor.scope) as tx:
            return await _taken(tx, this, here, entry, rows)
    except Refused as refused:
        return ImportLine(kind="adapter", key=here, fate=Fate.REFUSE, code=refused.code, text=refused.text)


async def _taken(
    tx: Transaction, this: _Import, here: str, entry: AdapterEntry, rows: Sequence[Revision]
) -> ImportLine:
    standing = next(iter(await tx.adapters([here])), None)
    if standing is not None and standing.management_code != this.tenant:
        raise Conflict("adapter_exists", f"{here} belongs to another contract of this host: give it another code")
    missing = await _missing(tx, here, rows)
    numbers = {row.revision for row in missing}
    if standing is not None and not missing:
        return ImportLine(kind="adapter", key=here, fate=Fate.UNCHANGED)
    actor = this.actor
    if standing is not None:
        actor = (await grounds(tx, actor, [Right.EDIT_CONFIG], [standing], this.now))[here]
    bodies = await asyncio.to_thread(_bodies, this.reader, missing)
    if standing is None:
        await tx.add_adapter(_as_here(entry.adapter, here, this.tenant)) if this.order.apply else None
    if this.order.apply:
        for draft in bodies:
            await kept(tx, this.tenant, draft)
        await tx.add_revisions(missing)
        await _startup(tx, here, entry.adapter, rows) if standing is None else None
        await _record(tx, this, actor, here, {"added": standing is None, "revisions": len(numbers)})
    fate = Fate.ADD if standing is None else Fate.APPEND
    return ImportLine(kind="adapter", key=here, fate=fate, revisions=len(numbers))


async def _missing(tx: Transaction, here: str, rows: Sequence[Revision]) -> list[Revision]:
    """Raises Conflict `history_differs` unless one history is the beginning of the other."""
    there = await tx.revisions_at({(here, row.revision) for row in rows})
    newest = max((number for _, number in there), default=0)
    own: dict[int, set[tuple[int, str, str]]] = {}
    for row in rows:
        own.setdefault(row.revision, set()).add(_content(row))
    for (_, number), standing in there.items():
        if {_content(one) for one in standing} != own[number]:
            text = f"Revision {number} of {here} is not that of the archive: it was written here"
            raise Conflict("history_differs", text)
    return [row for row in rows if row.revision > newest]


def _content(one: Revision) -> tuple[int, str, str]:
    return one.module, one.digest, one.kind


def _bodies(reader: ArchiveReader, rows: Sequence[Revision]) -> list[ModuleDraft]:
    """Each content once for each way it is kept, checked as when it is saved. Raises Refused."""
    found: dict[tuple[str, str], ModuleDraft] = {}
    for row in rows:
        if (row.digest, row.kind) not in found:
            raw = reader.body(row)
            check_module(row.module, row.kind, raw)
            found[row.digest, row.kind] = ModuleDraft(module=row.module, raw=raw, kind=row.kind)
    return list(found.values())


def _as_here(adapter: Adapter, here: str, tenant: str) -> Adapter:
    return msgspec.structs.replace(
        adapter, service_code=here, management_code=tenant, startup_revision=None, startup_digest=None
    )


async def _startup(tx: Transaction, here: str, adapter: Adapter, rows: Sequence[Revision]) -> None:
    """What its units are to start with, if the archive has it."""
    whole = [row for row in rows if row.revision == adapter.startup_revision]
    main = next((row for row in whole if row.module == MAIN and row.digest == adapter.startup_digest), None)
    if main is not None:
        others = [row for row in whole if row.module != MAIN]
        await tx.set_first_startup(here, main.revision, main.digest, manifest_of(main, others))


async def _record(tx: Transaction, this: _Import, actor: Actor, subject: str, after: Mapping[str, object]) -> None:
    origin = {"from": this.reader.manifest.management_code}
    entry = recorded(
        actor,
        this.now,
        Action.IMPORT_TENANT,
        subject,
        management_code=this.tenant,
        after={**after, **origin},
        note=this.order.reason,
    )
    await tx.append_audit([entry])


# -- people


async def _person(this: _Import, entry: PersonEntry, hasher: Hasher) -> ImportLine:
    line = ImportLine(kind="person", key=entry.master_id, fate=Fate.ADD)
    nobodys = await hasher.hash(secrets.token_urlsafe(32)) if this.order.apply else ""
    async with this.store.transaction(this.actor.scope) as tx:
        standing = await tx.person_by_master_id(entry.master_id)
        if standing is not None and standing.management_code == this.tenant:
            return msgspec.structs.replace(line, fate=Fate.UNCHANGED)
        if standing is not None:
            text = "Somebody else on this host has this Master ID: register the person anew"
            return msgspec.structs.replace(line, fate=Fate.REFUSE, code="master_id_taken", text=text)
        if this.order.apply:
            await tx.add_person(_as_person(this, entry, nobodys))
            await _record(tx, this, this.actor, entry.master_id, {"role": entry.role})
    return line


def _as_person(this: _Import, entry: PersonEntry, password_hash: str) -> Person:
    return Person(
        person_id=0,
        master_id=entry.master_id,
        name=entry.name,
        role=Role.OPERATION_MANAGER,
        management_code=this.tenant,
        password_hash=password_hash,
        password_one_time=True,
        contact=Contact(organisation=entry.organisation, telephone=entry.telephone, mail=entry.mail),
    )


# -- groups and saved queries


async def _groups(this: _Import, added: Collection[str]) -> list[ImportLine]:
    """In one transaction: who is in a group is known once the adapters are there. Tags come with adapters that came."""
    members: dict[str, list[str]] = {}
    tags: dict[str, list[Tag]] = {}
    for code in this.reader.codes:
        entry = this.reader.adapter(code)
        tags[this.here(code)] = [parse_tag(text, _ANY_NAME) for text in entry.tags]
        for name in entry.groups:
            members.setdefault(name, []).append(this.here(code))

    def work(batch: Batch) -> list[ImportLine]:
        if this.order.apply:
            batch.set_tags({code: carried for code, carried in tags.items() if code in added})
        own = {one.name for one in batch.groups_of(this.tenant)}
        queries = {one.name for one in batch.saved_queries_of(this.tenant)}
        here = {one.service_code for one in batch.adapters([code for codes in members.values() for code in codes])}
        lines = [_group(batch, this, one, own, [m for m in members.get(one.name, ()) if m in here])
                 for one in this.reader.groups]  # fmt: skip
        return lines + [_query(batch, this, one, queries) for one in this.reader.queries]

    return await this.store.batch(this.actor.scope, work)


def _group(batch: Batch, this: _Import, group: Group, own: set[str], members: Sequence[str]) -> ImportLine:
    if group.name in own:
        return ImportLine(kind="group", key=group.name, fate=Fate.UNCHANGED)
    if this.order.apply:
        added = batch.add_group(msgspec.structs.replace(group, group=0, management_code=this.tenant))
        batch.add_members(added.group, members)
    return ImportLine(kind="group", key=group.name, fate=Fate.ADD)


def _query(batch: Batch, this: _Import, query: SavedQuery, own: set[str]) -> ImportLine:
    if query.name in own:
        return ImportLine(kind="query", key=query.name, fate=Fate.UNCHANGED)
    if this.order.apply:
        batch.add_saved_query(msgspec.structs.replace(query, query=0, management_code=this.tenant))
    return ImportLine(kind="query", key=query.name, fate=Fate.ADD)


# -- snapshots


async def _snapshot(this: _Import, name: str) -> ImportLine:
    entry = this.reader.snapshot(name)
    members = [msgspec.structs.replace(one, service_code=this.here(one.service_code)) for one in entry.members]
    line = ImportLine(kind="snapshot", key=entry.name, fate=Fate.ADD)
    async with this.store.transaction(this.actor.scope) as tx:
        standing = await tx.snapshot_named(this.tenant, entry.name)
        if standing is not None:
            same = await tx.snapshot_members(standing.number) == sorted(members, key=lambda one: one.service_code)
            if same:
                return msgspec.structs.replace(line, fate=Fate.UNCHANGED)
            text = "There is another snapshot of this name here: delete it, or do without this one"
            return msgspec.structs.replace(line, fate=Fate.REFUSE, code="snapshot_name_taken", text=text)
        if this.order.apply:
            missing = await _absent(tx, this.tenant, members)
            if missing:
                text = f"{missing} and the revisions it names are not here"
                return msgspec.structs.replace(line, fate=Fate.REFUSE, code="adapter_not_found", text=text)
            added = await tx.add_snapshot(_as_snapshot(this, entry, len(members)), members)
            await _record(tx, this, this.actor, f"snapshot {added.number}", {"adapters": len(members)})
    return line


async def _absent(tx: Transaction, tenant: str, members: Sequence[Member]) -> str | None:
    """The first member that is not in the contract, or lacks a revision that the snapshot names."""
    there = {one.service_code for one in await tx.adapters([one.service_code for one in members])
             if one.management_code == tenant}  # fmt: skip
    wanted = {one.service_code: _numbers(one) for one in members}
    kept_here = await tx.revisions_at({(code, number) for code, numbers in wanted.items() for number in numbers})
    for code, numbers in wanted.items():
        if code not in there or any((code, number) not in kept_here for number in numbers):
            return code
    return None


def _numbers(one: Member) -> set[int]:
    named = {one.working, one.startup, *(at.revision for at in one.running)}
    return {number for number in named if number is not None}


def _as_snapshot(this: _Import, entry: SnapshotEntry, members: int) -> Snapshot:
    return Snapshot(
        number=0,
        management_code=this.tenant,
        name=entry.name,
        reason=entry.reason,
        taken_by=entry.taken_by,
        taken_at=entry.taken_at,
        members=members,
    )


async def _tell(this: _Import, lines: Sequence[ImportLine]) -> None:
    done = sum(line.fate in (Fate.ADD, Fate.APPEND) for line in lines)
    refused = sum(line.fate is Fate.REFUSE for line in lines)
    event = deed(
        this.actor,
        this.now,
        "tenant_imported",
        class_=EventClass.OPERATION,
        severity=Severity.NOTICE,
        management_code=this.tenant,
        note=this.order.reason,
        done=done,
        refused=refused,
    )
    await this.store.batch(this.actor.scope, lambda batch: batch.add_events([event]))
