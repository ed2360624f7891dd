"""Certificates, as they are shown and revoked; and what keeps a unit out as a whole."""

from collections.abc import Collection, Sequence
from typing import Any

import msgspec
from sqlalchemy import RowMapping, insert, select, update

from servicehost.backends.sql import tables
from servicehost.backends.sql.prepared import ByKeys
from servicehost.backends.sql.rows import Scoped, as_text
from servicehost.domain.certificate_standing import Certificate

__all__ = ["Holds", "Revocations", "to_certificate"]

_certificate = tables.certificate.c
_unit = tables.unit.c
_session = tables.session.c
_FIELDS = Certificate.__struct_fields__
_SHOWN = ByKeys(
    select(*(_certificate[name] for name in _FIELDS)), (_certificate.fingerprint,), _certificate.management_code
)


class Revocations(Scoped):
    """Table `certificate`, from its issue on."""

    def certificates_shown(self, fingerprints: Collection[str]) -> dict[str, Certificate]:
        return {row[0]: Certificate(**dict(zip(_FIELDS, row, strict=True))) for row in self._shown(fingerprints)}

    def _shown(self, fingerprints: Collection[str]) -> list[tuple[Any, ...]]:
        return self._by_keys(_SHOWN, fingerprints)

    def certificates_of(self, unit_id: int) -> list[Certificate]:
        return self._certificates(_certificate.unit_id == unit_id)

    def certificates_numbered(self, serial_number: str) -> list[Certificate]:
        return self._certificates(_certificate.serial_number == serial_number)

    def _certificates(self, *conditions: Any) -> list[Certificate]:
        chosen = select(tables.certificate).where(*conditions, *self._within(_certificate.management_code))
        rows = self._on.execute(chosen.order_by(_certificate.issued_at, _certificate.fingerprint)).mappings()
        return [to_certificate(row) for row in rows]

    def revoke_certificates(self, fingerprints: Collection[str], at: int, reason: str) -> int:
        chosen = update(tables.certificate).where(
            _certificate.fingerprint.in_(list(fingerprints)),
            _certificate.revoked_at.is_(None),
            *self._within(_certificate.management_code),
        )
        return self._on.execute(chosen.values(revoked_at=at, revoked_reason=reason)).rowcount

    def add_revoked(self, unit_id: int, fingerprint: str, at: int, reason: str) -> None:
        seen = select(_session.management_code).where(
            _session.unit_id == unit_id, *self._within(_session.management_code)
        )
        owner = self._on.execute(seen).first()
        recorded = select(_certificate.fingerprint).where(_certificate.fingerprint == fingerprint)
        if owner is None or self._on.execute(recorded).first() is not None:
            return
        row = {"fingerprint": fingerprint, "management_code": owner[0], "unit_id": unit_id, "serial_number": ""}
        row |= {"issued_at": at, "not_after": at, "way": "unknown", "revoked_at": at, "revoked_reason": reason}
        self._on.execute(insert(tables.certificate).values(row))

    def certificates_used(self, uses: Sequence[tuple[int, str, int]]) -> None:
        for unit_id, fingerprint, at in uses:
            within = self._within(_certificate.management_code)
            this = _certificate.fingerprint == fingerprint
            issued_at = select(_certificate.issued_at).where(this).scalar_subquery()
            self._on.execute(
                update(tables.certificate)
                .where(_certificate.unit_id == unit_id, ~this, _certificate.issued_at <= issued_at)
                .where(_certificate.superseded_at.is_(None), *within)
                .values(superseded_at=at)
            )
            first = update(tables.certificate).where(this, _certificate.first_used_at.is_(None), *within)
            self._on.execute(first.values(first_used_at=at))

    def session_certificate(self, unit_id: int) -> str | None:
        chosen = select(_session.certificate).where(
            _session.unit_id == unit_id, *self._within(_session.management_code)
        )
        fingerprint: str | None = self._on.execute(chosen).scalar()
        return fingerprint


class Holds(Scoped):
    """The columns of `unit` that keep it out."""

    def hold_units(self, unit_ids: Collection[int], at: int) -> None:
        if unit_ids:
            chosen = update(tables.unit).where(_unit.unit_id.in_(list(unit_ids)), _unit.held_at.is_(None))
            self._on.execute(chosen.where(*self._within(_unit.management_code)).values(held_at=at))

    def release_unit(self, unit_id: int) -> bool:
        chosen = update(tables.unit).where(_unit.unit_id == unit_id, _unit.held_at.is_not(None))
        released = self._on.execute(chosen.where(*self._within(_unit.management_code)).values(held_at=None)).rowcount
        if released:
            self._on.execute(update(tables.session).where(_session.unit_id == unit_id).values(takeovers=None))
        return bool(released)

    def move_unit(self, unit_id: int, hosts: Sequence[str]) -> tuple[str, ...] | None:
        this = (_unit.unit_id == unit_id, *self._within(_unit.management_code))
        row = self._on.execute(select(_unit.moved_to).where(*this)).first()
        to = as_text(list(hosts)) if hosts else None
        if row is None or row[0] == to:
            return None
        self._on.execute(update(tables.unit).where(*this).values(moved_to=to))
        return tuple(msgspec.json.decode(row[0])) if row[0] else ()


def to_certificate(row: RowMapping) -> Certificate:
    """A row of `certificate`."""
    return Certificate(**{name: row[name] for name in _FIELDS})
