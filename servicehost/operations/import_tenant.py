"""A dispatcher takes the export of a contract into a contract of this host: adapters with their whole history, people,
groups and snapshots. What is here already stays as it is."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from typing import Final

from servicehost.domain.contract import check_not_ended, check_service_code
from servicehost.domain.errors import Busy, Conflict, NotFound
from servicehost.domain.event import EventClass, Severity
from servicehost.domain.people import Actor, Right, demand
from servicehost.domain.tenant_archive import HISTORY, Manifest
from servicehost.operations.archive_reading import ArchiveReader
from servicehost.operations.deed import deed
from servicehost.operations.importing import Fate, Import, Imported, ImportLine, ImportOrder
from servicehost.operations.importing_adapters import import_adapter
from servicehost.operations.importing_groups import import_groups
from servicehost.operations.importing_people import import_delegates, import_person
from servicehost.operations.importing_snapshots import import_snapshot
from servicehost.ports.clock import Clock
from servicehost.ports.hasher import Hasher
from servicehost.ports.store import Store

__all__ = ["import_tenant"]

_RETRY_S: Final = 30


async def import_tenant(
    actor: Actor, order: ImportOrder, *, store: Store, clock: Clock, hasher: Hasher, turn: asyncio.Lock
) -> Imported:
    """All or nothing for each adapter, person, group and snapshot; the same archive again changes nothing.

    An adapter that is not here is taken up as it was, with where it stands and is shipped to; one that is here gets the
    revisions that it lacks, which needs the customer's consent (`edit_config`), and is refused when its own history is
    another one. Nobody's terms, memo or startup config are changed, no unit is bound and nothing is pushed. People come
    without a password: make them a notice. What was done on the other host (pushes, tasks, rollouts, proposals) and
    orders for later, which act by the right of somebody there, stay in the archive: a line of each kind says how many,
    and others what the archive does not hold.

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
        this = Import(actor, order, reader, store, clock.wall())
        people = [await import_person(this, one, hasher) for one in reader.people]
        adapters = [await import_adapter(this, code) for code in reader.codes]
        lines = [
            *people,
            *adapters,
            *await import_delegates(this),
            *await import_groups(this, {one.key for one in adapters if one.fate is Fate.ADD}),
            *[await import_snapshot(this, name) for name in reader.snapshots],
            *_history(reader.manifest),
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


def _history(manifest: Manifest) -> list[ImportLine]:
    counts = {kind: manifest.counts[kind] for kind in HISTORY if manifest.counts.get(kind)}
    stays, absent = "It stays in the archive", "The archive does not hold it"
    return [
        *(ImportLine(kind="history", key=kind, fate=Fate.HISTORY, count=n, text=stays) for kind, n in counts.items()),
        *(ImportLine(kind="left_out", key=kind, fate=Fate.LEFT_OUT, text=absent) for kind in manifest.left_out),
    ]


async def _tell(this: Import, lines: Sequence[ImportLine]) -> None:
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
