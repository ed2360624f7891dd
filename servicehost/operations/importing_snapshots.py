"""Snapshots of an import."""

from collections.abc import Sequence

import msgspec

from servicehost.domain.snapshot import Member, Snapshot
from servicehost.domain.tenant_archive import SnapshotEntry
from servicehost.operations.importing import Fate, Import, ImportLine, entry_of
from servicehost.ports.store import Transaction

__all__ = ["import_snapshot"]


async def import_snapshot(this: Import, name: str) -> ImportLine:
    """The snapshot of that file, if all that it names is here."""
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
            after = {"adapters": len(members)}
            await tx.append_audit([entry_of(this, this.actor, f"snapshot {added.number}", after)])
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


def _as_snapshot(this: Import, entry: SnapshotEntry, members: int) -> Snapshot:
    return Snapshot(
        number=0,
        management_code=this.tenant,
        name=entry.name,
        reason=entry.reason,
        taken_by=entry.taken_by,
        taken_at=entry.taken_at,
        members=members,
    )
