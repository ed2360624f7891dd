"""`ports.overview.OverviewReads` on SQLite."""

import json
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, Select, and_, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncEngine

from servicehost.backends.sql import audit_tables, tables
from servicehost.backends.sql.audit_reads import lines_in
from servicehost.backends.sql.custody_rows import to_proposal, to_return
from servicehost.backends.sql.custody_tables import charge_proposal, unit_return
from servicehost.domain.audit_check import ChainRow, Head
from servicehost.domain.charge_proposal import ProposalState
from servicehost.domain.contract import Scope
from servicehost.domain.unit_return import ReturnState
from servicehost.ports.audit import AuditLine
from servicehost.ports.case_reads import Box
from servicehost.ports.custody import BilledCharge, ReturnView
from servicehost.ports.overview import AuditFilter

__all__ = ["SqlOverviewReads"]

_return = unit_return.c
_proposal = charge_proposal.c
_unit = tables.unit.c
_audit = audit_tables.audit.c
_head = audit_tables.audit_head.c
_person = tables.person.c
_BOX = (_unit.distribution_id, _unit.model, _unit.serial)
_ESCAPE = "\\"


def _within(column: ColumnElement[Any], scope: Scope) -> tuple[ColumnElement[bool], ...]:
    return () if scope.management_code is None else (column == scope.management_code,)


class SqlOverviewReads:
    """Every method is one snapshot."""

    _engine: AsyncEngine

    async def return_counts(self, scope: Scope) -> dict[str, int]:
        return await self._counted(_return.state, _within(_return.management_code, scope))

    async def charge_counts(self, scope: Scope) -> dict[str, int]:
        return await self._counted(_proposal.state, _within(_proposal.management_code, scope))

    async def returns_by_due(
        self, scope: Scope, states: Collection[ReturnState], *, after: tuple[int, int] = (0, 0), limit: int = 100
    ) -> list[ReturnView]:
        later = or_(_return.due_at > after[0], and_(_return.due_at == after[0], _return.number > after[1]))
        chosen = (
            select(unit_return, *_BOX)
            .join(tables.unit, _unit.unit_id == _return.unit_id)
            .where(_return.state.in_(sorted(states)), later, *_within(_return.management_code, scope))
            .order_by(_return.due_at, _return.number)
        )
        rows = await self._rows(chosen.limit(limit))
        return [ReturnView(unit_return=to_return(row), unit=_box(row)) for row in rows]

    async def charges_newest_first(
        self, scope: Scope, states: Collection[ProposalState], *, before: int = 0, limit: int = 100
    ) -> list[BilledCharge]:
        contract = tables.management_contract.c
        chosen = (
            select(charge_proposal, *_BOX, contract.label)
            .join(tables.unit, _unit.unit_id == _proposal.unit_id)
            .join(tables.management_contract, contract.management_code == _proposal.management_code)
            .where(_proposal.state.in_(sorted(states)), *_within(_proposal.management_code, scope))
            .order_by(_proposal.proposal.desc())
        )
        if before:
            chosen = chosen.where(_proposal.proposal < before)
        rows = await self._rows(chosen.limit(limit))
        return [BilledCharge(proposal=to_proposal(row), unit=_box(row), customer=row["label"]) for row in rows]

    async def charge_sums(self, scope: Scope, spans: Sequence[tuple[int, int]]) -> list[int]:
        if not spans:
            return []
        sums = [
            func.coalesce(
                func.sum(
                    case((and_(_proposal.decided_at >= one, _proposal.decided_at < end), _proposal.total), else_=0)
                ),
                0,
            )
            for one, end in spans
        ]
        chosen = select(*sums).where(
            _proposal.state == ProposalState.APPROVED.value, *_within(_proposal.management_code, scope)
        )
        async with self._engine.connect() as on:
            return [int(amount) for amount in (await on.execute(chosen)).one()]

    async def audit_newest_first(
        self, scope: Scope, chain: str, wanted: AuditFilter, *, before: int = 0, limit: int = 100
    ) -> list[AuditLine]:
        chosen = (
            select(audit_tables.audit)
            .where(_audit.chain == chain, *_within(_audit.management_code, scope), *_wanted(wanted))
            .order_by(_audit.number.desc())
            .limit(limit)
        )
        return await lines_in(self._engine, chosen.where(_audit.number < before) if before else chosen, scope)

    async def chain_rows(self, scope: Scope, chain: str, *, after: int = 0, limit: int = 100) -> list[ChainRow]:
        chosen = (
            select(audit_tables.audit)
            .where(_audit.chain == chain, _audit.number > after, *_within(_audit.management_code, scope))
            .order_by(_audit.number)
        )
        rows = await self._rows(chosen.limit(limit))
        return [
            ChainRow(
                chain=row["chain"],
                number=row["number"],
                at=row["at"],
                management_code=row["management_code"],
                record=row["record"].encode(),
                hash=row["hash"],
            )
            for row in rows
        ]

    async def chain_head(self, scope: Scope, chain: str) -> Head | None:
        chosen = select(audit_tables.audit_head).where(_head.chain == chain, *_within(_head.management_code, scope))
        rows = await self._rows(chosen)
        return Head(chain=chain, number=rows[0]["number"], hash=rows[0]["hash"]) if rows else None

    async def names_of(self, scope: Scope, master_ids: Collection[str]) -> dict[str, str]:
        chosen = select(_person.master_id, _person.name).where(
            _person.master_id.in_(sorted(master_ids)), _person.name != "", *_within(_person.management_code, scope)
        )
        return {row["master_id"]: row["name"] for row in await self._rows(chosen)}

    async def _counted(self, state: ColumnElement[Any], within: tuple[ColumnElement[bool], ...]) -> dict[str, int]:
        async with self._engine.connect() as on:
            rows = (await on.execute(select(state, func.count()).where(*within).group_by(state))).all()
        return {row[0]: row[1] for row in rows}

    async def _rows(self, chosen: Select[Any]) -> Sequence[RowMapping]:
        async with self._engine.connect() as on:
            rows: Sequence[RowMapping] = (await on.execute(chosen)).mappings().all()
        return rows


def _wanted(wanted: AuditFilter) -> Iterator[ColumnElement[bool]]:
    """A record is in its one encoding, its keys sorted: action, actor, after … stand at its head."""
    if wanted.since is not None:
        yield _audit.at >= wanted.since
    if wanted.before is not None:
        yield _audit.at < wanted.before
    if wanted.action is not None:
        yield _audit.record.like(f'{{"action":"{_plain(wanted.action)}","actor":"%', escape=_ESCAPE)
    if wanted.actor:
        yield _audit.record.like(f'{{"action":"%","actor":"{_plain(wanted.actor)}","after":%', escape=_ESCAPE)
    if wanted.subject:
        yield _audit.record.like(f'%,"subject":"{_plain(wanted.subject)}%', escape=_ESCAPE)


def _plain(text: str) -> str:
    """The text as a record has it, with nothing that LIKE would take for a joker."""
    written = json.dumps(text, ensure_ascii=False)[1:-1]
    return written.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _box(row: Any) -> Box:
    return Box(distribution_id=row["distribution_id"], model=row["model"], serial=row["serial"])
