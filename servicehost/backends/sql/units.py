"""Units, their enrolments and certificates, adapters and the bindings between them."""

from collections.abc import Collection
from typing import Final

import msgspec
from sqlalchemy import ColumnElement, case, insert, literal_column, select, update
from sqlalchemy.exc import IntegrityError

from servicehost.backends.sql import tables
from servicehost.backends.sql.case_tables import boot
from servicehost.backends.sql.lives import UNUSED_SESSION, unit_row
from servicehost.backends.sql.numbers import take_numbers
from servicehost.backends.sql.prepared import ByKeys
from servicehost.backends.sql.rows import Scoped, to_binding, to_unit
from servicehost.domain.errors import Conflict, NotFound
from servicehost.domain.life import LifeSaid, next_life
from servicehost.domain.unit import Adapter, Binding, Life, Unit
from servicehost.ports.enrolments import Particulars
from servicehost.ports.token_rows import EnrolmentRow

__all__ = ["Adapters", "OfUnits", "Units"]

_unit = tables.unit.c
_enrolment = tables.enrolment.c
_adapter = tables.adapter.c
_binding = tables.binding.c
# SQLite keeps a truth as a number, and a struct wants true or false.
_TRUTHS = {
    name: case((_adapter[name], literal_column("'true'")), else_=literal_column("'false'")).label(name)
    for name in ("option", "mobile")
}
_AS_FIELDS = [_TRUTHS.get(name, _adapter[name]) for name in Adapter.__struct_fields__]
_adapters: Final = msgspec.json.Decoder(list[Adapter])
_ADAPTERS = ByKeys(
    select(*_AS_FIELDS).order_by(_adapter.service_code),
    (_adapter.service_code,),
    _adapter.management_code,
    json=list(_TRUTHS),
)
_UNITS_OF = ByKeys(
    select(_binding.service_code, _binding.unit_id).where(_binding.unbound_at.is_(None)),
    (_binding.service_code,),
    _binding.management_code,
)


class OfUnits(Scoped):
    """What belongs to a unit belongs to whom the unit belongs."""

    def _contract_of(self, unit_id: int) -> str | None:
        chosen = select(_unit.management_code).where(_unit.unit_id == unit_id, *self._within(_unit.management_code))
        row = self._on.execute(chosen).first()
        if row is None:
            raise NotFound("no_unit", "No such unit")
        return row[0]  # type: ignore[no-any-return]  # a column of one row is untyped


