"""What can be done to one simulated unit while it runs: the one vocabulary of scenarios, demos and tests."""

from typing import Annotated, Literal, TypeAlias

import msgspec

from adapter_sim.box import Reversion, TaskTrouble
from protocol.messages import BootCause

__all__ = [
    "AnyDeed",
    "CutDownloads",
    "CutLine",
    "CutPower",
    "CutPowerInRenewal",
    "DamageDownloads",
    "Deed",
    "Expire",
    "FallSilent",
    "FillFlash",
    "LoseLocation",
    "Mend",
    "RaiseAlarm",
    "RaiseEvent",
    "ReadSlowly",
    "Reboot",
    "RenewNow",
    "ReportNow",
    "RestorePower",
    "RevertAlways",
    "SayGoodbye",
    "SkewClock",
    "TakeTime",
    "TroubleTasks",
]

Severity = Annotated[int, msgspec.Meta(ge=0, le=7)]
Component = Literal["flash", "fan", "temperature", "power", "self_test"]
Seconds = Annotated[float, msgspec.Meta(ge=0)]
RenewalStep = Literal["renewal_began", "candidate_kept", "renewed"]
"""How far a renewal has come: the door is asked; the new certificate is in flash; a host has welcomed it."""
Mended = Literal[
    "all", "line", "location", "silence", "hardware", "reading", "clock", "reverts", "room", "downloads", "tasks"
]
MAX_SKEW_S = 10**9


class Deed(msgspec.Struct, frozen=True, kw_only=True, tag_field="do", forbid_unknown_fields=True):
    """Something done to a unit. Said twice it does no more than once, unless it is an event."""


class FallSilent(Deed, frozen=True, kw_only=True, tag="silent"):
    """Reads and writes nothing any more, but holds its socket."""


class CutLine(Deed, frozen=True, kw_only=True, tag="line_cut"):
    """The socket is gone, and no dial succeeds until the line is mended."""


class LoseLocation(Deed, frozen=True, kw_only=True, tag="location_down"):
    """The location service does not answer it, until that is mended. What it learned before it goes by."""


class Mend(Deed, frozen=True, kw_only=True, tag="mend"):
    """What was wrong is right again: everything, or one thing."""

    what: Mended = "all"


class RaiseAlarm(Deed, frozen=True, kw_only=True, tag="raise_alarm"):
    """The unit's own hardware alarm. Severity 3 or worse: the part has failed; else it has degraded."""

    component: Component = "flash"
    severity: Severity = 2
    text: str = ""


class RaiseEvent(Deed, frozen=True, kw_only=True, tag="raise_event"):
    """An event that is no alarm."""

    sub_type: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    text: str = ""


class CutPower(Deed, frozen=True, kw_only=True, tag="power_cut"):
    """Off, at once: what was not in flash is gone."""


class RestorePower(Deed, frozen=True, kw_only=True, tag="power_on"):
    """On again, after a power cut or a goodbye; what is startup runs."""


class RenewNow(Deed, frozen=True, kw_only=True, tag="renew"):
    """Renews its certificate, due or not."""


class CutPowerInRenewal(Deed, frozen=True, kw_only=True, tag="power_cut_in_renewal"):
    """Off, right after the next renewal has come so far."""

    step: RenewalStep = "candidate_kept"


class Expire(Deed, frozen=True, kw_only=True, tag="expire"):
    """Restarts as a unit that was switched off too long: with this certificate of its own that has expired, and no
    other. Both are PEM files."""

    certificate: Annotated[str, msgspec.Meta(min_length=1)]
    key: Annotated[str, msgspec.Meta(min_length=1)]


class Reboot(Deed, frozen=True, kw_only=True, tag="reboot"):
    """Restarts by itself, without a goodbye."""

    cause: BootCause = "reboot"


class ReadSlowly(Deed, frozen=True, kw_only=True, tag="read_slowly"):
    """Takes no more than so many bytes a second off its socket."""

    bytes_per_s: Annotated[int, msgspec.Meta(ge=1)] = 10


class SkewClock(Deed, frozen=True, kw_only=True, tag="skew_clock"):
    """Its own clock is off, or begins at 1970 at every boot."""

    seconds: Annotated[float, msgspec.Meta(ge=-MAX_SKEW_S, le=MAX_SKEW_S)] = 0.0
    since_1970: bool = False


class RevertAlways(Deed, frozen=True, kw_only=True, tag="revert"):
    """No config is confirmed from now on: it fails when applied, or the host's yes is not heeded."""

    how: Reversion = "apply_failed"


class FillFlash(Deed, frozen=True, kw_only=True, tag="fill_flash"):
    """The flash takes no config of more than so many bytes."""

    room_bytes: Annotated[int, msgspec.Meta(ge=0)] = 0


class CutDownloads(Deed, frozen=True, kw_only=True, tag="cut_downloads"):
    """Every transfer of a file breaks off after so many bytes; the next one goes on from there."""

    after_bytes: Annotated[int, msgspec.Meta(ge=0)] = 65_536


class DamageDownloads(Deed, frozen=True, kw_only=True, tag="damage_downloads"):
    """Files arrive with a byte that is another."""


class TakeTime(Deed, frozen=True, kw_only=True, tag="take_time"):
    """Every task takes so long from now on."""

    seconds: Seconds = 1.0


class TroubleTasks(Deed, frozen=True, kw_only=True, tag="trouble_tasks"):
    """Every task goes wrong from now on: it never ends (`hangs`), is not even answered (`mute`), is refused, is
    answered again although that was taken, the unit restarts in its middle, every transfer of a large result breaks off
    (`cuts_upload`), or the digest that it names is of something else (`lies_about_digest`)."""

    how: TaskTrouble = "hangs"


class ReportNow(Deed, frozen=True, kw_only=True, tag="report"):
    """Sends a report now."""


class SayGoodbye(Deed, frozen=True, kw_only=True, tag="goodbye"):
    """Leaves politely and stays away until its power is restored."""


AnyDeed: TypeAlias = (
    FallSilent
    | CutLine
    | LoseLocation
    | Mend
    | RaiseAlarm
    | RaiseEvent
    | CutPower
    | CutPowerInRenewal
    | Expire
    | RenewNow
    | RestorePower
    | Reboot
    | ReadSlowly
    | SkewClock
    | RevertAlways
    | FillFlash
    | CutDownloads
    | DamageDownloads
    | TakeTime
    | TroubleTasks
    | ReportNow
    | SayGoodbye
)
