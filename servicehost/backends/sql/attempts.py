"""The connection log."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, ScalarSelect, Select, bindparam, delete, func, insert, or_, select

from servicehost.backends.sql import tables
from servicehost.backends.sql.prepared import ByKeys, Many
from servicehost.backends.sql.rows import Scoped, as_text
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


def _first_too_old(whose: ColumnElement[bool]) -> ScalarSelect[int]:
    """Of somebody's rows the newest that is not kept, or NULL."""
    newest_first = select(_other.attempt).where(whose).order_by(_other.attempt.desc())
    return newest_first.limit(1).offset(bindparam("newest")).scalar_subquery()


_other = tables.attempt.alias("newer").c
_old = tables.attempt.alias("old").c
_named = func.json_each(bindparam("units")).table_valued("value", name="named")
_PRUNE_STRANGERS = delete(tables.attempt).where(
    _row.unit_id.is_(None), _row.attempt <= _first_too_old(_other.unit_id.is_(None))
)
# From the units to their rows: a unit in its bounds, as nearly every one is, costs a few steps in an index.
_PRUNE_UNITS = delete(tables.attempt).where(
    _row.attempt.in_(
        select(_old.attempt).where(
            _old.unit_id == _named.c.value,
            _old.attempt <= _first_too_old(_other.unit_id == _named.c.value).correlate(_named),
        )
    )
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
        units = {row[1] for row in rows}
        if None in units:
            self._on.execute(_PRUNE_STRANGERS, {"newest": of_strangers})
        if known := units - {None}:
            self._on.execute(_PRUNE_UNITS, {"newest": of_unit, "units": as_text(sorted(known))})
        return int(rows[-1][0]) if rows else after


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
