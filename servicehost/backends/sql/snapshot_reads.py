"""`ports.snapshots.SnapshotReads` on SQLite."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, select
from sqlalchemy.ext.asyncio import AsyncEngine

from servicehost.backends.sql import tables
from servicehost.backends.sql.rows import to_revision
from servicehost.backends.sql.snapshot_rows import configs_now, to_member, to_snapshot
from servicehost.backends.sql.snapshot_tables import snapshot, snapshot_member
from servicehost.domain.config import Revision
from servicehost.domain.contract import Scope
from servicehost.domain.module import MAIN
from servicehost.domain.snapshot import MemberNow, Snapshot

__all__ = ["SqlSnapshotReads"]

_snapshot = snapshot.c
_member = snapshot_member.c
_revision = tables.revision.c


class SqlSnapshotReads:
    """Every method is one snapshot of the database."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def snapshots(
        self, scope: Scope, *, management_code: str | None = None, after: int = 0, limit: int = 100
    ) -> list[Snapshot]:
        chosen = select(snapshot).where(_snapshot.number > after, *_within(_snapshot.management_code, scope))
        if management_code is not None:
            chosen = chosen.where(_snapshot.management_code == management_code)
        async with self._engine.connect() as on:
            rows = (await on.execute(chosen.order_by(_snapshot.number).limit(limit))).mappings().all()
        return [to_snapshot(row) for row in rows]

    async def snapshot_numbered(self, scope: Scope, number: int) -> Snapshot | None:
        found = await self.snapshots(scope, after=number - 1, limit=1)
        return found[0] if found and found[0].number == number else None

    async def revision_history(
        self, scope: Scope, service_code: str, *, after: int = 0, limit: int = 100
    ) -> list[tuple[Revision, ...]]:
        mine = (_revision.service_code == service_code, *_within(_revision.management_code, scope))
        numbers = select(_revision.revision).where(*mine, _revision.module == MAIN, _revision.revision > after)
        part = numbers.order_by(_revision.revision).limit(limit)
        chosen = select(tables.revision).where(*mine, _revision.revision.in_(part))
        found: dict[int, list[Revision]] = {}
        async with self._engine.connect() as on:
            for row in (await on.execute(chosen.order_by(_revision.revision, _revision.module))).mappings():
                found.setdefault(row["revision"], []).append(to_revision(row))
        return [tuple(rows) for rows in found.values()]

    async def members_now(self, scope: Scope, number: int, *, after: str = "", limit: int = 100) -> list[MemberNow]:
        mine = (_member.snapshot == number, _member.service_code > after, *_within(_member.management_code, scope))
        chosen = select(snapshot_member).where(*mine).order_by(_member.service_code).limit(limit)

        def read(on: Connection) -> list[MemberNow]:
            members = [to_member(row) for row in on.execute(chosen).mappings()]
            now = {one.service_code: one for one in configs_now(on, [one.service_code for one in members], scope)}
            return [MemberNow(then=one, now=now[one.service_code]) for one in members]

        async with self._engine.connect() as on:
            await on.exec_driver_sql("BEGIN")  # the driver begins nothing of its own accord for reads
            return await on.run_sync(read)


def _within(column: ColumnElement[Any], scope: Scope) -> Sequence[ColumnElement[bool]]:
    return () if scope.management_code is None else (column == scope.management_code,)
