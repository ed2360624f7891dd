"""Wishes for younger certificates."""

from collections.abc import Collection

from sqlalchemy import select, update

from servicehost.backends.sql import tables
from servicehost.backends.sql.prepared import ByKeys
from servicehost.backends.sql.rows import Scoped
from servicehost.ports.renewals import RenewalWish

__all__ = ["Renewals"]

_unit = tables.unit.c
_certificate = tables.certificate.c
_AT_ONCE = 500
_WISHES = ByKeys(
    select(_unit.unit_id, _unit.renew_asked_at, _unit.renew_reason).where(_unit.renew_asked_at.is_not(None)),
    (_unit.unit_id,),
    _unit.management_code,
)
_ISSUED = ByKeys(
    select(_certificate.fingerprint, _certificate.issued_at), (_certificate.fingerprint,), _certificate.management_code
)


class Renewals(Scoped):
    """`ports.renewals.Renewals`: two columns of `unit`, and a look at `certificate`."""

    def ask_renewals(self, unit_ids: Collection[int], reason: str, at: int) -> None:
        units = list(unit_ids)
        for begin in range(0, len(units), _AT_ONCE):
            these = _unit.unit_id.in_(units[begin : begin + _AT_ONCE])
            wished = update(tables.unit).where(these, *self._within(_unit.management_code))
            self._on.execute(wished.values(renew_asked_at=at, renew_reason=reason))

    def renewal_wishes(self, unit_ids: Collection[int]) -> dict[int, RenewalWish]:
        rows = self._by_keys(_WISHES, unit_ids)
        return {unit: RenewalWish(asked_at=asked_at, reason=reason or "asked") for unit, asked_at, reason in rows}

    def issued_at(self, fingerprints: Collection[str]) -> dict[str, int]:
        return dict(self._by_keys(_ISSUED, fingerprints))
