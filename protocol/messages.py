"""What the two ends say to each other: the `params` and `result` of every JSON-RPC message.

Fields are only ever added, with a default; none is renamed, retyped or reused. Unknown fields are ignored, so an
older end can talk with a newer one. Times are RFC 3339 in UTC; durations are whole seconds unless the name says
otherwise. A message that must survive is a request, answered after it is durable; a notification may be lost.
"""

from typing import Annotated, Final, Literal, TypeAlias

import msgspec

from protocol.renewal import ASKED_WITHIN_S

__all__ = [
    "RESERVED_METHODS",
    "Anchors",
    "AnchorsHeld",
    "BootCause",
    "ConfigOffer",
    "ConfigProgress",
    "Desired",
    "Event",
    "FailedMark",
    "Goodbye",
    "Hello",
    "Mark",
    "ModuleOffer",
    "ModuleState",
    "OfferAnswer",
    "OfferedFile",
    "OfferedMark",
    "Outcome",
    "ProgressPhase",
    "Redial",
    "Rejected",
    "Renew",
    "Report",
    "ReportRequest",
    "Standing",
    "Taken",
    "Welcome",
]

RESERVED_METHODS: Final = ("redirect", "erase")
"""Names kept for later, beside every further name that begins with `task.`."""

BootCause = Literal["power_on", "reboot", "watchdog", "config", "firmware", "unknown"]
Outcome = Literal["accepted", "substituted", "refused"]
ProgressPhase = Literal["running", "confirmed", "reverted", "refused"]
Standing = Literal["serving", "standby"]
Encoding = Literal["text", "base64"]

Digest = Annotated[str, msgspec.Meta(pattern=r"^sha256:[0-9a-f]{64}$", max_length=71)]
Fingerprint = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$", max_length=64)]
Pem = Annotated[str, msgspec.Meta(max_length=16_384)]
Count = Annotated[int, msgspec.Meta(ge=0, le=2**53 - 1)]
Module = Annotated[int, msgspec.Meta(ge=0, le=255)]
Seconds = Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]
Wait = Annotated[float, msgspec.Meta(ge=0, le=86_400)]
WireCode = Annotated[int, msgspec.Meta(ge=1000, le=4999)]
Word = Annotated[str, msgspec.Meta(max_length=64)]
Text = Annotated[str, msgspec.Meta(max_length=1024)]
Target: TypeAlias = Literal["startup", "running", "both"]


