"""`ports.rights.RightReads` on SQLite."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from servicehost.backends.sql import tables
from servicehost.backends.sql.right_rows import made_records, questions, to_location
from servicehost.backends.sql.right_tables import declared_location
from servicehost.domain.contract import Scope
from servicehost.domain.declared_location import DeclaredLocation
from servicehost.domain.standing import RightRecord

__all__ = ["SqlRightReads"]

_declared = declared_location.c


class SqlRightReads:
    """Every method is one snapshot."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def right_records(self, scope: Scope, service_codes: Collection[str]) -> dict[str, RightRecord]:
        tenant = scope.management_code
        within = () if tenant is None else (tables.adapter.c.management_code == tenant,)
        async with self._engine.connect() as on:
            await on.exec_driver_sql("BEGIN")  # one snapshot; the driver begins nothing of its own accord for reads
            return made_records([(await on.execute(one)).mappings().all() for one in questions(service_codes, within)])

    async def declared_locations(
        self, scope: Scope, service_code: str, *, after: int = 0, limit: int = 100
    ) -> list[DeclaredLocation]:
        chosen = select(declared_location).where(_declared.service_code == service_code, _declared.number > after)
        if scope.management_code is not None:
            chosen = chosen.where(_declared.management_code == scope.management_code)
        async with self._engine.connect() as on:
            rows = (await on.execute(chosen.order_by(_declared.number).limit(limit))).mappings().all()
        return [to_location(row) for row in rows]
