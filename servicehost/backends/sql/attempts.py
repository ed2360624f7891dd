"""The connection log."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, Select, delete, func, insert, or_, select

from servicehost.backends.sql import tables
from servicehost.backends.sql.prepared import ByKeys, Many
from servicehost.backends.sql.rows import Scoped
from servicehost.domain.attempt import Attempt, AttemptOutcome
from servicehost.ports.attempts import AttemptsWanted

__all__ = ["Attempts", "to_attempt", "wanted_attempts"]

_row = tables.attempt.c
_unit = tables.unit.c
_COLUMNS = [column.name for column in _row if column.name != "attempt"]
_ADD_MANY = Many(insert(tables.attempt), _COLUMNS)
_OWNERS = ByKeys(
    select(_unit.distribution_id, _unit.unit_id, _unit.management_code), (_unit.distribution_id,), _unit.management_code
)


class Attempts(Scoped):
    """Table `attempt`."""

    def add_attempts(self, attempts: Sequence[Attempt]) -> None:
        if attempts:
            self._own([one.management_code for one in attempts])
            _ADD_MANY.run(self._on, [_as_row(one) for one in attempts])

    def owners(self, distribution_ids: Collection[str]) -> dict[str, tuple[int, str | None]]:
        return {name: (unit_id, tenant) for name, unit_id, tenant in self._by_keys(_OWNERS, distribution_ids)}

    def last_attempt(self) -> int:
        chosen = select(func.max(_row.attempt)).where(*self._within(_row.management_code))
        return self._on.execute(chosen).scalar() or 0

    def prune_attempts(self, after: int, limit: int, *, of_unit: int, of_strangers: int) -> int:
        if self._scope.management_code is not None:
            return after  # the log's bounds are the host's, no tenant's
        seen = select(_row.attempt, _row.unit_id).where(_row.attempt > after).order_by(_row.attempt).limit(limit)
        rows = self._on.execute(seen).all()
        for unit_id in {row[1] for row in rows}:
            whose = _row.unit_id.is_(None) if unit_id is None else _row.unit_id == unit_id
            self._keep(whose, of_strangers if unit_id is None else of_unit)
        return int(rows[-1][0]) if rows else after

    def _keep(self, whose: ColumnElement[bool], newest: int) -> None:
        first_too_old = select(_row.attempt).where(whose).order_by(_row.attempt.desc()).limit(1).offset(newest)
        self._on.execute(delete(tables.attempt).where(whose, _row.attempt <= first_too_old.scalar_subquery()))


def _as_row(one: Attempt) -> dict[str, Any]:
    return {
        "management_code": one.management_code,
        "unit_id": one.unit_id,
        "distribution_id": one.distribution_id,
        "at": one.at,
        "host": one.host,
        "remote_address": one.remote_address,
        "certificate": one.certificate,
        "tls_version": one.tls_version,
        "outcome": one.outcome.value,
        "reason": one.reason,
        "detail": one.detail,
    }


def wanted_attempts(wanted: AttemptsWanted) -> Select[Any]:
    """The rows that fit, in the order asked for; the scope is the caller's to add."""
    chosen = select(tables.attempt).limit(wanted.limit)
    for column, value in (
        (_row.distribution_id, wanted.distribution_id),
        (_row.outcome, wanted.outcome),
        (_row.reason, wanted.reason),
    ):
        if value is not None:
            chosen = chosen.where(column == value)
    if wanted.address is not None:
        chosen = chosen.where(_from(wanted.address))
    if wanted.since is not None:
        chosen = chosen.where(_row.at >= wanted.since)
    if not wanted.newest_first:
        return chosen.where(_row.attempt > wanted.after).order_by(_row.attempt)
    if wanted.after:
        chosen = chosen.where(_row.attempt < wanted.after)
    return chosen.order_by(_row.attempt.desc())


def _from(address: str) -> ColumnElement[bool]:
    """An address with its port, or from whatever port."""
    with_port = (f"{address}:", f"[{address}]:")
    return or_(
        _row.remote_address == address, *(_row.remote_address.startswith(one, autoescape=True) for one in with_port)
    )


def to_attempt(row: RowMapping) -> Attempt:
    """A row of `attempt`."""
    return Attempt(
        attempt=row["attempt"],
        at=row["at"],
        host=row["host"],
        remote_address=row["remote_address"],
        outcome=AttemptOutcome(row["outcome"]),
        reason=row["reason"],
        unit_id=row["unit_id"],
        management_code=row["management_code"],
        distribution_id=row["distribution_id"],
        certificate=row["certificate"],
        tls_version=row["tls_version"],
        detail=row["detail"],
    )
