"""Units, their enrolments and certificates, adapters and the bindings between them."""

from collections.abc import Collection
from typing import Final

import msgspec
from sqlalchemy import ColumnElement, case, insert, literal_column, select, update
from sqlalchemy.exc import IntegrityError

from servicehost.backends.sql import tables
from servicehost.backends.sql.case_tables import boot
from servicehost.backends.sql.numbers import take_numbers
from servicehost.backends.sql.prepared import ByKeys
from servicehost.backends.sql.rows import Scoped, to_binding, to_unit
from servicehost.domain.errors import Conflict, NotFound
from servicehost.domain.unit import Adapter, Binding, Unit
from servicehost.ports.store import EnrolmentRow

__all__ = ["Adapters", "Units"]

_unit = tables.unit.c
_enrolment = tables.enrolment.c
_adapter = tables.adapter.c
_binding = tables.binding.c
# SQLite keeps a truth as a number, and a struct wants true or false.
_OPTION = case((_adapter.option, literal_column("'true'")), else_=literal_column("'false'")).label("option")
_AS_FIELDS = [_OPTION if name == "option" else _adapter[name] for name in Adapter.__struct_fields__]
_adapters: Final = msgspec.json.Decoder(list[Adapter])
_ADAPTERS = ByKeys(
    select(*_AS_FIELDS).order_by(_adapter.service_code),
    (_adapter.service_code,),
    _adapter.management_code,
    json=["option"],
)
_UNITS_OF = ByKeys(
    select(_binding.service_code, _binding.unit_id).where(_binding.unbound_at.is_(None)),
    (_binding.service_code,),
    _binding.management_code,
)


class _OfUnits(Scoped):
    def _contract_of(self, unit_id: int) -> str | None:
        chosen = select(_unit.management_code).where(_unit.unit_id == unit_id, *self._within(_unit.management_code))
        row = self._on.execute(chosen).first()
        if row is None:
            raise NotFound("no_unit", "No such unit")
        return row[0]  # type: ignore[no-any-return]  # a column of one row is untyped


class Units(_OfUnits):
    """Tables `unit`, `enrolment`, `certificate`, and the empty `session` row every unit is born with."""

    def add_unit(self, unit: Unit) -> Unit:
        self._own([None])
        row = {
            "distribution_id": unit.distribution_id,
            "model": unit.model,
            "serial": unit.serial,
            "registered_at": unit.registered_at,
            "ownership": unit.ownership.value,
            "channel": unit.channel.value,
        }
        try:
            with self._on.begin_nested():
                unit_id = self._on.execute(insert(tables.unit).values(row).returning(_unit.unit_id)).scalar_one()
        except IntegrityError as error:
            text = f"A unit {unit.model}-{unit.serial} or {unit.distribution_id} is registered already"
            raise Conflict("unit_exists", text) from error
        session = {"unit_id": unit_id, "epoch": 0, "host": "", "run": 0, "opened_at": 0, "heard_at": 0, "modules": "[]"}
        self._on.execute(insert(tables.session).values(session))
        return msgspec.structs.replace(unit, unit_id=unit_id)

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
        )

    def use_enrolment(self, token_hash: str, used_at: int) -> bool:
        spent = (
            update(tables.enrolment)
            .where(
                _enrolment.token_hash == token_hash,
                _enrolment.used_at.is_(None),
                *self._within(_enrolment.management_code),
            )
            .values(used_at=used_at)
        )
        return self._on.execute(spent).rowcount == 1

    def add_certificate(self, unit_id: int, fingerprint: str, serial_number: str, not_after: int, at: int) -> None:
        self._on.execute(
            insert(tables.certificate).values(
                fingerprint=fingerprint,
                management_code=self._contract_of(unit_id),
                unit_id=unit_id,
                serial_number=serial_number,
                issued_at=at,
                not_after=not_after,
            )
        )


class Adapters(_OfUnits):
    """Tables `adapter` and `binding`."""

    def add_adapter(self, adapter: Adapter) -> None:
        self._own([adapter.management_code])
        taken = select(_adapter.service_code).where(_adapter.service_code == adapter.service_code)
        if self._on.execute(taken).first() is not None:
            raise Conflict("adapter_exists", f"There is an adapter {adapter.service_code} already")
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
            )
        )

    def set_adapter_terms(self, adapter: Adapter) -> None:
        self._on.execute(
            update(tables.adapter)
            .where(_adapter.service_code == adapter.service_code, *self._within(_adapter.management_code))
            .values(
                item=adapter.item.value,
                option=adapter.option,
                declared_location=adapter.declared_location,
                coverage=adapter.coverage,
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
        self._belongs_to(binding.unit_id, binding.management_code, number)
        return Binding(**fields)

    def unbind(self, number: int, at: int) -> None:
        ended = (
            update(tables.binding)
            .where(_binding.number == number, _binding.unbound_at.is_(None), *self._within(_binding.management_code))
            .values(unbound_at=at)
            .returning(_binding.unit_id)
        )
        row = self._on.execute(ended).first()
        if row is not None:
            self._belongs_to(row[0], None, None)

    def _belongs_to(self, unit_id: int, management_code: str | None, number: int | None) -> None:
        """The unit, its session and its papers go with the contract it serves."""
        for table in (
            tables.unit,
            tables.enrolment,
            tables.enrolment_request,
            tables.certificate,
            tables.unit_event,
            boot,
        ):
            self._on.execute(update(table).where(table.c.unit_id == unit_id).values(management_code=management_code))
        session = update(tables.session).where(tables.session.c.unit_id == unit_id)
        self._on.execute(session.values(management_code=management_code, binding=number))

    def units_of(self, service_codes: Collection[str]) -> dict[str, int]:
        return dict(self._by_keys(_UNITS_OF, service_codes))
