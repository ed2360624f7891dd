"""Rows to nouns and back: the only place that knows how a struct lies in a table."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import ColumnElement, Connection, RowMapping, Update

from servicehost.backends.sql import tables
from servicehost.backends.sql.prepared import ByKeys, Many
from servicehost.domain.config import ModuleState, Revision
from servicehost.domain.contract import ManagementContract, Scope
from servicehost.domain.errors import NotFound
from servicehost.domain.event import Event, EventClass, Severity
from servicehost.domain.fact_kind import Channel, Coverage, Item, Ownership
from servicehost.domain.module import ModuleMark
from servicehost.domain.people import Contact, Person, Role
from servicehost.domain.presence import SessionRow
from servicehost.domain.push import Phase, Push, Rejected, Target
from servicehost.domain.status import Status
from servicehost.domain.unit import Adapter, Binding, Life, Unit

__all__ = [
    "PUSH_COLUMNS",
    "Scoped",
    "as_text",
    "read_anchors",
    "read_manifest",
    "read_modules",
    "read_status",
    "to_adapter",
    "to_binding",
    "to_contract",
    "to_event",
    "to_person",
    "to_push",
    "to_revision",
    "to_session",
    "to_unit",
]

_encoder: Final = msgspec.json.Encoder()
_rejected: Final = msgspec.json.Decoder(tuple[Rejected, ...])
_modules: Final = msgspec.json.Decoder(tuple[ModuleState, ...])
_manifest: Final = msgspec.json.Decoder(tuple[ModuleMark, ...])
_anchors: Final = msgspec.json.Decoder(tuple[str, ...])
_status: Final = msgspec.json.Decoder(Status)
_TARGETS: Final = {target.value: target for target in Target}
_PHASES: Final = {phase.value: phase for phase in Phase}
_detail: Final = msgspec.json.Decoder(dict[str, Any])


class Scoped:
    """A repository works on one connection, within one scope."""

    def __init__(self, connection: Connection, scope: Scope) -> None:
        self._on = connection
        self._scope = scope

    def _within(self, column: ColumnElement[Any]) -> tuple[ColumnElement[bool], ...]:
        """What to add to a WHERE so that nothing outside the scope is seen; nothing for a scope of everything."""
        code = self._scope.management_code
        return () if code is None else (column == code,)

    def _by_keys(self, statement: ByKeys, keys: Collection[Any], **values: Any) -> list[tuple[Any, ...]]:
        """The rows of these keys within the scope."""
        return statement.rows(self._on, keys, tenant=self._scope.management_code, **values)

    def _each(
        self, statement: Update, prepared: Many, rows: Sequence[dict[str, Any]], tenant: ColumnElement[Any]
    ) -> None:
        """Update row after row; within a tenant's scope only the tenant's."""
        if self._scope.management_code is None:
            prepared.run(self._on, rows)
        elif rows:
            self._on.execute(statement.where(*self._within(tenant)), rows)

    def _own(self, management_codes: Sequence[str | None]) -> None:
        """Raises NotFound unless all of these lie in scope: nobody writes into another's contract."""
        if not all(self._scope.sees(code) for code in management_codes):
            raise NotFound("no_contract", "No such management contract")


def as_text(value: object) -> str:
    """JSON, as the text columns hold it."""
    return _encoder.encode(value).decode()


def read_anchors(text: str | None) -> tuple[str, ...] | None:
    """Fingerprints of trust anchors; None where none were ever noted."""
    return None if text is None else _anchors.decode(text)


def read_modules(text: str) -> tuple[ModuleState, ...]:
    """The module states of a session row."""
    return _modules.decode(text)


def read_manifest(text: str | None) -> tuple[ModuleMark, ...]:
    """The modules of a revision, as a push or an adapter's startup config has them."""
    return _manifest.decode(text) if text else ()


def read_status(text: str | None) -> Status | None:
    """The status of a session row."""
    return None if text is None else _status.decode(text)


def to_contract(row: RowMapping) -> ManagementContract:
    """A row of `management_contract`."""
    return ManagementContract(**{name: row[name] for name in ManagementContract.__struct_fields__})


