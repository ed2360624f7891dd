"""`ports.audit.AuditReads` on SQLite."""

from collections.abc import Mapping
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, RowMapping, Select, and_, func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from servicehost.backends.sealing import unseal
from servicehost.backends.sql import audit_tables
from servicehost.domain.audit import ERASED, Sealed, readable
from servicehost.domain.audit_check import Head
from servicehost.domain.contract import Scope
from servicehost.ports.audit import AuditLine

__all__ = ["KeyRow", "SqlAuditReads", "line_of", "lines_in"]

_audit = audit_tables.audit.c
_key = audit_tables.person_key.c


class KeyRow(msgspec.Struct, frozen=True, kw_only=True):
    """A key, gone or not, and to whom its person belongs."""

    key: bytes | None
    management_code: str | None


def line_of(row: Mapping[str, Any] | RowMapping, keys: Mapping[int, KeyRow], scope: Scope) -> AuditLine:
    """A row of `audit` with what its sealed values say to that scope."""
    personal: dict[str, str] = {}
    head = f"{row['chain']}/{row['number']}"

    def look(sealed: Sealed, place: str) -> str:
        kept = keys.get(sealed.key)
        text = None if kept is None or kept.key is None else unseal(kept.key, sealed.sealed, place)
        field = place.removeprefix(f"{head}/")
        # Where the provider's people sit is no business of a customer's.
        if field != "source" or (kept is not None and scope.sees(kept.management_code)):
            personal[field] = ERASED if text is None else text
        return ""

    readable(msgspec.json.decode(row["record"]), head, look)
    record = msgspec.Raw(row["record"].encode())
    return AuditLine(chain=row["chain"], number=row["number"], record=record, hash=row["hash"], personal=personal)


def _keys_in(record: Any) -> set[int]:
    found: set[int] = set()

    def note(sealed: Sealed, _: str) -> str:
        found.add(sealed.key)
        return ""

    readable(record, "", note)
    return found


def _within(column: ColumnElement[Any], scope: Scope) -> tuple[ColumnElement[bool], ...]:
    return () if scope.management_code is None else (column == scope.management_code,)


async def lines_in(engine: AsyncEngine, chosen: Select[Any], scope: Scope) -> list[AuditLine]:
    """The chosen rows of `audit`, in their order, and the keys of their values, in one snapshot."""
    async with engine.connect() as on:
        await on.exec_driver_sql("BEGIN")  # one snapshot; the driver begins nothing of its own accord for reads
        rows = (await on.execute(chosen)).mappings().all()
        wanted = {key for row in rows for key in _keys_in(msgspec.json.decode(row["record"]))}
        kept = select(_key.key_number, _key.key, _key.management_code).where(_key.key_number.in_(wanted))
        keys = {one[0]: KeyRow(key=one[1], management_code=one[2]) for one in (await on.execute(kept)).all()}
    return [line_of(row, keys, scope) for row in rows]


class SqlAuditReads:
    """Every method is one snapshot."""

    _engine: AsyncEngine

    async def audit(self, scope: Scope, chain: str, *, after: int = 0, limit: int = 100) -> list[AuditLine]:
        chosen = (
            select(audit_tables.audit)
            .where(_audit.chain == chain, _audit.number > after, *_within(_audit.management_code, scope))
            .order_by(_audit.number)
            .limit(limit)
        )
        return await lines_in(self._engine, chosen, scope)

    async def audit_heads(self, scope: Scope, since: int, before: int) -> list[Head]:
        lively = select(_audit.chain).where(_audit.at >= since, _audit.at < before).distinct()
        newest = (
            select(_audit.chain, func.max(_audit.number).label("number"))
            .where(_audit.at < before, _audit.chain.in_(lively), *_within(_audit.management_code, scope))
            .group_by(_audit.chain)
            .subquery()
        )
        same = and_(newest.c.chain == _audit.chain, newest.c.number == _audit.number)
        chosen = select(_audit.chain, _audit.number, _audit.hash).join(newest, same).order_by(_audit.chain)
        async with self._engine.connect() as on:
            rows = (await on.execute(chosen)).all()
        return [Head(chain=row[0], number=row[1], hash=row[2]) for row in rows]

    async def audit_begins(self, scope: Scope) -> int | None:
        chosen = select(func.min(_audit.at)).where(*_within(_audit.management_code, scope))
        async with self._engine.connect() as on:
            begins: int | None = (await on.execute(chosen)).scalar()
        return begins
