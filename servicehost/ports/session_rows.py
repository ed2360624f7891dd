"""What the store keeps of units in session: where they stand, and what their sessions say."""

import msgspec

from servicehost.domain.admission import Papers
from servicehost.domain.config import ModuleState
from servicehost.domain.duplicate import Takeover
from servicehost.domain.module import ModuleMark
from servicehost.domain.status import Status

__all__ = ["Arrival", "Hearing", "Place", "SessionChange", "SessionEnd"]


class Place(Papers, frozen=True, kw_only=True):
    """Where a unit stands: its session epoch, the binding in force if it serves an adapter, and its papers."""

    unit_id: int
    distribution_id: str
    epoch: int
    service_code: str | None = None
    management_code: str | None = None
    startup_revision: int | None = None
    startup_digest: str | None = None
    startup_modules: tuple[ModuleMark, ...] = ()
    unproven_push: int | None = None
    """The push that stored the startup config, which no unit has run yet."""
    startup_failed: str | None = None
    """Digest of the startup config that was given up on the unit `startup_failed_on`."""
    startup_failed_on: int | None = None
    startup_failed_boot: str | None = None
    """The boot in which the startup config failed last."""
    boot_id: str | None = None
    """That of the hello before this one."""
    heard_at: int = 0
    ended_at: int | None = None
    takeovers: tuple[Takeover, ...] = ()
    """Of its last sessions, as `domain.duplicate` remembers them."""
    held_at: int | None = None
    moved_to: tuple[str, ...] = ()
    """The hosts that carry the unit now; none: this service host."""
    anchors: tuple[str, ...] | None = None
    """The trust anchors the unit was last known to hold."""
    renew_asked_at: int | None = None
    """Whatever was issued to the unit before this instant is to be renewed; the wish stays when it is met."""
    renew_reason: str | None = None


class Arrival(msgspec.Struct, frozen=True, kw_only=True):
    """A hello, taken: the unit's session row becomes this."""

    unit_id: int
    epoch: int
    host: str
    run: int
    at: int
    certificate: str
    remote_address: str
    tls_version: str
    firmware: str
    boot_id: str
    boot_cause: str
    clock_skew_ms: int | None
    modules: tuple[ModuleState, ...]
    takeovers: tuple[Takeover, ...] = ()
    anchor: str = ""


class SessionEnd(msgspec.Struct, frozen=True, kw_only=True):
    """A session is over; changes nothing unless `epoch` is still the unit's."""

    unit_id: int
    epoch: int
    at: int
    ending: str


class SessionChange(msgspec.Struct, frozen=True, kw_only=True):
    """The module states of a unit as progress has changed them; fenced by epoch."""

    unit_id: int
    epoch: int
    modules: tuple[ModuleState, ...]


class Hearing(msgspec.Struct, frozen=True, kw_only=True):
    """The newest report of a unit; changes nothing unless `epoch` is still the unit's."""

    unit_id: int
    epoch: int
    at: int
    status: Status
    reports: int = 0
    """How many the session has brought, counted up to three."""
