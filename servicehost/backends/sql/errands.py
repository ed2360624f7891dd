"""Errands, on one connection and read; and whom they name, until that is erased."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, RowMapping, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from servicehost.backends.sql import case_tables
from servicehost.backends.sql.case_rows import to_exchange
from servicehost.backends.sql.custody_rows import to_return
from servicehost.backends.sql.custody_tables import unit_return
from servicehost.backends.sql.errand_tables import errand
from servicehost.backends.sql.rows import Scoped, as_text
from servicehost.domain.appointment import Appointment, AppointmentState
from servicehost.domain.audit import Whose
from servicehost.domain.contract import Scope
from servicehost.domain.errand import Driver, Errand, MissedVisit, TimeSaid
from servicehost.domain.errors import NotFound
from servicehost.domain.miss import MissReason
from servicehost.ports.errands import ErrandView

__all__ = ["ErrandRows", "SqlErrandReads", "forget_attendee", "forget_everybody", "telephones_of"]

_errand = errand.c
_exchange = case_tables.exchange.c


class _Record(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is in no column."""

    visit: int = 1
    driver: Driver = Driver()
    tracking: str = ""
    late_because: MissReason | None = None
    times: tuple[TimeSaid, ...] = ()
    appointments: tuple[Appointment, ...] = ()
    missed_visits: tuple[MissedVisit, ...] = ()


_record: Final = msgspec.json.Decoder(_Record)
_COLUMNS: Final = ("exchange", "service_code", "management_code", "changed_at", "target_at")


def _row(one: Errand) -> dict[str, Any]:
    kept = _Record(**{name: getattr(one, name) for name in _Record.__struct_fields__})
    return {name: getattr(one, name) for name in _COLUMNS} | {"record": as_text(kept)}


def _to_errand(row: RowMapping | Mapping[str, Any]) -> Errand:
    kept = _record.decode(row["record"])
    fields = {name: getattr(kept, name) for name in _Record.__struct_fields__}
    return Errand(**{name: row[name] for name in _COLUMNS}, **fields)


class ErrandRows(Scoped):
    """Table `errand`."""

    def errand(self, exchange: int) -> Errand | None:
        chosen = select(errand).where(_errand.exchange == exchange, *self._within(_errand.management_code))
        row = self._on.execute(chosen).mappings().first()
        return None if row is None else _to_errand(row)

    def save_errand(self, one: Errand) -> None:
        self._own([one.management_code])
        whose = select(_exchange.management_code, _exchange.service_code).where(_exchange.exchange == one.exchange)
        if self._on.execute(whose).first() != (one.management_code, one.service_code):
            raise NotFound("no_exchange", "No such exchange")
        self._on.execute(delete(errand).where(_errand.exchange == one.exchange))
        self._on.execute(insert(errand).values(_row(one)))


class SqlErrandReads:
    """`ports.errands.ErrandReads`."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def errand(self, scope: Scope, exchange: int) -> ErrandView | None:
        within = () if scope.management_code is None else (_exchange.management_code == scope.management_code,)
        chosen = select(case_tables.exchange).where(_exchange.exchange == exchange, *within)
        async with self._engine.connect() as on:
            await on.exec_driver_sql("BEGIN")  # one snapshot; the driver begins nothing of its own accord for reads
            row = (await on.execute(chosen)).mappings().first()
            if row is None:
                return None
            found = to_exchange(row)
            kept = (await on.execute(select(errand).where(_errand.exchange == exchange))).mappings().first()
            owed = select(unit_return).where(
                unit_return.c.exchange == exchange, unit_return.c.unit_id == found.old_unit_id
            )
            back = (await on.execute(owed)).mappings().first()
        return ErrandView(
            exchange=found,
            errand=None if kept is None else _to_errand(kept),
            unit_return=None if back is None else to_return(back),
        )


def forget_attendee(on: Connection, management_code: str, name: str) -> bool:
    """Take somebody's name and telephone out of a contract's errands; whether there was anything to take.

    It is who attended, or who drove. With them goes what anybody wrote of their visits.
    """
    wanted, known = Whose.named(name, management_code), False
    for one in _of_contract(on, management_code):
        driver = one.driver.name != "" and Whose.named(one.driver.name, management_code) == wanted
        if not (driver or any(_is(kept, wanted) for kept in one.appointments)):
            continue
        known = True
        kept_on = tuple(_cleared(kept) if _is(kept, wanted) else kept for kept in one.appointments)
        _rewrite(on, msgspec.structs.replace(one, appointments=kept_on))
    return known


def telephones_of(on: Connection, management_code: str, name: str) -> set[str]:
    """Under which somebody was to be reached who attended, or drove, in that contract's errands."""
    wanted, found = Whose.named(name, management_code), set()
    for one in _of_contract(on, management_code):
        if one.driver.name and Whose.named(one.driver.name, management_code) == wanted:
            found.add(one.driver.telephone)
        found |= {kept.attendee.telephone for kept in one.appointments if kept.attendee and _is(kept, wanted)}
    return found - {""}


def forget_everybody(on: Connection, management_code: str) -> None:
    """Take everybody, and what anybody wrote, out of the errands of a contract that is over."""
    for one in _of_contract(on, management_code):
        _rewrite(on, msgspec.structs.replace(one, appointments=tuple(_cleared(kept) for kept in one.appointments)))


def _of_contract(on: Connection, management_code: str) -> list[Errand]:
    chosen = select(errand).where(_errand.management_code == management_code)
    return [_to_errand(row) for row in on.execute(chosen).mappings().all()]


def _rewrite(on: Connection, one: Errand) -> None:
    """Without the driver, and without notes."""
    visits = tuple(msgspec.structs.replace(kept, note="") for kept in one.missed_visits)
    cleared = msgspec.structs.replace(one, driver=Driver(), missed_visits=visits)
    on.execute(update(errand).where(_errand.exchange == one.exchange).values(_row(cleared)))


def _is(one: Appointment, wanted: Whose) -> bool:
    return one.attendee is not None and Whose.named(one.attendee.name, wanted.management_code) == wanted


def _cleared(one: Appointment) -> Appointment:
    said = one.reason if one.state is AppointmentState.MISSED else None
    return msgspec.structs.replace(one, attendee=None, cabling="", reason=said)
