"""What a scenario can let befall a unit, and the deeds it comes down to. Pure; seconds count from the fleet's start."""

import itertools
from collections.abc import Iterator
from typing import Annotated, Literal, NamedTuple, TypeAlias

import msgspec

from adapter_sim import deeds
from adapter_sim.box import Reversion, TaskTrouble
from adapter_sim.deeds import AnyDeed, Mend, RenewalStep, Seconds, Severity
from adapter_sim.inventory import UnitEntry

__all__ = [
    "AnyAilment",
    "BadFlash",
    "BootLoop",
    "ClockSkew",
    "DeadOnArrival",
    "DownloadsCut",
    "DownloadsDamaged",
    "Expired",
    "FalseAlarm",
    "Flapping",
    "FlashFull",
    "LineCut",
    "LocationDown",
    "PowerCut",
    "PowerCutInRenewal",
    "Reverts",
    "SelfTestFailed",
    "Silent",
    "SlowReader",
    "Step",
    "TasksTroubled",
    "WrongBox",
]

BOOTS_TO_A_LOOP = 3
Period = Annotated[float, msgspec.Meta(gt=0)]


class Step(NamedTuple):
    """One deed and its time."""

    at_s: float
    deed: AnyDeed


class Ailment(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", forbid_unknown_fields=True):
    """Begins at `at_s` and lasts `for_s`, or for good."""

    at_s: Seconds = 0.0
    for_s: Seconds | None = None

    def steps(self) -> Iterator[Step]:
        """Its deeds in the order of their times; endless when it repeats and never ends."""
        raise NotImplementedError

    def _lasting(self, begin: AnyDeed, end: AnyDeed) -> Iterator[Step]:
        yield Step(self.at_s, begin)
        if self.for_s is not None:
            yield Step(self.at_s + self.for_s, end)

    def _moments(self, period_s: float) -> Iterator[float]:
        for number in itertools.count():
            if self.for_s is not None and number * period_s >= self.for_s:
                return
            yield self.at_s + number * period_s


class Silent(Ailment, frozen=True, kw_only=True, tag="silent"):
    """Holds its socket and neither reads nor writes."""

    def steps(self) -> Iterator[Step]:
        return self._lasting(deeds.FallSilent(), Mend(what="silence"))


class LineCut(Ailment, frozen=True, kw_only=True, tag="line_cut"):
    """The line is cut; dials are refused meanwhile."""

    def steps(self) -> Iterator[Step]:
        return self._lasting(deeds.CutLine(), Mend(what="line"))


class LocationDown(Ailment, frozen=True, kw_only=True, tag="location_down"):
    """The location service does not answer; hosts do."""

    def steps(self) -> Iterator[Step]:
        return self._lasting(deeds.LoseLocation(), Mend(what="location"))


class Flapping(Ailment, frozen=True, kw_only=True, tag="flapping"):
    """The line is cut for the first half of every period."""

    period_s: Period = 20.0

    def steps(self) -> Iterator[Step]:
        for at_s in self._moments(self.period_s):
            yield Step(at_s, deeds.CutLine())
            yield Step(at_s + self.period_s / 2, Mend(what="line"))


class BadFlash(Ailment, frozen=True, kw_only=True, tag="bad_flash"):
    """The flash alarms and, failed, stores nothing more; perhaps the unit falls silent some time later."""

    severity: Severity = 2
    silent_after_s: Seconds | None = None

    def steps(self) -> Iterator[Step]:
        alarm = deeds.RaiseAlarm(component="flash", severity=self.severity, text="too many bad blocks")
        yield Step(self.at_s, alarm)
        after = self.silent_after_s
        if after is not None and (self.for_s is None or after < self.for_s):
            yield Step(self.at_s + after, deeds.FallSilent())
        if self.for_s is not None:
            yield Step(self.at_s + self.for_s, Mend(what="silence"))
            yield Step(self.at_s + self.for_s, Mend(what="hardware"))


class SelfTestFailed(Ailment, frozen=True, kw_only=True, tag="self_test_failed"):
    """The self-test fails."""

    severity: Severity = 2

    def steps(self) -> Iterator[Step]:
        alarm = deeds.RaiseAlarm(component="self_test", severity=self.severity, text="the self-test failed")
        return self._lasting(alarm, Mend(what="hardware"))


class BootLoop(Ailment, frozen=True, kw_only=True, tag="boot_loop"):
    """The watchdog restarts the unit every period; from the third time on it says so."""

    period_s: Period = 20.0

    def steps(self) -> Iterator[Step]:
        for boots, at_s in enumerate(self._moments(self.period_s), start=1):
            yield Step(at_s, deeds.Reboot(cause="watchdog"))
            if boots >= BOOTS_TO_A_LOOP:
                yield Step(at_s, deeds.RaiseEvent(sub_type="boot_loop", text=f"{boots} boots in a row by the watchdog"))


class Reverts(Ailment, frozen=True, kw_only=True, tag="reverts"):
    """No config is ever confirmed."""

    how: Reversion = "apply_failed"

    def steps(self) -> Iterator[Step]:
        return self._lasting(deeds.RevertAlways(how=self.how), Mend(what="reverts"))


class FlashFull(Ailment, frozen=True, kw_only=True, tag="flash_full"):
    """Its flash has room for so many bytes of config: larger offers are refused."""

    room_bytes: Annotated[int, msgspec.Meta(ge=0)] = 0

    def steps(self) -> Iterator[Step]:
        return self._lasting(deeds.FillFlash(room_bytes=self.room_bytes), Mend(what="room"))


class DownloadsCut(Ailment, frozen=True, kw_only=True, tag="downloads_cut"):
    """Every transfer of a file breaks off after so many bytes."""

    after_bytes: Annotated[int, msgspec.Meta(ge=0)] = 65_536

    def steps(self) -> Iterator[Step]:
        return self._lasting(deeds.CutDownloads(after_bytes=self.after_bytes), Mend(what="downloads"))


class DownloadsDamaged(Ailment, frozen=True, kw_only=True, tag="downloads_damaged"):
    """Files arrive damaged: their digests do not match."""

    def steps(self) -> Iterator[Step]:
        return self._lasting(deeds.DamageDownloads(), Mend(what="downloads"))


class TasksTroubled(Ailment, frozen=True, kw_only=True, tag="tasks_troubled"):
    """Every task goes wrong: see `deeds.TroubleTasks`."""

    how: TaskTrouble = "hangs"

    def steps(self) -> Iterator[Step]:
        return self._lasting(deeds.TroubleTasks(how=self.how), Mend(what="tasks"))


class SlowReader(Ailment, frozen=True, kw_only=True, tag="slow_reader"):
    """Reads so many bytes a second."""

    bytes_per_s: Annotated[int, msgspec.Meta(ge=1)] = 10

    def steps(self) -> Iterator[Step]:
        return self._lasting(deeds.ReadSlowly(bytes_per_s=self.bytes_per_s), Mend(what="reading"))


class ClockSkew(Ailment, frozen=True, kw_only=True, tag="clock_skew"):
    """Its clock is `seconds` off, or `since = 1970` starts at the epoch at every boot."""

    seconds: Annotated[float, msgspec.Meta(ge=-deeds.MAX_SKEW_S, le=deeds.MAX_SKEW_S)] = 0.0
    since: Literal[1970] | None = None

    def steps(self) -> Iterator[Step]:
        skew = deeds.SkewClock(seconds=self.seconds, since_1970=self.since is not None)
        return self._lasting(skew, Mend(what="clock"))


class PowerCut(Ailment, frozen=True, kw_only=True, tag="power_cut"):
    """The power goes, and comes back."""

    def steps(self) -> Iterator[Step]:
        return self._lasting(deeds.CutPower(), deeds.RestorePower())


class PowerCutInRenewal(Ailment, frozen=True, kw_only=True, tag="power_cut_in_renewal"):
    """Renews its certificate, and the power goes right after `step`; it comes back `for_s` later."""

    step: RenewalStep = "candidate_kept"

    def steps(self) -> Iterator[Step]:
        yield Step(self.at_s, deeds.CutPowerInRenewal(step=self.step))
        yield Step(self.at_s, deeds.RenewNow())
        if self.for_s is not None:
            yield Step(self.at_s + self.for_s, deeds.RestorePower())


class Expired(Ailment, frozen=True, kw_only=True, tag="expired"):
    """Was switched off too long: has only this certificate of its own, made to be expired. Two PEM files."""

    certificate: Annotated[str, msgspec.Meta(min_length=1)]
    key: Annotated[str, msgspec.Meta(min_length=1)]

    def steps(self) -> Iterator[Step]:
        yield Step(self.at_s, deeds.Expire(certificate=self.certificate, key=self.key))


class DeadOnArrival(Ailment, frozen=True, kw_only=True, tag="dead_on_arrival"):
    """Never powers on; whoever runs the fleet sees to that. Its times say nothing."""

    def steps(self) -> Iterator[Step]:
        return iter(())


class WrongBox(Ailment, frozen=True, kw_only=True, tag="wrong_box"):
    """Another box was put into the parcel: that one is enrolled and powers on where this one should. Its times say
    nothing."""

    answers: UnitEntry

    def steps(self) -> Iterator[Step]:
        return iter(())


class FalseAlarm(Ailment, frozen=True, kw_only=True, tag="false_alarm"):
    """Says once that its self-test failed, although it is in order: whoever inspects it finds nothing."""

    def steps(self) -> Iterator[Step]:
        yield Step(self.at_s, deeds.RaiseEvent(sub_type="self_test_failed", text="the self-test failed once"))


AnyAilment: TypeAlias = (
    Silent
    | LineCut
    | LocationDown
    | Flapping
    | BadFlash
    | SelfTestFailed
    | BootLoop
    | Reverts
    | FlashFull
    | DownloadsCut
    | DownloadsDamaged
    | TasksTroubled
    | SlowReader
    | ClockSkew
    | PowerCut
    | PowerCutInRenewal
    | Expired
    | DeadOnArrival
    | WrongBox
    | FalseAlarm
)
