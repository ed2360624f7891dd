"""`ports.concerns.ConcernReads` on SQLite."""

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from servicehost.backends.sql import tables
from servicehost.domain.contract import Scope
from servicehost.domain.enrolment_request import RequestState
from servicehost.ports.concerns import Concerns

__all__ = ["SqlConcernReads"]

_unit = tables.unit.c
_request = tables.enrolment_request.c


class SqlConcernReads:
    """Every method is one snapshot."""

    _engine: AsyncEngine

    async def concerns(self, scope: Scope) -> Concerns:
        held = select(func.count()).select_from(tables.unit).where(_unit.held_at.is_not(None))
        asking = select(func.count()).select_from(tables.enrolment_request)
        asking = asking.where(_request.state == RequestState.PENDING.value)
        if scope.management_code is not None:
            held = held.where(_unit.management_code == scope.management_code)
            asking = asking.where(_request.management_code == scope.management_code)
        both = select(held.scalar_subquery(), asking.scalar_subquery())
        async with self._engine.connect() as connection:
            held_units, requests = (await connection.execute(both)).one()
        return Concerns(held_units=held_units, enrolment_requests=requests)
