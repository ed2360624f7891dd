"""Adapters of an import: each with its whole history, in a transaction of its own."""

import asyncio
from collections.abc import Mapping, Sequence

import msgspec

from servicehost.domain.config import Revision
from servicehost.domain.errors import Conflict, Refused
from servicehost.domain.module import MAIN, check_module, manifest_of
from servicehost.domain.people import Right
from servicehost.domain.tenant_archive import AdapterEntry
from servicehost.domain.unit import Adapter
from servicehost.operations.archive_reading import ArchiveReader
from servicehost.operations.grounds import grounds
from servicehost.operations.importing import Fate, Import, ImportLine, entry_of
from servicehost.operations.revising import ModuleDraft, kept
from servicehost.ports.store import Transaction

__all__ = ["import_adapter"]


async def import_adapter(this: Import, code: str) -> ImportLine:
    """What became of it, or would. A failure of one keeps no other out."""
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


async def _taken(tx: Transaction, this: Import, here: str, entry: AdapterEntry, rows: Sequence[Revision]) -> ImportLine:
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
        said = await _as_it_was(tx, this, here, entry.adapter, rows) if standing is None else {}
        await tx.append_audit(
            [entry_of(this, actor, here, {"added": standing is None, "revisions": len(numbers), **said})]
        )
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


async def _as_it_was(
    tx: Transaction, this: Import, here: str, adapter: Adapter, rows: Sequence[Revision]
) -> Mapping[str, int]:
    """Its startup config, and where it stands and is shipped to, with everything that was said of it before: how much
    that was."""
    await _startup(tx, here, adapter, rows)
    places = this.reader.places(adapter.service_code)
    ours = {"number": 0, "service_code": here, "management_code": this.tenant}
    for declared in places.declared:
        await tx.add_declared_location(msgspec.structs.replace(declared, **ours))
    for address in places.addresses:
        await tx.add_shipping_address(msgspec.structs.replace(address, **ours))
    return {"declared_locations": len(places.declared), "shipping_addresses": len(places.addresses)}


async def _startup(tx: Transaction, here: str, adapter: Adapter, rows: Sequence[Revision]) -> None:
    """What its units are to start with, if the archive has it."""
    whole = [row for row in rows if row.revision == adapter.startup_revision]
    main = next((row for row in whole if row.module == MAIN and row.digest == adapter.startup_digest), None)
    if main is not None:
        others = [row for row in whole if row.module != MAIN]
        await tx.set_first_startup(here, main.revision, main.digest, manifest_of(main, others))