class Units(OfUnits):
    """Tables `unit`, `enrolment`, `certificate`, and the empty `session` row every unit is born with."""

    def add_unit(self, unit: Unit) -> Unit:
        self._own([None])
        added = insert(tables.unit).values(unit_row(unit)).returning(_unit.unit_id)
        try:
            with self._on.begin_nested():
                unit_id = self._on.execute(added).scalar_one()
        except IntegrityError as error:
            text = f"A unit {unit.model}-{unit.serial} or {unit.distribution_id} is registered already"
            raise Conflict("unit_exists", text) from error
        self._on.execute(insert(tables.session).values(unit_id=unit_id, **UNUSED_SESSION))
        return msgspec.structs.replace(unit, unit_id=unit_id, life_since=unit.registered_at)

    def unit(self, distribution_id: str) -> Unit | None:
        chosen = select(tables.unit).where(
            _unit.distribution_id == distribution_id, *self._within(_unit.management_code)
        )
        row = self._on.execute(chosen).mappings().first()
        return None if row is None else to_unit(row)

    def units_by_id(self, unit_ids: Collection[int]) -> dict[int, Unit]:
        chosen = select(tables.unit).where(_unit.unit_id.in_(list(unit_ids)), *self._within(_unit.management_code))
        return {row["unit_id"]: to_unit(row) for row in self._on.execute(chosen).mappings()}

    def set_unit_terms(self, unit: Unit) -> None:
        self._on.execute(
            update(tables.unit)
            .where(_unit.unit_id == unit.unit_id, *self._within(_unit.management_code))
            .values(ownership=unit.ownership.value, channel=unit.channel.value)
        )

    def add_enrolment(self, row: EnrolmentRow) -> None:
        self._on.execute(
            insert(tables.enrolment).values(
                token_hash=row.token_hash,
                management_code=self._contract_of(row.unit_id),
                unit_id=row.unit_id,
                created_at=row.created_at,
                expires_at=row.expires_at,
                used_at=row.used_at,
            )
        )

    def enrolment(self, token_hash: str) -> EnrolmentRow | None:
        chosen = (
            select(tables.enrolment, _unit.distribution_id)
            .join(tables.unit, _unit.unit_id == _enrolment.unit_id)
            .where(_enrolment.token_hash == token_hash, *self._within(_unit.management_code))
        )
        row = self._on.execute(chosen).mappings().first()
        if row is None:
            return None
        return EnrolmentRow(
            token_hash=row["token_hash"],
            unit_id=row["unit_id"],
            distribution_id=row["distribution_id"],
            created_at=row["created_at"],
            expires_at=row["expires_at"],
            used_at=row["used_at"],
            key_fingerprint=row["key_fingerprint"],
            certificate=row["certificate"],
        )

    def use_enrolment(
        self, token_hash: str, used_at: int, key_fingerprint: str | None = None, certificate: str | None = None
    ) -> bool:
        spent = (
            update(tables.enrolment)
            .where(
                _enrolment.token_hash == token_hash,
                _enrolment.used_at.is_(None),
                *self._within(_enrolment.management_code),
            )
            .values(used_at=used_at, key_fingerprint=key_fingerprint, certificate=certificate)
        )
        return self._on.execute(spent).rowcount == 1

    def add_certificate(
        self, unit_id: int, fingerprint: str, serial_number: str, not_after: int, at: int, *, particulars: Particulars
    ) -> None:
        self._on.execute(
            insert(tables.certificate).values(
                fingerprint=fingerprint,
                management_code=self._contract_of(unit_id),
                unit_id=unit_id,
                serial_number=serial_number,
                issued_at=at,
                not_after=not_after,
                not_before=particulars.not_before,
                anchor=particulars.anchor,
                key_fingerprint=particulars.key_fingerprint,
                way=particulars.way.value,
                pem=particulars.pem,
            )
        )


