"""`ports.case_reads.CaseReads` on SQLite."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from servicehost.backends.sql import case_tables, stock_tables, tables
from servicehost.backends.sql.case_rows import (
    to_exchange,
    to_fact,
    to_fault,
    to_point,
    to_reaction,
    to_step,
    to_symptom,
)
from servicehost.backends.sql.depots import FIRMWARE, SPARES, to_override, to_reservation, to_spare
from servicehost.backends.sql.destinations import read_destinations
from servicehost.domain.contract import Scope
from servicehost.domain.exchange import Exchange
from servicehost.domain.fault import Fault
from servicehost.domain.reaction import Reaction
from servicehost.domain.spare import Spare, SpareState
from servicehost.ports.case_reads import Box, ExchangeView, FaultView
from servicehost.ports.cases import FactRow

__all__ = ["SqlCaseReads"]

_fault = case_tables.fault.c
_exchange = case_tables.exchange.c
_fact = case_tables.fact.c
_row = case_tables.outbox.c
_spare = case_tables.spare.c


def _within(column: ColumnElement[Any], scope: Scope) -> tuple[ColumnElement[bool], ...]:
    return () if scope.management_code is None else (column == scope.management_code,)


def _page(
    chosen: Select[Any], number: ColumnElement[int], after: int, limit: int, *, newest_first: bool
) -> Select[Any]:
    if not newest_first:
        return chosen.where(number > after).order_by(number).limit(limit)
    older = chosen.where(number < after) if after else chosen
    return older.order_by(number.desc()).limit(limit)


class SqlCaseReads:
    """Every method is one snapshot."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def faults(
        self,
        scope: Scope,
        *,
        service_code: str | None = None,
        after: int = 0,
        limit: int = 100,
        newest_first: bool = False,
        open_only: bool = False,
    ) -> list[Fault]:
        chosen = select(case_tables.fault).where(*_within(_fault.management_code, scope))
        if service_code is not None:
            chosen = chosen.where(_fault.service_code == service_code)
        if open_only:
            chosen = chosen.where(_fault.phase != "closed")
        rows = await self._rows(_page(chosen, _fault.fault, after, limit, newest_first=newest_first))
        return [to_fault(row) for row in rows]

    async def fault(self, scope: Scope, fault: int) -> FaultView | None:
        chosen = select(case_tables.fault).where(_fault.fault == fault, *_within(_fault.management_code, scope))
        async with self._engine.connect() as on:
            await on.exec_driver_sql("BEGIN")  # one snapshot; the driver begins nothing of its own accord for reads
            row = (await on.execute(chosen)).mappings().first()
            if row is None:
                return None
            of_fault = select(case_tables.symptom).where(case_tables.symptom.c.fault == fault)
            symptoms = await _of(on, of_fault.order_by(case_tables.symptom.c.first_at))
            facts = await _facts(on, _fact.fault == fault)
            about = select(_exchange.exchange).where(_exchange.fault == fault).order_by(_exchange.exchange)
            exchanges = tuple((await on.execute(about)).scalars())
            found = to_fault(row)
            boxes = await _boxes(on, found.unit_id)
        return FaultView(
            fault=found,
            symptoms=tuple(to_symptom(one) for one in symptoms),
            facts=facts,
            exchanges=exchanges,
            unit=boxes.get(found.unit_id),
        )

    async def fault_counts(self, scope: Scope) -> dict[str, int]:
        return await self._counts(_fault.phase, _fault.management_code, scope)

    async def exchanges(
        self,
        scope: Scope,
        *,
        service_code: str | None = None,
        after: int = 0,
        limit: int = 100,
        newest_first: bool = False,
    ) -> list[Exchange]:
        chosen = select(case_tables.exchange).where(*_within(_exchange.management_code, scope))
        if service_code is not None:
            chosen = chosen.where(_exchange.service_code == service_code)
        rows = await self._rows(_page(chosen, _exchange.exchange, after, limit, newest_first=newest_first))
        return [to_exchange(row) for row in rows]

    async def exchange(self, scope: Scope, exchange: int) -> ExchangeView | None:
        chosen = select(case_tables.exchange).where(
            _exchange.exchange == exchange, *_within(_exchange.management_code, scope)
        )
        step, point = case_tables.exchange_step.c, case_tables.acceptance_point.c
        async with self._engine.connect() as on:
            await on.exec_driver_sql("BEGIN")  # one snapshot; the driver begins nothing of its own accord for reads
            row = (await on.execute(chosen)).mappings().first()
            if row is None:
                return None
            found = to_exchange(row)
            whose = select(case_tables.exchange_step).where(step.exchange == exchange)
            steps = await _of(on, whose.order_by(step.step))
            points = await _of(on, select(case_tables.acceptance_point).where(point.exchange == exchange))
            facts = await _facts(
                on, (_fact.exchange == exchange) | ((_fact.fault == found.fault) & _fact.exchange.is_(None))
            )
            boxes = await _boxes(on, found.old_unit_id, found.new_unit_id)
            kept = stock_tables.reservation
            reservations = await _of(on, select(kept).where(kept.c.exchange == exchange).order_by(kept.c.reservation))
            said = stock_tables.verdict_override
            overrides = await _of(on, select(said).where(said.c.exchange == exchange).order_by(said.c.override))
            whereabouts, words = await read_destinations(on, found)
        return ExchangeView(
            whereabouts=whereabouts,
            destination_words=words,
            reservations=tuple(to_reservation(one) for one in reservations),
            overrides=tuple(to_override(one) for one in overrides),
            exchange=found,
            steps=tuple(to_step(one) for one in steps),
            acceptance=tuple(to_point(one) for one in points),
            facts=facts,
            old_unit=boxes.get(found.old_unit_id),
            new_unit=boxes.get(found.new_unit_id),
        )

    async def exchange_counts(self, scope: Scope) -> dict[str, int]:
        return await self._counts(_exchange.state, _exchange.management_code, scope)

    async def spares(
        self,
        scope: Scope,
        *,
        depot: str | None = None,
        model: str | None = None,
        firmware: str | None = None,
        state: SpareState | None = None,
        after: int = 0,
        limit: int = 100,
    ) -> list[Spare]:
        asked = {_spare.depot: depot, _spare.model: model, FIRMWARE.element: firmware, _spare.state: state}
        wanted = [column == value for column, value in asked.items() if value is not None]
        chosen = SPARES.where(*wanted, *_within(_spare.management_code, scope))
        rows = await self._rows(_page(chosen, _spare.unit_id, after, limit, newest_first=False))
        return [to_spare(row) for row in rows]

    async def reactions(
        self, scope: Scope, *, parked: bool | None = None, after: int = 0, limit: int = 100
    ) -> list[Reaction]:
        chosen = select(case_tables.outbox).where(*_within(_row.management_code, scope))
        if parked is not None:
            chosen = chosen.where(_row.parked_at.is_not(None) if parked else _row.parked_at.is_(None))
        rows = await self._rows(_page(chosen, _row.number, after, limit, newest_first=False))
        return [to_reaction(row) for row in rows]

    async def _rows(self, chosen: Select[Any]) -> Sequence[RowMapping]:
        async with self._engine.connect() as on:
            return await _of(on, chosen)

    async def _counts(self, column: ColumnElement[str], tenant: ColumnElement[Any], scope: Scope) -> dict[str, int]:
        chosen = select(column, func.count()).where(*_within(tenant, scope)).group_by(column)
        async with self._engine.connect() as on:
            return {row[0]: row[1] for row in (await on.execute(chosen)).all()}


async def _of(on: AsyncConnection, chosen: Select[Any]) -> Sequence[RowMapping]:
    rows: Sequence[RowMapping] = (await on.execute(chosen)).mappings().all()
    return rows


async def _facts(on: AsyncConnection, whose: ColumnElement[bool]) -> tuple[FactRow, ...]:
    rows = await _of(on, select(case_tables.fact).where(whose).order_by(_fact.fact))
    return tuple(to_fact(row) for row in rows)


async def _boxes(on: AsyncConnection, *unit_ids: int | None) -> dict[int | None, Box]:
    unit = tables.unit.c
    chosen = select(unit.unit_id, unit.distribution_id, unit.model, unit.serial).where(unit.unit_id.in_(unit_ids))
    return {
        row["unit_id"]: Box(distribution_id=row["distribution_id"], model=row["model"], serial=row["serial"])
        for row in await _of(on, chosen)
    }
