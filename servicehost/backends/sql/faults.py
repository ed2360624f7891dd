"""Boots, silent units, faults, symptoms and facts."""

from collections.abc import Collection, Sequence
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Row, and_, case, delete, insert, or_, select, update

from servicehost.backends.sql import case_tables, tables
from servicehost.backends.sql.case_rows import fact_row, fault_row, to_fact, to_fault
from servicehost.backends.sql.prepared import ByKeys, Many
from servicehost.backends.sql.rows import Scoped, read_modules, to_session
from servicehost.domain.errors import NotFound
from servicehost.domain.exchange import Exchange
from servicehost.domain.fact import Fact
from servicehost.domain.fault import Fault
from servicehost.domain.presence import Lease
from servicehost.domain.symptom import Boot, Symptom, SymptomKind
from servicehost.ports.cases import FactRow, LastHeard, Watched

__all__ = ["Boots", "Faults", "Silences"]

_boot = case_tables.boot.c
_fault = case_tables.fault.c
_exchange = case_tables.exchange.c
_symptom = case_tables.symptom.c
_fact = case_tables.fact.c
_session = tables.session.c
_binding = tables.binding.c
_unit = tables.unit.c
_HEARD_AT = case((_session.ended_at.is_(None), _session.heard_at), else_=_session.ended_at)
_WATCHED = (
    select(tables.session, _binding.service_code, _binding.management_code.label("tenant"))
    .join(tables.binding, and_(_binding.unit_id == _session.unit_id, _binding.unbound_at.is_(None)))
    .order_by(_binding.service_code)
)
# A hello after a start costs these: as prepared statements they take a fifth of what SQLAlchemy needs to run them.
_UNITS_AND_BOOTS = ByKeys(
    select(_unit.unit_id, _unit.management_code, _boot.boot_id, _boot.at).outerjoin(
        case_tables.boot, _boot.unit_id == _unit.unit_id
    ),
    (_unit.unit_id,),
    _unit.management_code,
)
_BOOTS = ByKeys(
    select(_boot.unit_id, _boot.boot_id, _boot.cause, _boot.at).order_by(_boot.at),
    (_boot.unit_id,),
    _boot.management_code,
)
_ADD_BOOTS = Many(insert(case_tables.boot), [column.name for column in case_tables.boot.c])
_OPEN = _fault.phase != "closed"
_Rows = list[dict[str, Any]]


class Boots(Scoped):
    """Table `boot`, and what is known of units' last sessions."""

    def add_boots(self, boots: Sequence[Boot], drop_before: int) -> None:
        if not boots:
            return
        whose = {boot.unit_id for boot in boots}
        found = self._by_keys(_UNITS_AND_BOOTS, whose)
        tenants: dict[int, str | None] = {unit: tenant for unit, tenant, _, _ in found}
        if len(tenants) < len(whose):
            raise NotFound("no_unit", "No such unit")
        if any(at is not None and at < drop_before for _, _, _, at in found):
            self._on.execute(delete(case_tables.boot).where(_boot.unit_id.in_(whose), _boot.at < drop_before))
        known = {(unit, boot_id) for unit, _, boot_id, at in found if at is not None and at >= drop_before}
        fresh = {(boot.unit_id, boot.boot_id): boot for boot in reversed(boots)}
        rows = [
            {
                "unit_id": b.unit_id,
                "boot_id": b.boot_id,
                "management_code": tenants[b.unit_id],
                "cause": b.cause,
                "at": b.at,
            }
            for key, b in fresh.items()
            if key not in known
        ]
        _ADD_BOOTS.run(self._on, rows)

    def boots(self, unit_ids: Collection[int]) -> dict[int, list[Boot]]:
        found: dict[int, list[Boot]] = {}
        for unit, boot_id, cause, at in self._by_keys(_BOOTS, unit_ids):
            found.setdefault(unit, []).append(Boot(unit_id=unit, boot_id=boot_id, cause=cause, at=at))
        return found

    def last_heard(self, unit_ids: Collection[int]) -> dict[int, LastHeard]:
        certificate = tables.certificate.c
        chosen = (
            select(tables.session, certificate.unit_id.label("certified"))
            .outerjoin(tables.certificate, certificate.fingerprint == _session.certificate)
            .where(_session.unit_id.in_(list(unit_ids)), *self._within(_session.management_code))
        )
        return {row.unit_id: _last_heard(row) for row in self._on.execute(chosen)}

    def leases(self) -> dict[str, Lease]:
        rows = self._on.execute(select(tables.lease))
        return {r.host: Lease(host=r.host, run=r.run, started_at=r.started_at, renewed_at=r.renewed_at) for r in rows}


