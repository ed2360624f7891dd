"""People of an import: operation managers, and whom they have named to attend."""

import secrets

import msgspec

from servicehost.domain.delegate import Delegate, check_delegate
from servicehost.domain.errors import Conflict, Refused
from servicehost.domain.people import Contact, Person, Role
from servicehost.domain.tenant_archive import PersonEntry
from servicehost.operations.importing import Fate, Import, ImportLine, entry_of
from servicehost.ports.hasher import Hasher
from servicehost.ports.store import Batch

__all__ = ["import_delegates", "import_person"]


async def import_person(this: Import, entry: PersonEntry, hasher: Hasher) -> ImportLine:
    """An operation manager, without a password."""
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
            await tx.append_audit([entry_of(this, this.actor, entry.master_id, {"role": entry.role})])
    return line


def _as_person(this: Import, entry: PersonEntry, password_hash: str) -> Person:
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


async def import_delegates(this: Import) -> list[ImportLine]:
    """Those who attend, or will; whose naming was ended, or has run out, stays in the archive."""
    named = [one for one in this.reader.delegates if not _over(one, this.now)]
    over = len(this.reader.delegates) - len(named)

    def work(batch: Batch) -> list[ImportLine]:
        return [_delegate(batch, this, one) for one in named]

    lines = await this.store.batch(this.actor.scope, work) if named else []
    text = "Their naming has ended: they stay in the archive"
    return lines + [ImportLine(kind="history", key="delegates", fate=Fate.HISTORY, count=over, text=text)] * (over > 0)


def _over(one: Delegate, now: int) -> bool:
    return one.ended_at is not None or (one.attends_until is not None and one.attends_until <= now)


def _delegate(batch: Batch, this: Import, entry: Delegate) -> ImportLine:
    line = ImportLine(kind="delegate", key=entry.name, fate=Fate.ADD)
    codes = tuple(this.here(code) for code in entry.service_codes)
    wanted = msgspec.structs.replace(entry, number=0, management_code=this.tenant, service_codes=codes)
    standing = batch.delegates_of(this.tenant)
    if any(msgspec.structs.replace(one, number=0) == wanted for one in standing):
        return msgspec.structs.replace(line, fate=Fate.UNCHANGED)
    ours = {one.service_code for one in batch.adapters(codes) if one.management_code == this.tenant}
    coming = {this.here(code) for code in this.reader.codes}
    absent = set(codes) - (ours if this.order.apply else ours | coming)
    try:
        if absent:
            raise Conflict("adapter_not_found", f"They attend at {min(absent)}, which is not here")
        check_delegate(wanted, standing)
    except Refused as refused:
        return msgspec.structs.replace(line, fate=Fate.REFUSE, code=refused.code, text=refused.text)
    if this.order.apply:
        added = batch.add_delegate(wanted)
        batch.append_audit([entry_of(this, this.actor, f"delegate {added.number}", {"adapters": len(codes)})])
    return line
