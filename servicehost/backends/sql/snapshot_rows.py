"""Rows of snapshots to nouns and back, and what adapters have now: for the writer and for readers alike."""

from collections.abc import Collection, Iterator
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, RowMapping, and_, bindparam, func, literal_column, select

from servicehost.backends.sql import tables
from servicehost.backends.sql.rows import as_text, read_modules
from servicehost.domain.config import Mark
from servicehost.domain.contract import Scope
from servicehost.domain.module import MAIN
from servicehost.domain.snapshot import Member, ModuleAt, Snapshot

__all__ = ["configs_now", "member_row", "to_member", "to_snapshot"]

_AT_ONCE: Final = 5_000
_adapter = tables.adapter.c
_revision = tables.revision.c
_binding = tables.binding.c
_running: Final = msgspec.json.Decoder(tuple[ModuleAt, ...])
_later = tables.revision.alias("later").c
_NEWEST = (
    select(func.max(_later.revision))
    .where(_later.service_code == _adapter.service_code, _later.module == MAIN)
    .scalar_subquery()
)
_NOW = (
    select(_adapter.service_code, _adapter.startup_revision, _NEWEST.label("working"), tables.session.c.modules)
    .outerjoin(tables.binding, and_(_binding.service_code == _adapter.service_code, _binding.unbound_at.is_(None)))
    .outerjoin(tables.session, tables.session.c.unit_id == _binding.unit_id)
    .order_by(_adapter.service_code)
)
_wanted = func.json_each(bindparam("keys")).table_valued("value", name="wanted").c.value
_DIGESTS = select(_revision.service_code, _revision.module, _revision.revision, _revision.digest).where(
    _revision.service_code == func.json_extract(_wanted, literal_column("'$[0]'")),
    _revision.module == func.json_extract(_wanted, literal_column("'$[1]'")),
    _revision.revision == func.json_extract(_wanted, literal_column("'$[2]'")),
)


def configs_now(on: Connection, service_codes: Collection[str], scope: Scope) -> Iterator[Member]:
    """What adapters have now, within the scope, in the order of service codes."""
    within = () if scope.management_code is None else (_adapter.management_code == scope.management_code,)
    every = sorted(service_codes)
    for codes in (every[at : at + _AT_ONCE] for at in range(0, len(every), _AT_ONCE)):
        rows = on.execute(_NOW.where(_adapter.service_code.in_(codes), *within)).all()
        said = {row.service_code: _marks(row.modules) for row in rows}
        keys = [(code, module, mark.revision) for code, marks in said.items() for module, mark in marks.items()]
        ours = {tuple(row) for row in on.execute(_DIGESTS, {"keys": as_text(keys)})} if keys else set()
        for row in rows:
            code = row.service_code
            running = tuple(
                ModuleAt(module=module, revision=mark.revision)
                for module, mark in sorted(said[code].items())
                if (code, module, mark.revision, mark.digest) in ours
            )
            yield Member(service_code=code, working=row.working, startup=row.startup_revision, running=running)


def _marks(modules: str | None) -> dict[int, Mark]:
    states = read_modules(modules) if modules else ()
    return {state.module: state.running for state in states if state.running is not None}


def to_snapshot(row: RowMapping) -> Snapshot:
    """A row of `snapshot`."""
    return Snapshot(**{name: row[name] for name in Snapshot.__struct_fields__})


def to_member(row: RowMapping) -> Member:
    """A row of `snapshot_member`."""
    return Member(
        service_code=row["service_code"],
        working=row["working"],
        startup=row["startup"],
        running=_running.decode(row["running"]),
    )


def member_row(number: int, management_code: str, member: Member) -> dict[str, Any]:
    """A row of `snapshot_member`."""
    return {
        "snapshot": number,
        "management_code": management_code,
        "service_code": member.service_code,
        "working": member.working,
        "startup": member.startup,
        "running": as_text(member.running),
    }
