"""Sessions, leases and what units report."""

from collections.abc import Collection, Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import (
    ColumnElement,
    String,
    and_,
    bindparam,
    case,
    cast,
    delete,
    func,
    insert,
    literal_column,
    null,
    or_,
    select,
    update,
)

from servicehost.backends.sql import tables
from servicehost.backends.sql.prepared import ByKeys, Many
from servicehost.backends.sql.rows import Scoped, as_text, read_anchors, read_manifest, read_modules
from servicehost.backends.sql.schedule_tables import startup_proof
from servicehost.backends.sql.triage_rows import GAPS_LENGTH
from servicehost.domain.config import ModuleState
from servicehost.domain.duplicate import Takeover
from servicehost.domain.errors import NotFound
from servicehost.domain.event import UNIT_EVENTS_KNOWN, Event
from servicehost.domain.unit import Life
from servicehost.ports.session_rows import Arrival, Hearing, Place, SessionChange, SessionEnd

__all__ = ["Sessions"]

_unit = tables.unit.c
_session = tables.session.c
_binding = tables.binding.c
_adapter = tables.adapter.c
_proof = startup_proof.c
_unit_event = tables.unit_event.c
_takeovers: Final = msgspec.json.Decoder(tuple[Takeover, ...])
_hosts: Final = msgspec.json.Decoder(tuple[str, ...])

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
        _unit.life,
        _adapter.out_of_service_at,
        _session.heard_at,
        _session.ended_at,
        _session.takeovers,
        _unit.held_at,
        _unit.moved_to,
        _unit.anchors,
        _unit.renew_asked_at,
        _unit.renew_reason,
        _adapter.startup_modules,
        _proof.push,
        _proof.failed_digest,
        _proof.unit_id.label("failed_on"),
        _proof.boot_id.label("failed_boot"),
    )
    .join(tables.session, _session.unit_id == _unit.unit_id)
    .outerjoin(tables.binding, and_(_binding.unit_id == _unit.unit_id, _binding.unbound_at.is_(None)))
    .outerjoin(tables.adapter, _adapter.service_code == _binding.service_code)
    .outerjoin(startup_proof, _proof.service_code == _binding.service_code)
)
_PLACES_BY_ID = ByKeys(_PLACE, (_unit.distribution_id,), _unit.management_code)
_LIVES = {life.value: life for life in Life}
_MODULES = ByKeys(select(_session.unit_id, _session.modules), (_session.unit_id,), _session.management_code)
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
        anchor=bindparam("leads_to"),
        remote_address=bindparam("remote"),
        tls_version=bindparam("tls"),
        firmware=bindparam("firm"),
        boot_id=bindparam("boot"),
        boot_cause=bindparam("cause"),
        clock_skew_ms=bindparam("skew"),
        modules=bindparam("states"),
        reports=literal_column("0"),
        takeovers=bindparam("taken"),
    )
)
_OF_SESSION = and_(_session.unit_id == bindparam("unit"), _session.epoch == bindparam("of_epoch"))
_ARRIVE_MANY = Many(_ARRIVE)


def _with_one_more_gap() -> ColumnElement[str]:
    """The last gaps and the one that ends now. No number here is a parameter: those are the row's."""
    gaps = _session.report_gaps
    too_many: ColumnElement[int] = func.length(gaps) - literal_column(str(GAPS_LENGTH))
    last = case((too_many > literal_column("0"), func.substr(gaps, too_many + literal_column("1"))), else_=gaps)
    return last + literal_column("' '") + cast(bindparam("at") - _session.heard_at, String)


_CHANGE = update(tables.session).where(_OF_SESSION).values(modules=bindparam("states"))
_END = update(tables.session).where(_OF_SESSION).values(ended_at=bindparam("at"), ending=bindparam("how"))
_HEAR = (
    update(tables.session)
    .where(_OF_SESSION)
    .values(
        heard_at=bindparam("at"), status=bindparam("text"), reports=bindparam("count"), report_gaps=_with_one_more_gap()
    )
)
_CHANGE_MANY, _END_MANY, _HEAR_MANY = Many(_CHANGE), Many(_END), Many(_HEAR)
_FENCES = ByKeys(
    select(_session.unit_id, _session.epoch, _session.binding), (_session.unit_id,), _session.management_code
)
_EVENT_KEY = (_unit_event.unit_id, _unit_event.boot_id, _unit_event.sequence)
_UNIT_EVENTS = ByKeys(select(*_EVENT_KEY), _EVENT_KEY, _unit_event.management_code)
_ADD_UNIT_EVENTS = Many(insert(tables.unit_event), [column.name for column in tables.unit_event.c])
_FORGET_UNIT_EVENTS = delete(tables.unit_event).where(
    _unit_event.unit_id == bindparam("of_unit"),
    or_(_unit_event.boot_id != bindparam("of_boot"), _unit_event.sequence <= bindparam("last")),
)


