"""`ports.areas.AreaReads` on SQLite."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncEngine

from servicehost.backends.sql import case_tables
from servicehost.backends.sql.area_rows import to_area, to_area_proposal
from servicehost.backends.sql.area_tables import area_proposal, closed_area
from servicehost.backends.sql.right_tables import declared_location
from servicehost.domain.area_proposal import AreaProposal, AreaProposalState
from servicehost.domain.closed_area import ClosedArea
from servicehost.domain.contract import Scope
from servicehost.domain.fault import FaultPhase
from servicehost.ports.areas import AreaFaults

__all__ = ["SqlAreaReads"]

_area = closed_area.c
_proposal = area_proposal.c
_fault = case_tables.fault.c
_declared = declared_location.c


class SqlAreaReads:
    """Every method is one snapshot."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def closed_areas(self, *, after: int = 0, limit: int = 100, now: int | None = None) -> list[ClosedArea]:
        chosen = select(closed_area).where(_area.number > after)
        if now is not None:
            chosen = chosen.where(_area.closed_at <= now, *(or_(at.is_(None), at > now) for at in _ends()))
        rows = await self._rows(chosen.order_by(_area.number).limit(limit))
        return [to_area(row) for row in rows]

    async def area_proposals(
        self,
        scope: Scope,
        *,
        area: int | None = None,
        states: Collection[AreaProposalState] = (),
        after: int = 0,
        limit: int = 100,
    ) -> list[AreaProposal]:
        chosen = select(area_proposal).where(_proposal.number > after)
        if scope.management_code is not None:
            chosen = chosen.where(_proposal.management_code == scope.management_code)
        if area is not None:
            chosen = chosen.where(_proposal.area == area)
        if states:
            chosen = chosen.where(_proposal.state.in_([state.value for state in states]))
        rows = await self._rows(chosen.order_by(_proposal.number).limit(limit))
        return [to_area_proposal(row) for row in rows]

    async def area_faults(self, scope: Scope) -> list[AreaFaults]:
        applied = select(func.max(_declared.number)).where(_declared.applied_at.is_not(None))
        counted = func.count()
        chosen = (
            select(_declared.municipality, counted, func.count(_fault.management_code.distinct()))
            .join(case_tables.fault, _fault.service_code == _declared.service_code)
            .where(_declared.number.in_(applied.group_by(_declared.service_code)))
            .where(_declared.municipality.is_not(None), _fault.phase != FaultPhase.CLOSED.value)
            .group_by(_declared.municipality)
            .order_by(counted.desc(), _declared.municipality)
        )
        if scope.management_code is not None:
            chosen = chosen.where(_fault.management_code == scope.management_code)
        async with self._engine.connect() as on:
            rows = (await on.execute(chosen)).all()
        return [AreaFaults(municipality=code, faults=faults, contracts=contracts) for code, faults, contracts in rows]

    async def _rows(self, chosen: Select[Any]) -> Any:
        async with self._engine.connect() as on:
            return (await on.execute(chosen)).mappings().all()


def _ends() -> tuple[Any, Any]:
    return _area.until, _area.ended_at
