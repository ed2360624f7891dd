"""A dispatcher enters many boxes at once, from a table: all of them or none."""

import asyncio
import hashlib

import msgspec

from servicehost.domain.audit import Action
from servicehost.domain.errors import BadCell
from servicehost.domain.people import Actor, Right, demand
from servicehost.domain.unit import Unit
from servicehost.operations.deed import deed, recorded
from servicehost.operations.unit_rows import UnitRow, read_rows, refuse_bad
from servicehost.ports.clock import Clock
from servicehost.ports.store import Batch, Store

__all__ = ["ImportedUnits", "import_units"]


class ImportedUnits(msgspec.Struct, frozen=True, kw_only=True):
    """How many units the table holds; `dry_run`: none of them was registered, all of them could be."""

    units: int
    dry_run: bool


async def import_units(actor: Actor, raw: bytes, dry_run: bool, *, store: Store, clock: Clock) -> ImportedUnits:
    """Register every unit of a CSV in one transaction; a dry run looks for everything that would be refused.

    One event and one record of the audit tell of it, with the file's digest. Raises Forbidden `no_right`; what
    `read_rows` raises; InvalidTable `rows_invalid`, which names every bad row, also those that are registered already.
    """
    demand(actor, Right.REGISTER)
    rows, bad = await asyncio.to_thread(read_rows, raw)  # seconds of work for a whole table, on a small machine
    now = clock.wall()

    def work(batch: Batch) -> None:
        refuse_bad(sorted([*bad, *_registered(batch, rows)], key=lambda cell: cell.line))
        if dry_run:
            return
        batch.add_units([_unit(row, now) for row in rows])
        digest = "sha256:" + hashlib.sha256(raw).hexdigest()
        batch.add_events([deed(actor, now, "units_imported", count=len(rows), digest=digest)])
        after = {"count": len(rows), "digest": digest}
        batch.append_audit([recorded(actor, now, Action.IMPORT_UNITS, "units", management_code=None, after=after)])

    await store.batch(actor.scope, work)
    return ImportedUnits(units=len(rows), dry_run=dry_run)


def _registered(batch: Batch, rows: list[UnitRow]) -> list[BadCell]:
    names, printed = batch.taken([row.distribution_id for row in rows], [(row.model, row.serial) for row in rows])
    found = []
    for row in rows:
        if row.distribution_id in names:
            text = f"A unit {row.distribution_id} is registered already"
            found.append(BadCell(line=row.line, column="distribution_id", code="unit_exists", text=text))
        elif (row.model, row.serial) in printed:
            text = f"A unit {row.model}-{row.serial} is registered already"
            found.append(BadCell(line=row.line, column="serial", code="unit_exists", text=text))
    return found


def _unit(row: UnitRow, now: int) -> Unit:
    return Unit(
        unit_id=0,
        distribution_id=row.distribution_id,
        model=row.model,
        serial=row.serial,
        registered_at=now,
        ownership=row.ownership,
        channel=row.channel,
    )
