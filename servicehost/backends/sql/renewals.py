"""Wishes for younger certificates."""

from collections.abc import Collection

from sqlalchemy import update

from servicehost.backends.sql import tables
from servicehost.backends.sql.rows import Scoped

__all__ = ["Renewals"]

_unit = tables.unit.c
_AT_ONCE = 500


class Renewals(Scoped):
    """`ports.renewals.Renewals`: two columns of `unit`, which its place is read with."""

    def ask_renewals(self, unit_ids: Collection[int], reason: str, at: int) -> None:
        units = list(unit_ids)
        for begin in range(0, len(units), _AT_ONCE):
            these = _unit.unit_id.in_(units[begin : begin + _AT_ONCE])
            wished = update(tables.unit).where(these, *self._within(_unit.management_code))
            self._on.execute(wished.values(renew_asked_at=at, renew_reason=reason))
