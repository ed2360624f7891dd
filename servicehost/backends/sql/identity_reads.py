"""`ports.reads.Reads`: fences, certificates and the connection log."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from servicehost.backends.sql import tables
from servicehost.backends.sql.attempts import to_attempt, wanted_attempts
from servicehost.backends.sql.revocations import to_certificate
from servicehost.backends.sql.rows import PUSH_COLUMNS, to_push
from servicehost.domain.attempt import Attempt
from servicehost.domain.certificate_standing import Certificate
from servicehost.domain.contract import Scope
from servicehost.domain.push import Push
from servicehost.ports.attempts import AttemptsWanted
from servicehost.ports.fences import FenceChange

__all__ = ["SqlIdentityReads", "newest_attempts", "newest_pushes"]

_change = tables.fence_change.c
_certificate = tables.certificate.c
_attempt = tables.attempt.c
_push = tables.push.c


async def newest_pushes(connection: AsyncConnection, service_codes: Sequence[str]) -> dict[str, Push]:
    """The newest push of each adapter that has one."""
    newest = select(func.max(_push.push)).where(_push.service_code.in_(service_codes)).group_by(_push.service_code)
    rows = (await connection.execute(select(*PUSH_COLUMNS).where(_push.push.in_(newest)))).all()
    return {row.service_code: to_push(row) for row in rows}


async def newest_attempts(connection: AsyncConnection, unit_ids: Sequence[int], scope: Scope) -> dict[int, Attempt]:
    """The newest row of each unit that has one: one step down an index for each."""
    later = tables.attempt.alias("later")
    newest = (
        select(later.c.attempt)
        .where(later.c.unit_id == tables.unit.c.unit_id)
        .order_by(later.c.attempt.desc())
        .limit(1)
        .correlate(tables.unit)
        .scalar_subquery()
    )
    chosen = (
        select(tables.attempt)
        .select_from(tables.unit)
        .join(tables.attempt, _attempt.attempt == newest)
        .where(tables.unit.c.unit_id.in_(unit_ids), *_within(_attempt.management_code, scope))
    )
    rows = (await connection.execute(chosen)).mappings()
    return {row["unit_id"]: to_attempt(row) for row in rows}


def _within(column: ColumnElement[Any], scope: Scope) -> tuple[ColumnElement[bool], ...]:
    return () if scope.management_code is None else (column == scope.management_code,)


class SqlIdentityReads:
    """Every method is one snapshot."""

    async def _all(self, chosen: Select[Any]) -> Sequence[RowMapping]:
        raise NotImplementedError

    async def fence_changes_after(self, number: int, limit: int) -> list[FenceChange]:
        chosen = select(tables.fence_change).where(_change.change > number).order_by(_change.change).limit(limit)
        return [
            FenceChange(
                change=row["change"],
                unit_id=row["unit_id"],
                below_epoch=row["below_epoch"],
                code=row["code"],
                at=row["at"],
            )
            for row in await self._all(chosen)
        ]

    async def last_fence_change(self) -> int:
        newest = await self._all(select(_change.change).order_by(_change.change.desc()).limit(1))
        return int(newest[0]["change"]) if newest else 0

    async def certificates(self, scope: Scope, distribution_id: str) -> list[Certificate]:
        chosen = (
            select(tables.certificate)
            .join(tables.unit, tables.unit.c.unit_id == _certificate.unit_id)
            .where(tables.unit.c.distribution_id == distribution_id)
            .order_by(_certificate.issued_at, _certificate.fingerprint)
        )
        chosen = chosen.where(*_within(_certificate.management_code, scope))
        return [to_certificate(row) for row in await self._all(chosen)]

    async def attempts(self, scope: Scope, wanted: AttemptsWanted) -> list[Attempt]:
        chosen = wanted_attempts(wanted).where(*_within(_attempt.management_code, scope))
        return [to_attempt(row) for row in await self._all(chosen)]