class Sessions(Scoped):
    """Tables `session`, `lease` and `unit_event`."""

    def places_by_distribution_id(self, distribution_ids: Collection[str]) -> dict[str, Place]:
        return {row[1]: _place(row) for row in self._by_keys(_PLACES_BY_ID, distribution_ids)}

    def fences(self, unit_ids: Collection[int]) -> dict[int, tuple[int, int | None]]:
        return {unit: (epoch, binding) for unit, epoch, binding in self._by_keys(_FENCES, unit_ids)}

    def modules_of(self, unit_ids: Collection[int]) -> dict[int, tuple[ModuleState, ...]]:
        return {unit: read_modules(states) for unit, states in self._by_keys(_MODULES, unit_ids)}

    def arrive(self, arrivals: Sequence[Arrival]) -> None:
        self._each(_ARRIVE, _ARRIVE_MANY, [_arrival(one) for one in arrivals], _session.management_code)

    def change_modules(self, changes: Sequence[SessionChange]) -> None:
        rows = [{"unit": c.unit_id, "of_epoch": c.epoch, "states": as_text(c.modules)} for c in changes]
        self._each(_CHANGE, _CHANGE_MANY, rows, _session.management_code)

    def end_sessions(self, ends: Sequence[SessionEnd]) -> None:
        rows = [{"unit": e.unit_id, "of_epoch": e.epoch, "at": e.at, "how": e.ending} for e in ends]
        self._each(_END, _END_MANY, rows, _session.management_code)

    def hear(self, hearings: Sequence[Hearing]) -> None:
        rows = [
            {"unit": h.unit_id, "of_epoch": h.epoch, "at": h.at, "text": as_text(h.status), "count": h.reports}
            for h in hearings
        ]
        self._each(_HEAR, _HEAR_MANY, rows, _session.management_code)

    def unit_events_taken(self, keys: Collection[tuple[int, str, int]]) -> set[tuple[int, str, int]]:
        return {(unit, boot, sequence) for unit, boot, sequence in self._by_keys(_UNIT_EVENTS, keys)}

    def add_unit_event_keys(self, keys: Sequence[tuple[int, str, int]], events: Sequence[Event]) -> None:
        rows = [
            {"unit_id": unit, "boot_id": boot, "sequence": sequence, "management_code": event.management_code}
            for (unit, boot, sequence), event in zip(keys, events, strict=True)
        ]
        self._own([event.management_code for event in events])
        units = {unit for unit, _, _ in keys}
        if len(self.fences(units)) < len(units):
            raise NotFound("no_unit", "No such unit")
        _ADD_UNIT_EVENTS.run(self._on, rows)
        newest = {unit: (boot, sequence) for unit, boot, sequence in sorted(keys, key=lambda key: key[2])}
        for unit, (boot, sequence) in newest.items():
            old = {"of_unit": unit, "of_boot": boot, "last": sequence - UNIT_EVENTS_KNOWN}
            self._on.execute(_FORGET_UNIT_EVENTS, old)

    def renew_lease(self, host: str, run: int, started_at: int, now: int) -> None:
        if self._scope.management_code is not None:
            return  # a lease belongs to the host, to no tenant
        lease = tables.lease.c
        self._on.execute(update(tables.lease).where(lease.host == host, lease.run == run).values(renewed_at=now))


def _place(row: Sequence[Any]) -> Place:
    unit_id, distribution_id, epoch, number, code, tenant, revision, digest, boot_id, *papers = row
    life, ends_at, heard_at, ended_at, takeovers, held_at, moved_to, anchors, asked_at, asked_for, *startup = papers
    modules, unproven, failed, failed_on, failed_boot = startup
    return Place(
        unit_id=unit_id,
        distribution_id=distribution_id,
        epoch=epoch,
        binding=number,
        service_code=code,
        management_code=tenant,
        startup_revision=revision,
        startup_digest=digest,
        startup_modules=read_manifest(modules),
        unproven_push=unproven,
        startup_failed=failed,
        startup_failed_on=failed_on,
        startup_failed_boot=failed_boot,
        boot_id=boot_id,
        life=_LIVES[life],
        out_of_service_at=ends_at,
        heard_at=heard_at,
        ended_at=ended_at,
        takeovers=_takeovers.decode(takeovers) if takeovers else (),
        held_at=held_at,
        moved_to=_hosts.decode(moved_to) if moved_to else (),
        anchors=read_anchors(anchors),
        renew_asked_at=asked_at,
        renew_reason=asked_for,
    )


def _arrival(one: Arrival) -> dict[str, Any]:
    return {
        "unit": one.unit_id,
        "new_epoch": one.epoch,
        "on_host": one.host,
        "in_run": one.run,
        "at": one.at,
        "leaf": one.certificate,
        "leads_to": one.anchor,
        "remote": one.remote_address,
        "tls": one.tls_version,
        "firm": one.firmware,
        "boot": one.boot_id,
        "cause": one.boot_cause,
        "skew": one.clock_skew_ms,
        "states": as_text(one.modules),
        "taken": as_text(one.takeovers) if one.takeovers else None,
    }