class Adapters(OfUnits):
    """Tables `adapter` and `binding`."""

    def add_adapter(self, adapter: Adapter) -> None:
        self._own([adapter.management_code])
        taken = select(_adapter.service_code).where(_adapter.service_code == adapter.service_code)
        if self._on.execute(taken).first() is not None:
            raise Conflict("adapter_exists", f"There is an adapter {adapter.service_code} already")
        self._not_ordered_before(adapter.brought_in)
        self._on.execute(
            insert(tables.adapter).values(
                service_code=adapter.service_code,
                management_code=adapter.management_code,
                memo=adapter.memo,
                created_at=adapter.created_at,
                item=adapter.item.value,
                option=adapter.option,
                declared_location=adapter.declared_location,
                coverage=adapter.coverage,
                out_of_service_at=adapter.out_of_service_at,
                site_name=adapter.site_name,
                brought_in=adapter.brought_in,
                mobile=adapter.mobile,
                option_ends_at=adapter.option_ends_at,
                end_carried_at=adapter.end_carried_at,
            )
        )

    def _not_ordered_before(self, brought_in: str | None) -> None:
        """One box serves one adapter, also one that the customer brings. Whose the other is is nobody's to know."""
        if brought_in is None:
            return
        if self._on.execute(select(_adapter.service_code).where(_adapter.brought_in == brought_in)).first() is not None:
            raise Conflict("unit_ordered_already", f"{brought_in} is on record as brought in for another adapter")

    def set_adapter_terms(self, adapter: Adapter) -> None:
        """An end that was set for an option goes with the option."""
        ends_at = _adapter.option_ends_at if adapter.option else None
        self._on.execute(
            update(tables.adapter)
            .where(_adapter.service_code == adapter.service_code, *self._within(_adapter.management_code))
            .values(
                item=adapter.item.value,
                option=adapter.option,
                declared_location=adapter.declared_location,
                coverage=adapter.coverage,
                option_ends_at=ends_at,
                mobile=adapter.mobile,
            )
        )

    def adapters(self, service_codes: Collection[str]) -> list[Adapter]:
        return _ADAPTERS.structs(self._on, service_codes, _adapters, tenant=self._scope.management_code)

    def binding_of_adapter(self, service_code: str) -> Binding | None:
        return self._binding(_binding.service_code == service_code)

    def binding_of_unit(self, unit_id: int) -> Binding | None:
        return self._binding(_binding.unit_id == unit_id)

    def _binding(self, whose: ColumnElement[bool]) -> Binding | None:
        chosen = select(tables.binding).where(
            whose, _binding.unbound_at.is_(None), *self._within(_binding.management_code)
        )
        row = self._on.execute(chosen).mappings().first()
        return None if row is None else to_binding(row)

    def bind(self, binding: Binding) -> Binding:
        self._own([binding.management_code])
        self._contract_of(binding.unit_id)
        if [found.management_code for found in self.adapters([binding.service_code])] != [binding.management_code]:
            raise NotFound("no_adapter", "No such adapter in this management contract")
        (number,) = take_numbers(self._on, "binding", "number", 1)
        fields = {name: getattr(binding, name) for name in binding.__struct_fields__} | {"number": number}
        try:
            with self._on.begin_nested():
                self._on.execute(insert(tables.binding).values(fields))
        except IntegrityError as error:
            raise Conflict(
                "bound_already", "The adapter has a unit already, or the unit serves another adapter"
            ) from error
        self._said(binding.unit_id, LifeSaid.BOUND, binding.bound_at, binding.reason)
        self._belongs_to(binding.unit_id, binding.management_code, number)
        return Binding(**fields)

    def unbind(self, number: int, at: int, reason: str = "", *, replaced: bool = False) -> None:
        ended = (
            update(tables.binding)
            .where(_binding.number == number, _binding.unbound_at.is_(None), *self._within(_binding.management_code))
            .values(unbound_at=at, unbound_reason=reason)
            .returning(_binding.unit_id)
        )
        row = self._on.execute(ended).first()
        if row is not None:
            self._said(row[0], LifeSaid.REPLACED if replaced else LifeSaid.UNBOUND, at, reason)
            self._belongs_to(row[0], None, None)

    def _said(self, unit_id: int, said: LifeSaid, at: int, reason: str) -> None:
        """A binding moves its unit's life. Raises Conflict with a `LifeRefusal`."""
        standing = self._on.execute(select(_unit.life).where(_unit.unit_id == unit_id)).scalar_one()
        life = next_life(Life(standing), said)
        if life is not None:
            changed = update(tables.unit).where(_unit.unit_id == unit_id)
            self._on.execute(changed.values(life=life.value, life_since=at, life_reason=reason))

    def _belongs_to(self, unit_id: int, management_code: str | None, number: int | None) -> None:
        """The unit, its session and its papers go with the contract it serves."""
        for table in (
            tables.unit,
            tables.enrolment,
            tables.enrolment_request,
            tables.certificate,
            tables.fence_change,
            tables.unit_event,
            boot,
        ):
            self._on.execute(update(table).where(table.c.unit_id == unit_id).values(management_code=management_code))
        session = update(tables.session).where(tables.session.c.unit_id == unit_id)
        self._on.execute(session.values(management_code=management_code, binding=number))

    def units_of(self, service_codes: Collection[str]) -> dict[str, int]:
        return dict(self._by_keys(_UNITS_OF, service_codes))