class Silences(Scoped):
    """Who is silent, and who was waited for."""

    def unheard_since(self, instant: int, limit: int) -> list[Watched]:
        known = (
            select(_symptom.fault)
            .join(case_tables.fault, _fault.fault == _symptom.fault)
            .where(_fault.service_code == _binding.service_code, _OPEN, _symptom.kind == SymptomKind.SILENCE.value)
            .exists()
        )
        return self._watched(limit, _session.epoch > 0, instant > _HEARD_AT, ~known)

    def waiting_to_come_back(self, limit: int) -> list[Watched]:
        sound = and_(_fault.phase == "triaged", _fault.cause == "not_hardware")
        waits = (
            select(_fault.fault)
            .where(_fault.service_code == _binding.service_code, or_(_fault.phase == "suspected", sound))
            .exists()
        )
        return self._watched(limit, waits, _session.ended_at.is_(None))

    def _watched(self, limit: int, *conditions: Any) -> list[Watched]:
        chosen = _WATCHED.where(*conditions, *self._within(_binding.management_code)).limit(limit)
        return [
            Watched(
                service_code=row["service_code"],
                management_code=row["tenant"],
                unit_id=row["unit_id"],
                row=to_session(row),
            )
            for row in self._on.execute(chosen).mappings()
        ]


class Faults(Scoped):
    """Tables `fault`, `symptom` and `fact`."""

    def open_faults(self, service_codes: Collection[str]) -> dict[str, Fault]:
        if not service_codes:
            return {}
        chosen = select(case_tables.fault).where(_fault.service_code.in_(list(service_codes)), _OPEN)
        rows = self._on.execute(chosen.where(*self._within(_fault.management_code))).mappings()
        return {row["service_code"]: to_fault(row) for row in rows}

    def fault(self, fault: int) -> Fault | None:
        chosen = select(case_tables.fault).where(_fault.fault == fault, *self._within(_fault.management_code))
        row = self._on.execute(chosen).mappings().first()
        return None if row is None else to_fault(row)

    def add_fault(self, fault: Fault) -> Fault:
        self._own([fault.management_code])
        added = self._on.execute(insert(case_tables.fault).values(fault_row(fault)).returning(_fault.fault))
        return msgspec.structs.replace(fault, fault=added.scalar_one())

    def save_fault(self, fault: Fault) -> None:
        self._own([fault.management_code])
        chosen = update(case_tables.fault).where(_fault.fault == fault.fault, *self._within(_fault.management_code))
        self._on.execute(chosen.values(fault_row(fault)))

    def add_symptom(self, fault: int, symptom: Symptom) -> bool:
        self._own([symptom.management_code])
        if self.fault(fault) is None:
            raise NotFound("no_fault", "No such fault")
        same = and_(
            _symptom.fault == fault, _symptom.kind == symptom.kind.value, _symptom.component == symptom.component
        )
        again = update(case_tables.symptom).where(same)
        counted = self._on.execute(again.values(last_at=symptom.seen_at, times=_symptom.times + 1)).rowcount
        if counted:
            return False
        self._on.execute(
            insert(case_tables.symptom).values(
                fault=fault,
                kind=symptom.kind.value,
                component=symptom.component,
                management_code=symptom.management_code,
                unit_id=symptom.unit_id,
                evidence=symptom.evidence,
                first_at=symptom.seen_at,
                last_at=symptom.seen_at,
                times=1,
            )
        )
        return True

    def symptom_kinds(self, fault: int) -> set[SymptomKind]:
        chosen = select(_symptom.kind).where(_symptom.fault == fault, *self._within(_symptom.management_code))
        return {SymptomKind(row[0]) for row in self._on.execute(chosen)}

    def add_facts(self, rows: Sequence[FactRow]) -> None:
        if rows:
            self._own([row.management_code for row in rows])
            self._know(_fault.fault, _fault.management_code, {row.fault for row in rows})
            self._know(_exchange.exchange, _exchange.management_code, {row.exchange for row in rows})
            self._on.execute(insert(case_tables.fact), [fact_row(row) for row in rows])

    def _know(self, number: ColumnElement[int], tenant: ColumnElement[str], numbers: Collection[int | None]) -> None:
        """Raises NotFound unless all of these lie in scope: a fact about another's case would be judged there."""
        asked = {one for one in numbers if one is not None}
        found = self._on.execute(select(number).where(number.in_(asked), *self._within(tenant))).scalars().all()
        if len(found) < len(asked):
            raise NotFound("no_case", "No such fault or exchange")

    def facts_of(self, exchange: Exchange) -> list[Fact]:
        of_case = and_(_fact.fault == exchange.fault, _fact.exchange.is_(None))
        whose = _fact.exchange == exchange.exchange
        chosen = select(case_tables.fact).where(
            whose if exchange.fault is None else or_(whose, of_case), *self._within(_fact.management_code)
        )
        return [to_fact(row).fact for row in self._on.execute(chosen.order_by(_fact.fact)).mappings()]


def _last_heard(row: Row[*tuple[Any, ...]]) -> LastHeard:
    fields = row._mapping  # noqa: SLF001 - SQLAlchemy's documented way to a row by column
    return LastHeard(
        unit_id=fields["unit_id"],
        row=to_session(fields),
        binding=fields["binding"],
        firmware=fields["firmware"],
        boot_id=fields["boot_id"],
        reports=fields["reports"],
        certified_unit_id=fields["certified"],
        modules=read_modules(fields["modules"]),
    )
