"""`ports.reads.Reads` on SQLite through aiosqlite: a few read-only connections that never wait for the writer."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import URL, ColumnElement, Row, RowMapping, Select, and_, event, func, or_, select
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool, ConnectionPoolEntry

from servicehost.backends.sql import tables
from servicehost.backends.sql.addresses import SqlAddressReads
from servicehost.backends.sql.anchors import SqlRolloverReads
from servicehost.backends.sql.area_reads import SqlAreaReads
from servicehost.backends.sql.audit_reads import SqlAuditReads
from servicehost.backends.sql.case_reads import SqlCaseReads
from servicehost.backends.sql.concern_reads import SqlConcernReads
from servicehost.backends.sql.consent_reads import SqlConsentReads
from servicehost.backends.sql.custody_reads import SqlCustodyReads
from servicehost.backends.sql.customer_reads import SqlCustomerReads
from servicehost.backends.sql.depots import SqlStockReads
from servicehost.backends.sql.enrolments import SqlEnrolmentReads
from servicehost.backends.sql.errands import SqlErrandReads
from servicehost.backends.sql.event_reads import SqlEventReads
from servicehost.backends.sql.group_reads import SqlGroupReads
from servicehost.backends.sql.identity_reads import SqlIdentityReads, newest_attempts, newest_pushes
from servicehost.backends.sql.life_reads import SqlLifeReads
from servicehost.backends.sql.module_rows import SqlModuleReads
from servicehost.backends.sql.overview_reads import SqlOverviewReads
from servicehost.backends.sql.presets import SqlPresetReads
from servicehost.backends.sql.right_reads import SqlRightReads
from servicehost.backends.sql.rollout_reads import SqlRolloutsReads
from servicehost.backends.sql.rows import (
    PUSH_COLUMNS,
    read_manifest,
    read_modules,
    read_status,
    to_adapter,
    to_contract,
    to_event,
    to_person,
    to_push,
    to_revision,
    to_session,
    to_unit,
)
from servicehost.backends.sql.scheduled_orders import SqlScheduledOrderReads
from servicehost.backends.sql.snapshot_reads import SqlSnapshotReads
from servicehost.backends.sql.startups import proofs_of
from servicehost.backends.sql.task_batches import SqlNamedBatchReads
from servicehost.backends.sql.task_reads import SqlTaskReads, units_with_tasks
from servicehost.backends.sql.triages import SqlTriageReads
from servicehost.backends.sql.uploads import SqlUploadReads
from servicehost.domain.attempt import Attempt
from servicehost.domain.config import Mark, Revision
from servicehost.domain.contract import ManagementContract, Scope
from servicehost.domain.event import Event
from servicehost.domain.people import Person
from servicehost.domain.presence import Lease
from servicehost.domain.push import Phase, Push
from servicehost.ports.reads import AdapterView, UnitView

__all__ = ["SqlReads", "open_reads"]

_adapter = tables.adapter.c
_binding = tables.binding.c
_unit = tables.unit.c
_session = tables.session.c
_push = tables.push.c
_revision = tables.revision.c
_event = tables.event.c
_contract = tables.management_contract.c

_SESSION_ONLY = [column for column in _session if column.name not in ("unit_id", "management_code")]
_UNITS = (
    select(tables.unit, *_SESSION_ONLY, _binding.service_code, _adapter.startup_revision, _adapter.startup_digest)
    .join(tables.session, _session.unit_id == _unit.unit_id)
    .outerjoin(tables.binding, and_(_binding.unit_id == _unit.unit_id, _binding.unbound_at.is_(None)))
    .outerjoin(tables.adapter, _adapter.service_code == _binding.service_code)
)


def open_reads(database: Path, *, connections: int = 4) -> "SqlReads":
    """Read models of a database that a store has open.

    The connections are opened read-only: even the last one to close then leaves the log to the next writer, whereas a
    connection that merely promises not to write (`query_only`) would move it into the database.
    """
    where = URL.create("sqlite+aiosqlite", database=database.absolute().as_uri(), query={"mode": "ro", "uri": "true"})
    engine = create_async_engine(
        where,
        poolclass=AsyncAdaptedQueuePool,
        pool_size=connections,
        max_overflow=0,
    )

    def read_only(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        for pragma in ("query_only=ON", "wal_autocheckpoint=0", "busy_timeout=5000"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    event.listen(engine.sync_engine, "connect", read_only)
    return SqlReads(engine)


def _within(column: ColumnElement[Any], scope: Scope) -> tuple[ColumnElement[bool], ...]:
    return () if scope.management_code is None else (column == scope.management_code,)


class SqlReads(
    SqlCaseReads,
    SqlCustodyReads,
    SqlStockReads,
    SqlErrandReads,
    SqlRightReads,
    SqlAreaReads,
    SqlAddressReads,
    SqlConsentReads,
    SqlEnrolmentReads,
    SqlLifeReads,
    SqlIdentityReads,
    SqlAuditReads,
    SqlOverviewReads,
    SqlRolloverReads,
    SqlConcernReads,
    SqlModuleReads,
    SqlSnapshotReads,
    SqlScheduledOrderReads,
    SqlEventReads,
    SqlTriageReads,
    SqlCustomerReads,
    SqlRolloutsReads,
    SqlTaskReads,
    SqlNamedBatchReads,
    SqlUploadReads,
    SqlGroupReads,
    SqlPresetReads,
):
    """Every method is one snapshot."""

    async def close(self) -> None:
        """Drop the connections."""
        await self._engine.dispose()

    async def _all(self, chosen: Select[Any]) -> Sequence[RowMapping]:
        async with self._engine.connect() as connection:
            rows: Sequence[RowMapping] = (await connection.execute(chosen)).mappings().all()
        return rows

    async def _first(self, chosen: Select[Any]) -> RowMapping | None:
        rows = await self._all(chosen.limit(1))
        return rows[0] if rows else None

    async def adapters(self, scope: Scope, *, after: str = "", limit: int = 100) -> list[AdapterView]:
        chosen = (
            select(tables.adapter)
            .where(_adapter.service_code > after, *_within(_adapter.management_code, scope))
            .order_by(_adapter.service_code)
            .limit(limit)
        )
        return await self._views(chosen, scope)

    async def adapter(self, scope: Scope, service_code: str) -> AdapterView | None:
        chosen = select(tables.adapter).where(
            _adapter.service_code == service_code, *_within(_adapter.management_code, scope)
        )
        views = await self._views(chosen, scope)
        return views[0] if views else None

    async def _views(self, chosen: Select[Any], scope: Scope) -> list[AdapterView]:
        """One snapshot: adapters, then what belongs to them, in one read transaction."""
        async with self._engine.connect() as connection:
            await connection.exec_driver_sql("BEGIN")  # the driver begins nothing of its own accord for reads
            rows = (await connection.execute(chosen)).mappings().all()
            codes = [row["service_code"] for row in rows]
            units = (await connection.execute(_UNITS.where(_binding.service_code.in_(codes)))).all()
            push_by = await newest_pushes(connection, codes)
            attempts = await newest_attempts(connection, [row.unit_id for row in units], scope)
            working = (await connection.execute(_working_of(codes))).all()
            proofs = await proofs_of(connection, codes)
        unit_by = {
            row.service_code: _unit_view(row, push_by.get(row.service_code), attempts.get(row.unit_id)) for row in units
        }
        working_by = {row[0]: (row[1], row[2]) for row in working}
        views = (_adapter_view(row, unit_by, push_by, working_by) for row in rows)
        return [msgspec.structs.replace(view, proof=proofs.get(view.adapter.service_code)) for view in views]

    async def units(self, scope: Scope, *, after: int = 0, limit: int = 100) -> list[UnitView]:
        chosen = _UNITS.where(_unit.unit_id > after, *_within(_unit.management_code, scope))
        return await self._unit_views(chosen.order_by(_unit.unit_id).limit(limit), scope)

    async def unit(self, scope: Scope, distribution_id: str) -> UnitView | None:
        chosen = _UNITS.where(_unit.distribution_id == distribution_id, *_within(_unit.management_code, scope))
        views = await self._unit_views(chosen, scope)
        return views[0] if views else None

    async def _unit_views(self, chosen: Select[Any], scope: Scope) -> list[UnitView]:
        """One snapshot: units, then the newest push of the adapter each serves, and its newest attempt."""
        async with self._engine.connect() as connection:
            await connection.exec_driver_sql("BEGIN")
            rows = (await connection.execute(chosen)).all()
            pushes = await newest_pushes(connection, [row.service_code for row in rows if row.service_code])
            attempts = await newest_attempts(connection, [row.unit_id for row in rows], scope)
        return [_unit_view(row, pushes.get(row.service_code), attempts.get(row.unit_id)) for row in rows]

    async def contracts(self, scope: Scope, *, after: str = "", limit: int = 100) -> list[ManagementContract]:
        code = tables.management_contract.c.management_code
        chosen = select(tables.management_contract).where(code > after, *_within(code, scope))
        return [to_contract(row) for row in await self._all(chosen.order_by(code).limit(limit))]

    async def revisions(
        self, scope: Scope, service_code: str, module: int, *, after: int = 0, limit: int = 100
    ) -> list[Revision]:
        chosen = (
            select(tables.revision)
            .where(_revision.service_code == service_code, _revision.module == module, _revision.revision > after)
            .where(*_within(_revision.management_code, scope))
            .order_by(_revision.revision)
            .limit(limit)
        )
        return [to_revision(row) for row in await self._all(chosen)]

    async def body(self, scope: Scope, service_code: str, module: int, revision: int) -> str | None:
        content = tables.content.c
        chosen = (
            select(content.body)
            .join(
                tables.revision,
                and_(_revision.management_code == content.management_code, _revision.digest == content.digest),
            )
            .where(
                _revision.service_code == service_code,
                _revision.module == module,
                _revision.revision == revision,
                *_within(_revision.management_code, scope),
            )
        )
        row = await self._first(chosen)
        return None if row is None else str(row["body"])

    async def pushes(
        self,
        scope: Scope,
        *,
        service_code: str | None = None,
        after: int = 0,
        limit: int = 100,
        newest_first: bool = False,
    ) -> list[Push]:
        chosen = select(*PUSH_COLUMNS).where(*_within(_push.management_code, scope)).limit(limit)
        if service_code is not None:
            chosen = chosen.where(_push.service_code == service_code)
        if not newest_first:
            chosen = chosen.where(_push.push > after).order_by(_push.push)
        else:
            chosen = (chosen.where(_push.push < after) if after else chosen).order_by(_push.push.desc())
        async with self._engine.connect() as connection:
            rows = (await connection.execute(chosen)).all()
        return [to_push(row) for row in rows]

    async def push(self, scope: Scope, push: int) -> Push | None:
        chosen = select(*PUSH_COLUMNS).where(_push.push == push, *_within(_push.management_code, scope))
        async with self._engine.connect() as connection:
            row = (await connection.execute(chosen)).first()
        return None if row is None else to_push(row)

    async def push_counts(self, scope: Scope) -> dict[str, int]:
        chosen = select(_push.phase, func.count()).where(*_within(_push.management_code, scope)).group_by(_push.phase)
        async with self._engine.connect() as connection:
            return {row[0]: row[1] for row in (await connection.execute(chosen)).all()}

    async def units_with_work(self, scope: Scope) -> list[int]:
        waits = _push.phase.in_([phase.value for phase in Phase if phase.recallable])
        chosen = (
            select(_binding.unit_id)
            .join(tables.push, _push.open_of == _binding.service_code)
            .where(_push.open_of.is_not(None), waits, _binding.unbound_at.is_(None))
            .where(*_within(_push.management_code, scope))
            .distinct()
        )
        async with self._engine.connect() as connection:
            pushed = (await connection.execute(chosen)).scalars().all()
            tasked = (await connection.execute(units_with_tasks(scope))).scalars().all()
        return [*pushed, *(unit for unit in tasked if unit not in set(pushed))]

    async def events(
        self, scope: Scope, *, after: int = 0, limit: int = 100, newest_first: bool = False
    ) -> list[Event]:
        chosen = select(tables.event).where(*_within(_event.management_code, scope)).limit(limit)
        if not newest_first:
            chosen = chosen.where(_event.event > after).order_by(_event.event)
        elif after:
            chosen = chosen.where(_event.event < after).order_by(_event.event.desc())
        else:
            chosen = chosen.order_by(_event.event.desc())
        return [to_event(row) for row in await self._all(chosen)]

    async def leases(self) -> Sequence[Lease]:
        rows = await self._all(select(tables.lease).order_by(tables.lease.c.host))
        return [
            Lease(host=row["host"], run=row["run"], started_at=row["started_at"], renewed_at=row["renewed_at"])
            for row in rows
        ]

    async def person_by_token(self, token_hash: str, now: int) -> Person | None:
        token = tables.token.c
        chosen = (
            select(tables.person)
            .join(tables.token, token.person_id == tables.person.c.person_id)
            .outerjoin(tables.management_contract, _contract.management_code == tables.person.c.management_code)
            .where(token.token_hash == token_hash, token.expires_at > now)
            # Who belongs to a contract that has ended has no right left, whether the host has carried that out or not.
            .where(or_(_contract.ends_at.is_(None), _contract.ends_at > now))
        )
        row = await self._first(chosen)
        return None if row is None else to_person(row)


def _working_of(service_codes: Sequence[str]) -> Select[Any]:
    newest = (
        select(_revision.service_code, func.max(_revision.revision).label("newest"))
        .where(_revision.service_code.in_(service_codes), _revision.module == 0)
        .group_by(_revision.service_code)
        .subquery()
    )
    same = and_(newest.c.service_code == _revision.service_code, newest.c.newest == _revision.revision)
    return (
        select(_revision.service_code, _revision.revision, _revision.digest)
        .join(newest, same)
        .where(_revision.module == 0)
    )


def _adapter_view(
    row: RowMapping, units: dict[str, UnitView], pushes: dict[str, Push], working: dict[str, tuple[int, str]]
) -> AdapterView:
    code = row["service_code"]
    revision, digest = working.get(code, (None, None))
    return AdapterView(
        adapter=to_adapter(row),
        unit=units.get(code),
        working_revision=revision,
        working_digest=digest,
        startup_modules=read_manifest(row["startup_modules"]),
        push=pushes.get(code),
    )


def _unit_view(row: Row[*tuple[Any, ...]], push: Push | None, last_attempt: Attempt | None) -> UnitView:
    fields = row._mapping  # noqa: SLF001 - SQLAlchemy's documented way to a row by column
    revision, digest = fields["startup_revision"], fields["startup_digest"]
    return UnitView(
        unit=to_unit(fields),
        session=to_session(fields),
        firmware=fields["firmware"],
        remote_address=fields["remote_address"],
        boot_cause=fields["boot_cause"],
        clock_skew_ms=fields["clock_skew_ms"],
        certificate=fields["certificate"],
        modules=read_modules(fields["modules"]),
        status=read_status(fields["status"]),
        service_code=fields["service_code"],
        moved_to=tuple(msgspec.json.decode(fields["moved_to"])) if fields["moved_to"] else (),
        startup=None if revision is None or digest is None else Mark(revision=revision, digest=digest),
        push=push,
        last_attempt=last_attempt,
    )
