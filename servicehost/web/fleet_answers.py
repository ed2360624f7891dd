"""Answers of the API about units, adapters and the fleet: presence is computed here, from rows, leases and the time."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from servicehost.domain.config import Mark, ModuleState
from servicehost.domain.config_state import ConfigView, config_state
from servicehost.domain.fact_kind import Channel, Coverage, Item, Ownership
from servicehost.domain.instant import rfc3339
from servicehost.domain.module import drifted
from servicehost.domain.presence import Lease, Presence, SessionRow, presence
from servicehost.domain.startup import StartupProof
from servicehost.domain.status import Status
from servicehost.domain.unit import Adapter, Binding, Life, Unit
from servicehost.operations.import_units import ImportedUnits
from servicehost.operations.issue_enrolment_token import IssuedEnrolmentToken
from servicehost.ports.groups import UNSORTED, Sorted
from servicehost.ports.life_reads import BindingView
from servicehost.ports.reads import AdapterView, UnitView
from servicehost.web.answers import PushAnswer, Time, time_or_none
from servicehost.web.identity_answers import ConfigStateAnswer

__all__ = [
    "AdapterAnswer",
    "Adapters",
    "BindingAnswer",
    "Bindings",
    "EnrolmentTokenAnswer",
    "Fleet",
    "ImportAnswer",
    "MarkAnswer",
    "ModuleAnswer",
    "Moment",
    "SessionAnswer",
    "StatusAnswer",
    "TermsAnswer",
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


class TermsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What the contract says of an adapter and of the unit that serves it (null: none does)."""

    item: Item
    option: bool
    mobile: bool
    declared_location: str
    coverage: Coverage | None
    ownership: Ownership | None
    channel: Channel | None

    @classmethod
    def of(cls, adapter: Adapter, unit: Unit | None) -> "TermsAnswer":
        return cls(
            item=adapter.item,
            option=adapter.option,
            mobile=adapter.mobile,
            declared_location=adapter.declared_location,
            coverage=adapter.coverage,
            ownership=None if unit is None else unit.ownership,
            channel=None if unit is None else unit.channel,
        )


class GroupName(msgspec.Struct, frozen=True, kw_only=True):
    """A group that an adapter is in."""

    group: int
    name: str


class AdapterAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """An adapter: what it shall run (working, startup), its newest push, and the unit that serves it, if one does.

    `site_name` and `brought_in` (the model-serial of the customer's own unit) are as the order had them; the memo is
    what the customer's people make of it.
    """

    service_code: str
    management_code: str
    memo: str
    site_name: str
    brought_in: str | None
    created_at: Time
    terms: TermsAnswer
    working: MarkAnswer | None = None
    startup: MarkAnswer | None = None
    push: PushAnswer | None = None
    unit: UnitAnswer | None = None
    out_of_service_at: Time | None = None
    config_state: ConfigStateAnswer | None = None
    """That of its unit."""
    drift: list[int] | None = None
    """Modules whose unit runs something else than the startup config; null while that cannot be said."""
    groups: list[GroupName] = []
    """By name."""
    tags: list[str] = []
    """As NAME or NAME=VALUE, in the order of their names."""
    startup_proved: bool = True
    """False while a startup config that was pushed to startup alone was not run by any unit."""
    startup_failed: MarkAnswer | None = None
    """The startup config that was given up after it had failed too often; named until another one is confirmed."""

    @classmethod
    def of(cls, view: AdapterView, moment: Moment, sorted_into: Sorted = UNSORTED) -> "AdapterAnswer":
        adapter = view.adapter
        startup = None
        if adapter.startup_revision is not None and adapter.startup_digest is not None:
            startup = Mark(revision=adapter.startup_revision, digest=adapter.startup_digest)
        drift = drifted(() if view.unit is None else view.unit.modules, startup, view.startup_modules)
        unit = None if view.unit is None else UnitAnswer.of(view.unit, moment)
        return cls(
            service_code=adapter.service_code,
            management_code=adapter.management_code,
            memo=adapter.memo,
            site_name=adapter.site_name,
            brought_in=adapter.brought_in,
            created_at=rfc3339(adapter.created_at),
            terms=TermsAnswer.of(adapter, None if view.unit is None else view.unit.unit),
            working=_mark(view.working_revision, view.working_digest),
            startup=_mark(adapter.startup_revision, adapter.startup_digest),
            push=None if view.push is None else PushAnswer.of(view.push),
            out_of_service_at=time_or_none(adapter.out_of_service_at),
            unit=unit,
            config_state=None if unit is None else unit.config_state,
            drift=None if drift is None else list(drift),
            groups=[GroupName(group=number, name=name) for number, name in sorted_into.groups],
            tags=[tag.text for tag in sorted_into.tags],
            startup_proved=view.proof is None or view.proof.push is None,
            startup_failed=_failed(view.proof),
        )

    @classmethod
    def of_new(cls, adapter: Adapter) -> "AdapterAnswer":
        """An adapter just taken up: nothing serves it and nothing is saved for it."""
        return cls(
            service_code=adapter.service_code,
            management_code=adapter.management_code,
            memo=adapter.memo,
            site_name=adapter.site_name,
            brought_in=adapter.brought_in,
            created_at=rfc3339(adapter.created_at),
            terms=TermsAnswer.of(adapter, None),
        )


def _failed(proof: StartupProof | None) -> MarkAnswer | None:
    failed = None if proof is None else proof.failed
    return None if failed is None else MarkAnswer(revision=failed.revision, digest=failed.digest)


def _mark(revision: int | None, digest: str | None) -> MarkAnswer | None:
    return None if revision is None or digest is None else MarkAnswer(revision=revision, digest=digest)


class Adapters(msgspec.Struct, frozen=True, kw_only=True):
    """`next` is the `after` of the part that follows; null: there is none."""

    items: list[AdapterAnswer]
    next: str | None


class BindingAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A unit serves an adapter from `bound_at` on, until `unbound_at` (null: still). Each end has its reason."""

    binding: int
    service_code: str
    distribution_id: str
    bound_at: Time
    reason: str
    unbound_at: Time | None
    unbound_reason: str | None

    @classmethod
    def of(cls, binding: Binding, distribution_id: str) -> "BindingAnswer":
        return cls(
            binding=binding.number,
            service_code=binding.service_code,
            distribution_id=distribution_id,
            bound_at=rfc3339(binding.bound_at),
            reason=binding.reason,
            unbound_at=time_or_none(binding.unbound_at),
            unbound_reason=binding.unbound_reason,
        )


class Bindings(msgspec.Struct, frozen=True, kw_only=True):
    """Oldest first. `next` is the `after` of the part that follows; null: there is none."""

    items: list[BindingAnswer]
    next: int | None

    @classmethod
    def of(cls, found: Sequence[BindingView], limit: int) -> "Bindings":
        """`found` holds one more than `limit` if there are more."""
        page = found[:limit]
        items = [BindingAnswer.of(view.binding, view.distribution_id) for view in page]
        return cls(items=items, next=page[-1].binding.number if len(found) > limit else None)


class Fleet(msgspec.Struct, frozen=True, kw_only=True):
    """How the fleet stands: adapters by the presence of their unit (`no_unit`: none serves it), pushes and faults by
    phase, exchanges by state."""

    adapters: int
    presence: dict[str, int]
    pushes: dict[str, int]
    faults: dict[str, int]
    exchanges: dict[str, int]