def to_person(row: RowMapping) -> Person:
    """A row of `person`."""
    return Person(
        person_id=row["person_id"],
        master_id=row["master_id"],
        name=row["name"],
        role=Role(row["role"]),
        management_code=row["management_code"],
        password_hash=row["password_hash"],
        password_one_time=row["password_one_time"],
        contact=Contact(organisation=row["organisation"], telephone=row["telephone"], mail=row["mail"]),
    )


def to_unit(row: RowMapping) -> Unit:
    """A row of `unit`."""
    return Unit(
        unit_id=row["unit_id"],
        distribution_id=row["distribution_id"],
        model=row["model"],
        serial=row["serial"],
        registered_at=row["registered_at"],
        ownership=Ownership(row["ownership"]),
        channel=Channel(row["channel"]),
        life=Life(row["life"]),
        life_since=row["life_since"],
        life_reason=row["life_reason"],
        held_at=row["held_at"],
    )


def to_adapter(row: Mapping[str, Any] | RowMapping) -> Adapter:
    """A row of `adapter`."""
    return Adapter(
        service_code=row["service_code"],
        management_code=row["management_code"],
        memo=row["memo"],
        created_at=row["created_at"],
        startup_revision=row["startup_revision"],
        startup_digest=row["startup_digest"],
        item=Item(row["item"]),
        option=bool(row["option"]),
        declared_location=row["declared_location"],
        coverage=None if row["coverage"] is None else Coverage(row["coverage"]),
        out_of_service_at=row["out_of_service_at"],
        site_name=row["site_name"],
        brought_in=row["brought_in"],
        option_ends_at=row["option_ends_at"],
        end_carried_at=row["end_carried_at"],
        mobile=bool(row["mobile"]),
    )


def to_binding(row: RowMapping) -> Binding:
    """A row of `binding`."""
    return Binding(
        number=row["number"],
        service_code=row["service_code"],
        management_code=row["management_code"],
        unit_id=row["unit_id"],
        bound_at=row["bound_at"],
        reason=row["reason"],
        unbound_at=row["unbound_at"],
        unbound_reason=row["unbound_reason"],
    )


def to_session(row: RowMapping) -> SessionRow:
    """The columns of `session` that presence is judged by."""
    return SessionRow(
        epoch=row["epoch"],
        host=row["host"],
        run=row["run"],
        opened_at=row["opened_at"],
        heard_at=row["heard_at"],
        ended_at=row["ended_at"],
        ending=row["ending"],
    )


def to_revision(row: RowMapping) -> Revision:
    """A row of `revision`."""
    return Revision(
        service_code=row["service_code"],
        management_code=row["management_code"],
        module=row["module"],
        revision=row["revision"],
        digest=row["digest"],
        size_bytes=row["size_bytes"],
        saved_at=row["saved_at"],
        author=row["author"],
        reason=row["reason"],
        kind=row["kind"],
        name=row["name"],
        version=row["version"],
    )


PUSH_COLUMNS: Final = tuple(column for column in tables.push.c if column.name != "open_of")


def to_push(row: Sequence[Any]) -> Push:
    """A row of PUSH_COLUMNS, in that order: this one is read on the hot path."""
    (
        number,
        tenant,
        code,
        module,
        revision,
        digest,
        phase,
        kind,
        by,
        ordered,
        changed,
        timeout,
        expires,
        out,
        why,
        no,
        modules,
        target,
    ) = row
    return Push(
        push=number,
        service_code=code,
        management_code=tenant,
        module=module,
        revision=revision,
        digest=digest,
        phase=_PHASES[phase],
        kind=kind,
        ordered_by=by,
        ordered_at=ordered,
        changed_at=changed,
        confirm_timeout_s=timeout,
        expires_at=expires,
        outcome=out,
        reason=why,
        rejected=_rejected.decode(no) if no else (),
        modules=read_manifest(modules),
        target=_TARGETS[target],
    )


def to_event(row: RowMapping) -> Event:
    """A row of `event`."""
    return Event(
        event=row["event"],
        at=row["at"],
        class_=EventClass(row["class"]),
        sub_type=row["sub_type"],
        severity=Severity(row["severity"]),
        management_code=row["management_code"],
        service_code=row["service_code"],
        unit_id=row["unit_id"],
        actor=row["actor"],
        reason=row["reason"],
        detail=_detail.decode(row["detail"]) if row["detail"] else {},
    )
