"""`ports.custody.CustodyReads` on SQLite."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, Select, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from servicehost.backends.sql import case_tables, tables
from servicehost.backends.sql.custody_rows import to_handover, to_proposal, to_return
from servicehost.backends.sql.custody_tables import charge_proposal, handover, unit_return
from servicehost.domain.charge_proposal import ChargeProposal, ProposalState
from servicehost.domain.contract import Scope
from servicehost.domain.unit_return import ReturnState
from servicehost.ports.case_reads import Box
from servicehost.ports.custody import BilledCharge, CustodyView, ReturnView

__all__ = ["SqlCustodyReads"]

_handover = handover.c
_return = unit_return.c
_proposal = charge_proposal.c
_unit = tables.unit.c
_BOX = (_unit.distribution_id, _unit.model, _unit.serial)


def _within(column: ColumnElement[Any], scope: Scope) -> tuple[ColumnElement[bool], ...]:
    return () if scope.management_code is None else (column == scope.management_code,)


class SqlCustodyReads:
    """Every method is one snapshot."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def custody_of_exchange(self, scope: Scope, exchange: int) -> CustodyView | None:
        of_case = case_tables.exchange.c
        chosen = select(of_case.exchange).where(of_case.exchange == exchange, *_within(of_case.management_code, scope))
        async with self._engine.connect() as on:
            await on.exec_driver_sql("BEGIN")  # one snapshot; the driver begins nothing of its own accord for reads
            if (await on.execute(chosen)).first() is None:
                return None
            return await _view(on, scope, _handover.exchange == exchange, _return.exchange == exchange)

    async def custody_of_unit(self, scope: Scope, distribution_id: str) -> CustodyView | None:
        chosen = select(_unit.unit_id, _unit.management_code).where(_unit.distribution_id == distribution_id)
        async with self._engine.connect() as on:
            await on.exec_driver_sql("BEGIN")  # as above
            row = (await on.execute(chosen)).first()
            if row is None:
                return None
            view = await _view(on, scope, _handover.unit_id == row[0], _return.unit_id == row[0])
        return view if view.handovers or view.returns or scope.sees(row[1]) else None

    async def returns(
        self, scope: Scope, *, state: ReturnState | None = None, after: int = 0, limit: int = 100
    ) -> list[ReturnView]:
        chosen = _RETURNS.where(_return.number > after, *_within(_return.management_code, scope))
        if state is not None:
            chosen = chosen.where(_return.state == state.value)
        return [_to_view(row) for row in await self._rows(chosen.order_by(_return.number).limit(limit))]

    async def unit_return(self, scope: Scope, number: int) -> ReturnView | None:
        chosen = _RETURNS.where(_return.number == number, *_within(_return.management_code, scope))
        rows = await self._rows(chosen)
        return _to_view(rows[0]) if rows else None

    async def charges(
        self,
        scope: Scope,
        *,
        state: ProposalState | None = None,
        exchange: int | None = None,
        after: int = 0,
        limit: int = 100,
    ) -> list[ChargeProposal]:
        chosen = select(charge_proposal).where(_proposal.proposal > after, *_within(_proposal.management_code, scope))
        if state is not None:
            chosen = chosen.where(_proposal.state == state.value)
        if exchange is not None:
            chosen = chosen.where(_proposal.exchange == exchange)
        return [to_proposal(row) for row in await self._rows(chosen.order_by(_proposal.proposal).limit(limit))]

    async def charge(self, scope: Scope, number: int) -> ChargeProposal | None:
        chosen = select(charge_proposal).where(_proposal.proposal == number, *_within(_proposal.management_code, scope))
        rows = await self._rows(chosen)
        return to_proposal(rows[0]) if rows else None

    async def approved_charges(
        self, scope: Scope, *, since: int, before: int, after: int = 0, limit: int = 100
    ) -> list[BilledCharge]:
        contract = tables.management_contract.c
        chosen = (
            select(charge_proposal, *_BOX, contract.label)
            .join(tables.unit, _unit.unit_id == _proposal.unit_id)
            .join(tables.management_contract, contract.management_code == _proposal.management_code)
            .where(
                _proposal.state == "approved",
                _proposal.decided_at >= since,
                _proposal.decided_at < before,
                _proposal.proposal > after,
                *_within(_proposal.management_code, scope),
            )
        )
        rows = await self._rows(chosen.order_by(_proposal.proposal).limit(limit))
        return [BilledCharge(proposal=to_proposal(row), unit=_box(row), customer=row["label"]) for row in rows]

    async def _rows(self, chosen: Select[Any]) -> Sequence[RowMapping]:
        async with self._engine.connect() as on:
            return await _of(on, chosen)


_RETURNS = select(unit_return, *_BOX).join(tables.unit, _unit.unit_id == _return.unit_id)


async def _view(
    on: AsyncConnection, scope: Scope, handed: ColumnElement[bool], owed: ColumnElement[bool]
) -> CustodyView:
    changed_hands = select(handover).where(handed, *_within(_handover.management_code, scope))
    handovers = tuple(to_handover(row) for row in await _of(on, changed_hands.order_by(_handover.handover)))
    due = select(unit_return).where(owed, *_within(_return.management_code, scope))
    returns = tuple(to_return(row) for row in await _of(on, due.order_by(_return.number)))
    units = {one.thing.unit_id for one in handovers} | {one.unit_id for one in returns}
    boxes = await _of(on, select(_unit.unit_id, *_BOX).where(_unit.unit_id.in_(units)))
    return CustodyView(handovers=handovers, units={row["unit_id"]: _box(row) for row in boxes}, returns=returns)


def _to_view(row: RowMapping) -> ReturnView:
    return ReturnView(unit_return=to_return(row), unit=_box(row))


def _box(row: RowMapping) -> Box:
    return Box(distribution_id=row["distribution_id"], model=row["model"], serial=row["serial"])


async def _of(on: AsyncConnection, chosen: Select[Any]) -> Sequence[RowMapping]:
    rows: Sequence[RowMapping] = (await on.execute(chosen)).mappings().all()
    return rows