class Mark(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One revision of one module's config, by number and by digest. The digest decides; the number is for people."""

    revision: Count
    digest: Digest


class OfferedMark(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The revision a push last offered to the unit, whatever became of it."""

    revision: Count
    digest: Digest
    push: Count


class FailedMark(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The revision that last failed on the unit, and why: the host learns of it at the next `hello` at the latest."""

    revision: Count
    digest: Digest
    push: Count
    reason: Word
    """`refused`, `management_path_lost`, `apply_failed`, `digest_mismatch`, `power_lost` or a word of the unit's."""
    text: Text = ""


class ModuleState(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a unit knows of one module. A mark left out means: none yet."""

    module: Module = 0
    running: Mark | None = None
    """What runs now, on trial or not. It names the body that was offered, substitutions or none."""
    startup: Mark | None = None
    """What the unit would start with now."""
    last_offered: OfferedMark | None = None
    last_failed: FailedMark | None = None
    confirmed: Mark | None = None
    """What the host last said yes to."""
    trial: Count | None = None
    """The push whose revision runs on trial: applied, and waiting for the host to be reached and to say yes."""
    name: Word = ""
    """What the module is, in the maker's words; for people."""
    version: Word = ""
    """Of the module's own software."""


class Hello(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Unit -> host, request, first and once. Who the unit is comes from its certificate alone, not from here."""

    firmware: Word
    """Version of what runs on the unit."""
    boot_id: Word
    """Random, new at every boot: with an event's sequence it names the event, and tells a reboot from a redial."""
    boot_cause: BootCause = "unknown"
    """Why the unit last started."""
    modules: Annotated[tuple[ModuleState, ...], msgspec.Meta(max_length=32)] = ()
    """Each module of the unit once."""
    capabilities: Annotated[tuple[Word, ...], msgspec.Meta(max_length=64)] = ()
    time: Word | None = None
    """The unit's own clock; may be hours off or 1970. The host only notes the difference."""
    last_close: WireCode | None = None
    """Close code of the unit's previous session as the unit saw it."""
    anchors: Annotated[tuple[Fingerprint, ...], msgspec.Meta(max_length=32)] | None = None
    """SHA-256 of each trust anchor the unit holds. Left out by a unit that cannot be given others in session."""


class Redial(msgspec.Struct, frozen=True, kw_only=True):
    """How to dial after a session was lost: the waits are in seconds, their use is told under Redial rules."""

    spread_s: Wait = 5.0
    """The first round waits between nothing and this."""
    cap_s: Wait = 60.0
    """No round waits longer."""
    slow_first_s: Wait = 5.0
    """The first slow wait is between this and its double."""
    slow_cap_s: Wait = 5120.0
    """No slow wait is longer."""


class Renew(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Host -> unit, notification: renew your certificate now. A hint; may be lost: the next welcome says it again."""

    reason: Word = "asked"
    """`anchor_change`, `key_policy`, `asked` or another word; for the unit's log."""
    within_s: Seconds = ASKED_WITHIN_S
    """Begin at a random moment within so many seconds, so that a fleet does not begin at once."""


class Desired(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the adapter behind this unit shall run. `push` is set while a push is under way."""

    module: Module = 0
    startup: Mark | None = None
    """What was last confirmed for this adapter, perhaps on another unit."""
    push: Count | None = None
    revision: Count | None = None
    digest: Digest | None = None


class Welcome(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Host -> unit, the answer to `hello`."""

    standing: Standing
    """`standby`: connected and watched, but serving no adapter: no service code, no config."""
    session_epoch: Count
    """Grows with every session of this unit; the newest session wins."""
    binding: Count | None = None
    """Number of the binding between unit and adapter; none on stand-by."""
    service_code: Word | None = None
    """The adapter this unit serves; none on stand-by."""
    report_interval_s: Annotated[int, msgspec.Meta(ge=1, le=86_400)] = 30
    """How often to report."""
    redial: Redial = Redial()
    """Holds until the next welcome; keep it with the config."""
    capabilities: Annotated[tuple[Word, ...], msgspec.Meta(max_length=64)] = ()
    desired: Annotated[tuple[Desired, ...], msgspec.Meta(max_length=32)] = ()
    """For information: what the unit lacks is offered to it without its asking."""
    confirm: Annotated[tuple[Count, ...], msgspec.Meta(max_length=32)] = ()
    """Pushes on trial that the host hereby says yes to: the unit makes them confirmed and reports that."""
    revert: Annotated[tuple[Count, ...], msgspec.Meta(max_length=32)] = ()
    """Pushes on trial that the host says no to (superseded meanwhile): the unit restores what ran before."""
    time: Word | None = None
    """The host's clock: what a unit judges its certificate's age by, whatever its own clock shows."""
    renew: Renew | None = None
    """The host wants a younger certificate than the one this session was opened with; said until it has one."""


class Report(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Unit -> host, notification: how the unit is. May be lost; the next one replaces it."""

    uptime_s: Count
    """Since the last boot."""
    cpu_percent: float = 0.0
    memory_percent: float = 0.0
    temperature_c: float | None = None
    health: Annotated[dict[Word, Literal["ok", "degraded", "failed"]], msgspec.Meta(max_length=32)] = {}
    """By component: flash, fan, temperature, power, self_test, …"""
    running: Annotated[tuple[Mark, ...], msgspec.Meta(max_length=32)] = ()
    addresses: Annotated[tuple[Word, ...], msgspec.Meta(max_length=16)] = ()


class Event(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Unit -> host, request: something happened that people must not miss. Answered once it is durable.

    (`boot_id` of the hello, `sequence`) names it: said again after a lost answer, it is taken once.
    """

    sequence: Count
    """Grows by one with every event since the boot."""
    sub_type: Word
    """`hardware_alarm`, `self_test_failed`, `boot_loop`, `link_up`, `link_down`, `config_erased`, or another word."""
    component: Word = ""
    """For a hardware alarm: flash, fan, temperature, power, self_test."""
    severity: Annotated[int, msgspec.Meta(ge=0, le=7)] = 5
    """RFC 5424: 0 emergency … 7 debug."""
    text: Text = ""
    time: Word | None = None


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """Host -> unit, the answer to `event`, `config.progress` and `task.done`: it is durable."""


class Rejected(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One parameter of a config the unit did not take as written."""

    parameter: Text
    reason: Text
    substitution: Text | None = None
    """What the unit runs instead; none when it left the parameter out."""


class OfferedFile(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A body that is fetched at the bootstrap door with the unit's own certificate, in ranges if need be: see Files."""

    path: Text
    """Of the file, at the door that the location document names."""
    size_bytes: Count


class ModuleOffer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One module more of the same push. All of them are stored, tried, confirmed and reverted together."""

    module: Module
    digest: Digest
    """Of the module's bytes, whichever way they come."""
    body: str = ""
    encoding: Encoding = "text"
    file: OfferedFile | None = None
    """Set when the body is to be fetched; `body` is empty then."""


class ConfigOffer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Host -> unit, request. Offering the same push again is harmless. Answered when the unit has stored it."""

    push: Count
    """Names the push in everything that is said of it."""
    revision: Count
    digest: Digest
    """Of the module's bytes; a unit that computes another answers `refused`, `digest_mismatch`."""
    body: str
    """The config: the exact text, or its bytes in base64, as `encoding` says. Empty when it is to be fetched."""
    module: Module = 0
    """Which module `digest` and `body` are of: the first of those that differ from what the unit last said it runs."""
    confirm_timeout_s: Annotated[int, msgspec.Meta(ge=1, le=2**31 - 1)] = 600
    """The unit restores what it ran before when it cannot reach the host on a new connection for this long."""
    encoding: Encoding = "text"
    file: OfferedFile | None = None
    """Set when the body is to be fetched."""
    also: Annotated[tuple[ModuleOffer, ...], msgspec.Meta(max_length=31)] = ()
    """Further modules of the push. What is in neither stays as it is."""
    target: Target = "both"
    """`both`: on trial at once, startup once it is confirmed. `running`: the startup config stays what it is, and the
    next boot returns to it. `startup`: nothing is applied; the next boot tries it. See Targets."""


class OfferAnswer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Unit -> host, the answer to `config.offer`: `accepted` and `substituted` mean it is stored and will be tried."""

    outcome: Outcome
    rejected: Annotated[tuple[Rejected, ...], msgspec.Meta(max_length=256)] = ()
    """What was not taken as written; not empty when `substituted`."""
    reason: Word = ""
    """Why it was refused: `invalid`, `digest_mismatch`, `no_room`, `unknown_module` or a word of the unit's."""


class ConfigProgress(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Unit -> host, request: how a push goes on after it was stored. A new `hello` replaces an unanswered one."""

    push: Count
    revision: Count
    digest: Digest
    phase: ProgressPhase
    """`confirmed` only after a welcome that confirmed the push; `running` is a hint that proves nothing."""
    module: Module = 0
    reason: Word = ""
    text: Text = ""
    rejected: Annotated[tuple[Rejected, ...], msgspec.Meta(max_length=256)] = ()


class Anchors(msgspec.Struct, frozen=True, kw_only=True):
    """Host -> unit, request: the trust anchors in force, all of them. See Trust anchors."""

    anchors: Annotated[tuple[Pem, ...], msgspec.Meta(max_length=8)]
    """Each one certificate in PEM."""


class AnchorsHeld(msgspec.Struct, frozen=True, kw_only=True):
    """Unit -> host, the answer to `anchors`: what the unit holds now, in memory that outlives a power cut."""

    anchors: Annotated[tuple[Fingerprint, ...], msgspec.Meta(max_length=32)]
    """SHA-256 of the DER of each."""


class ReportRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Host -> unit, notification: report now. A hint; may be lost."""


class Goodbye(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Either way, notification, last: why the sender leaves, and when to dial again."""

    code: WireCode
    """The close code that follows."""
    reason: Word
    """The code's name in small letters, or a more exact word."""
    redial_after_s: Seconds | None = None
    text: Text = ""
