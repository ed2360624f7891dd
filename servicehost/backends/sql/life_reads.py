"""`ports.life_reads.LifeReads` on SQLite."""

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncEngine

from servicehost.backends.sql import tables
from servicehost.backends.sql.rows import to_binding
from servicehost.domain.contract import Scope
from servicehost.ports.life_reads import BindingView

__all__ = ["SqlLifeReads"]

_unit = tables.unit.c
_binding = tables.binding.c
_HISTORY = (
    select(tables.binding, _unit.distribution_id)
    .join(tables.unit, _unit.unit_id == _binding.unit_id)
    .order_by(_binding.number)
)


class SqlLifeReads:
    """Every method is one snapshot."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def bindings_of_unit(
        self, scope: Scope, distribution_id: str, *, after: int = 0, limit: int = 100
    ) -> list[BindingView]:
        return await self._history(scope, _unit.distribution_id == distribution_id, after, limit)

    async def bindings_of_adapter(
        self, scope: Scope, service_code: str, *, after: int = 0, limit: int = 100
    ) -> list[BindingView]:
        return await self._history(scope, _binding.service_code == service_code, after, limit)

    async def _history(self, scope: Scope, whose: ColumnElement[bool], after: int, limit: int) -> list[BindingView]:
        chosen = _HISTORY.where(whose, _binding.number > after).limit(limit)
        if scope.management_code is not None:
            chosen = chosen.where(_binding.management_code == scope.management_code)
        async with self._engine.connect() as connection:
            rows = (await connection.execute(chosen)).mappings().all()
        return [BindingView(binding=to_binding(row), distribution_id=row["distribution_id"]) for row in rows]
