"""Answers of the API about units, adapters and the fleet: presence is computed here, from rows, leases and the time."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from servicehost.domain.config import Mark, ModuleState
from servicehost.domain.config_state import ConfigView, config_state
from servicehost.domain.fact_kind import Channel, Ownership
from servicehost.domain.instant import rfc3339
from servicehost.domain.presence import Lease, Presence, SessionRow, presence
from servicehost.domain.status import Status
from servicehost.domain.unit import Life, Unit
from servicehost.operations.import_units import ImportedUnits
from servicehost.operations.issue_enrolment_token import IssuedEnrolmentToken
from servicehost.ports.reads import UnitView
from servicehost.web.answers import Time, time_or_none
from servicehost.web.identity_answers import ConfigStateAnswer

__all__ = [
    "EnrolmentTokenAnswer",
    "Fleet",
    "ImportAnswer",
    "MarkAnswer",
    "ModuleAnswer",
    "Moment",
    "SessionAnswer",
    "StatusAnswer",
    "UnitAnswer",
    "Units",
]


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """What presence is judged by besides a session's row: every host's newest lease, and the time."""

    leases: Mapping[str, Lease]
    now: int

    @classmethod
    def of(cls, leases: Sequence[Lease], now: int) -> "Moment":
        return cls(leases={lease.host: lease for lease in sorted(leases, key=lambda lease: lease.run)}, now=now)

    def presence(self, row: SessionRow) -> Presence:
        return presence(row, self.leases.get(row.host), self.now)


class MarkAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A config revision by number and digest."""

    revision: int
    digest: str

    @classmethod
    def of(cls, mark: Mark | None) -> "MarkAnswer | None":
        return None if mark is None else cls(revision=mark.revision, digest=mark.digest)


class ModuleAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What the unit said of its configs when it last phoned home."""

    module: int
    running: MarkAnswer | None
    startup: MarkAnswer | None
    last_offered: MarkAnswer | None
    last_failed: MarkAnswer | None
    last_failed_reason: str | None
    confirmed: MarkAnswer | None
    trial: int | None

    @classmethod
    def of(cls, state: ModuleState) -> "ModuleAnswer":
        return cls(
            module=state.module,
            running=MarkAnswer.of(state.running),
            startup=MarkAnswer.of(state.startup),
            last_offered=MarkAnswer.of(state.last_offered),
            last_failed=MarkAnswer.of(state.last_failed),
            last_failed_reason=None if state.last_failed is None else state.last_failed.reason,
            confirmed=MarkAnswer.of(state.confirmed),
            trial=state.trial,
        )


class SessionAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The unit's last session."""

    epoch: int
    host: str
    opened_at: Time
    heard_at: Time
    ended_at: Time | None
    ending: str | None

    @classmethod
    def of(cls, row: SessionRow) -> "SessionAnswer | None":
        if row.epoch == 0:
            return None
        return cls(
            epoch=row.epoch,
            host=row.host,
            opened_at=rfc3339(row.opened_at),
            heard_at=rfc3339(row.heard_at),
            ended_at=time_or_none(row.ended_at),
            ending=row.ending,
        )


class StatusAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What the unit's reports add up to."""

    reported_at: Time
    uptime_s: int
    cpu_percent: float
    memory_percent: float
    temperature_c: float | None
    health: dict[str, str]
    addresses: tuple[str, ...]

    @classmethod
    def of(cls, status: Status | None) -> "StatusAnswer | None":
        if status is None:
            return None
        return cls(
            reported_at=rfc3339(status.reported_at),
            uptime_s=status.uptime_s,
            cpu_percent=status.cpu_percent,
            memory_percent=status.memory_percent,
            temperature_c=status.temperature_c,
            health=status.health,
            addresses=status.addresses,
        )


class UnitAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A unit, its presence and what is known of it."""

    distribution_id: str
    model: str
    serial: str
    registered_at: Time
    presence: Presence
    ownership: Ownership
    channel: Channel
    life: Life
    life_since: Time
    life_reason: str
    service_code: str | None = None
    firmware: str | None = None
    remote_address: str | None = None
    boot_cause: str | None = None
    clock_skew_ms: int | None = None
    certificate: str | None = None
    modules: tuple[ModuleAnswer, ...] = ()
    session: SessionAnswer | None = None
    status: StatusAnswer | None = None
    held_at: Time | None = None
    """Since when it is kept out because two units use its identity."""
    moved_to: tuple[str, ...] = ()
    """The hosts that carry it; none: this service host."""
    config_state: ConfigStateAnswer | None = None

    @classmethod
    def of(cls, view: UnitView, moment: Moment) -> "UnitAnswer":
        unit = view.unit
        presence = moment.presence(view.session)
        return cls(
            distribution_id=unit.distribution_id,
            model=unit.model,
            serial=unit.serial,
            registered_at=rfc3339(unit.registered_at),
            presence=presence,
            **_life(unit),
            service_code=view.service_code,
            firmware=view.firmware,
            remote_address=view.remote_address,
            boot_cause=view.boot_cause,
            clock_skew_ms=view.clock_skew_ms,
            certificate=view.certificate,
            modules=tuple(ModuleAnswer.of(state) for state in view.modules),
            session=SessionAnswer.of(view.session),
            status=StatusAnswer.of(view.status),
            held_at=time_or_none(unit.held_at),
            moved_to=view.moved_to,
            config_state=ConfigStateAnswer.of(view, presence),
        )

    @classmethod
    def of_new(cls, unit: Unit) -> "UnitAnswer":
        """A unit just registered: it has never dialled."""
        return cls(
            distribution_id=unit.distribution_id,
            model=unit.model,
            serial=unit.serial,
            registered_at=rfc3339(unit.registered_at),
            presence=Presence.NEVER,
            **_life(unit),
            config_state=ConfigStateAnswer.of_state(config_state(ConfigView(presence=Presence.NEVER, serving=False))),
        )


def _life(unit: Unit) -> dict[str, Any]:
    return {
        "ownership": unit.ownership,
        "channel": unit.channel,
        "life": unit.life,
        "life_since": rfc3339(unit.life_since),
        "life_reason": unit.life_reason,
    }


class ImportAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """How many units the table holds; after a dry run all of them could be registered and none was."""

    units: int
    dry_run: bool

    @classmethod
    def of(cls, imported: ImportedUnits) -> "ImportAnswer":
        return cls(units=imported.units, dry_run=imported.dry_run)


class Units(msgspec.Struct, frozen=True, kw_only=True):
    """`next` is the `after` of the part that follows; null: there is none."""

    items: list[UnitAnswer]
    next: int | None


class EnrolmentTokenAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The token, shown this once, for one unit and one use."""

    token: str
    distribution_id: str
    expires_at: Time

    @classmethod
    def of(cls, issued: IssuedEnrolmentToken) -> "EnrolmentTokenAnswer":
        return cls(token=issued.token, distribution_id=issued.distribution_id, expires_at=rfc3339(issued.expires_at))


class Fleet(msgspec.Struct, frozen=True, kw_only=True):
    """How the fleet stands: adapters by the presence of their unit (`no_unit`: none serves it), pushes and faults by
    phase, exchanges by state."""

    adapters: int
    presence: dict[str, int]
    pushes: dict[str, int]
    faults: dict[str, int]
    exchanges: dict[str, int]
