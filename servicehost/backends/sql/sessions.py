"""Sessions, leases and what units report."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Row, Update, and_, bindparam, insert, literal_column, null, select, tuple_, update

from servicehost.backends.sql import tables
from servicehost.backends.sql.many import Many
from servicehost.backends.sql.rows import Scoped, as_text, read_modules
from servicehost.domain.config import ModuleState
from servicehost.domain.event import Event
from servicehost.ports.store import Arrival, Hearing, Place, SessionChange, SessionEnd

__all__ = ["Sessions"]

_unit = tables.unit.c
_session = tables.session.c
_binding = tables.binding.c
_adapter = tables.adapter.c
_unit_event = tables.unit_event.c

_PLACE = (
    select(
        _unit.unit_id,
        _unit.distribution_id,
        _session.epoch,
        _binding.number,
        _binding.service_code,
        _binding.management_code,
        _adapter.startup_revision,
        _adapter.startup_digest,
        _session.boot_id,
    )
    .join(tables.session, _session.unit_id == _unit.unit_id)
    .outerjoin(tables.binding, and_(_binding.unit_id == _unit.unit_id, _binding.unbound_at.is_(None)))
    .outerjoin(tables.adapter, _adapter.service_code == _binding.service_code)
)
_PLACES_BY_ID = _PLACE.where(_unit.distribution_id.in_(bindparam("keys", expanding=True)))
_MODULES = select(_session.unit_id, _session.modules).where(_session.unit_id.in_(bindparam("keys", expanding=True)))
_ARRIVE = (
    update(tables.session)
    .where(_session.unit_id == bindparam("unit"))
    .values(
        epoch=bindparam("new_epoch"),
        host=bindparam("on_host"),
        run=bindparam("in_run"),
        opened_at=bindparam("at"),
        heard_at=bindparam("at"),
        ended_at=null(),
        ending=null(),
        certificate=bindparam("leaf"),
        remote_address=bindparam("remote"),
        tls_version=bindparam("tls"),
        firmware=bindparam("firm"),
        boot_id=bindparam("boot"),
        boot_cause=bindparam("cause"),
        clock_skew_ms=bindparam("skew"),
        modules=bindparam("states"),
        reports=literal_column("0"),
    )
)
_OF_SESSION = and_(_session.unit_id == bindparam("unit"), _session.epoch == bindparam("of_epoch"))
_ARRIVE_MANY = Many(_ARRIVE, ())
_CHANGE = update(tables.session).where(_OF_SESSION).values(modules=bindparam("states"))
_END = update(tables.session).where(_OF_SESSION).values(ended_at=bindparam("at"), ending=bindparam("how"))
_HEAR = (
    update(tables.session)
    .where(_OF_SESSION)
    .values(heard_at=bindparam("at"), status=bindparam("text"), reports=bindparam("count"))
)
_CHANGE_MANY, _END_MANY, _HEAR_MANY = Many(_CHANGE, ()), Many(_END, ()), Many(_HEAR, ())
_FENCES = select(_session.unit_id, _session.epoch, _session.binding).where(
    _session.unit_id.in_(bindparam("keys", expanding=True))
)


class Sessions(Scoped):
    """Tables `session`, `lease` and `unit_event`."""

    def places_by_distribution_id(self, distribution_ids: Collection[str]) -> dict[str, Place]:
        chosen = _PLACES_BY_ID.where(*self._within(_unit.management_code))
        rows = self._on.execute(chosen, {"keys": list(distribution_ids)}).all()
        return {row[1]: _place(row) for row in rows}

    def fences(self, unit_ids: Collection[int]) -> dict[int, tuple[int, int | None]]:
        chosen = _FENCES.where(*self._within(_session.management_code))
        return {row[0]: (row[1], row[2]) for row in self._on.execute(chosen, {"keys": list(unit_ids)}).all()}

    def modules_of(self, unit_ids: Collection[int]) -> dict[int, tuple[ModuleState, ...]]:
        chosen = _MODULES.where(*self._within(_session.management_code))
        return {row[0]: read_modules(row[1]) for row in self._on.execute(chosen, {"keys": list(unit_ids)})}

    def arrive(self, arrivals: Sequence[Arrival]) -> None:
        self._each(_ARRIVE, _ARRIVE_MANY, [_arrival(one) for one in arrivals])

    def change_modules(self, changes: Sequence[SessionChange]) -> None:
        rows = [{"unit": c.unit_id, "of_epoch": c.epoch, "states": as_text(c.modules)} for c in changes]
        self._each(_CHANGE, _CHANGE_MANY, rows)

    def end_sessions(self, ends: Sequence[SessionEnd]) -> None:
        rows = [{"unit": e.unit_id, "of_epoch": e.epoch, "at": e.at, "how": e.ending} for e in ends]
        self._each(_END, _END_MANY, rows)

    def hear(self, hearings: Sequence[Hearing]) -> None:
        rows = [
            {"unit": h.unit_id, "of_epoch": h.epoch, "at": h.at, "text": as_text(h.status), "count": h.reports}
            for h in hearings
        ]
        self._each(_HEAR, _HEAR_MANY, rows)

    def _each(self, statement: Update, many: Many, rows: list[dict[str, Any]]) -> None:
        if self._scope.management_code is None:
            many.run(self._on, rows)
        elif rows:
            self._on.execute(statement.where(*self._within(_session.management_code)), rows)

    def unit_events_taken(self, keys: Collection[tuple[int, str, int]]) -> set[tuple[int, str, int]]:
        if not keys:
            return set()
        columns = (_unit_event.unit_id, _unit_event.boot_id, _unit_event.sequence)
        chosen = select(*columns).where(tuple_(*columns).in_(list(keys)), *self._within(_unit_event.management_code))
        return {(row[0], row[1], row[2]) for row in self._on.execute(chosen)}

    def add_unit_event_keys(self, keys: Sequence[tuple[int, str, int]], events: Sequence[Event]) -> None:
        rows = [
            {"unit_id": unit, "boot_id": boot, "sequence": sequence, "management_code": event.management_code}
            for (unit, boot, sequence), event in zip(keys, events, strict=True)
        ]
        self._own([event.management_code for event in events])
        if rows:
            self._on.execute(insert(tables.unit_event), rows)

    def renew_lease(self, host: str, run: int, started_at: int, now: int) -> None:
        if self._scope.management_code is not None:
            return  # a lease belongs to the host, to no tenant
        lease = tables.lease.c
        self._on.execute(update(tables.lease).where(lease.host == host, lease.run == run).values(renewed_at=now))


def _place(row: Row[*tuple[Any, ...]]) -> Place:
    unit_id, distribution_id, epoch, number, code, tenant, revision, digest, boot_id = row
    return Place(
        unit_id=unit_id,
        distribution_id=distribution_id,
        epoch=epoch,
        binding=number,
        service_code=code,
        management_code=tenant,
        startup_revision=revision,
        startup_digest=digest,
        boot_id=boot_id,
    )


def _arrival(one: Arrival) -> dict[str, Any]:
    return {
        "unit": one.unit_id,
        "new_epoch": one.epoch,
        "on_host": one.host,
        "in_run": one.run,
        "at": one.at,
        "leaf": one.certificate,
        "remote": one.remote_address,
        "tls": one.tls_version,
        "firm": one.firmware,
        "boot": one.boot_id,
        "cause": one.boot_cause,
        "skew": one.clock_skew_ms,
        "states": as_text(one.modules),
    }
