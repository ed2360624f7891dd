"""Does deeds to a running adapter."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import msgspec

from adapter_sim import deeds
from adapter_sim.adapter import Adapter
from adapter_sim.box import Clock
from adapter_sim.deeds import AnyDeed
from adapter_sim.identity import Brought
from adapter_sim.timers import Timers

__all__ = ["perform"]


def perform(deed: AnyDeed, adapter: Adapter, timers: Timers) -> bool:
    """Do `deed` to `adapter`, now. False when it was an event that found the unit's queue full and is lost."""
    now, wall = timers.now(), timers.wall()
    match deed:
        case deeds.RaiseAlarm(component=component, severity=severity, text=text):
            kept = adapter.box.raise_alarm(component, severity, wall=wall, now=now, text=text)
            adapter.pump()
            return kept
        case deeds.RaiseEvent(sub_type=sub_type, text=text):
            kept = adapter.box.raise_event(sub_type, wall=wall, now=now, text=text)
            adapter.pump()
            return kept
        case _:
            _VERBS[type(deed)](deed, adapter)
            return True


def _report(deed: deeds.ReportNow, adapter: Adapter) -> None:
    if adapter.talk is not None:
        adapter.talk.report()


def _cut_power_in_renewal(deed: deeds.CutPowerInRenewal, adapter: Adapter) -> None:
    adapter.cut_power_at = deed.step


def _expire(deed: deeds.Expire, adapter: Adapter) -> None:
    adapter.wear(Brought(certificate=Path(deed.certificate), key=Path(deed.key)))


def _skew_clock(deed: deeds.SkewClock, adapter: Adapter) -> None:
    _change_habits(adapter, clock=Clock(skew_s=deed.seconds, since_1970=deed.since_1970))


def _revert_always(deed: deeds.RevertAlways, adapter: Adapter) -> None:
    _change_habits(adapter, reverts=deed.how)


def _fill_flash(deed: deeds.FillFlash, adapter: Adapter) -> None:
    _change_habits(adapter, room_bytes=deed.room_bytes)


def _cut_downloads(deed: deeds.CutDownloads, adapter: Adapter) -> None:
    _change_habits(adapter, cut_downloads_after=deed.after_bytes)


def _mend(deed: deeds.Mend, adapter: Adapter) -> None:
    for what, mend in _MENDED.items():
        if deed.what in ("all", what):
            mend(adapter)


def _change_habits(adapter: Adapter, **changes: Any) -> None:
    adapter.box.habits = msgspec.structs.replace(adapter.box.habits, **changes)


_VERBS: Final[dict[type, Callable[[Any, Adapter], None]]] = {
    deeds.FallSilent: lambda deed, adapter: adapter.hold(silent=True),
    deeds.CutLine: lambda deed, adapter: adapter.cut_line(),
    deeds.LoseLocation: lambda deed, adapter: adapter.lose_location(lost=True),
    deeds.Mend: _mend,
    deeds.CutPower: lambda deed, adapter: adapter.power_off(),
    deeds.CutPowerInRenewal: _cut_power_in_renewal,
    deeds.RenewNow: lambda deed, adapter: adapter.renew(),
    deeds.Expire: _expire,
    deeds.RestorePower: lambda deed, adapter: adapter.power_on(),
    deeds.Reboot: lambda deed, adapter: adapter.reboot(deed.cause),
    deeds.ReadSlowly: lambda deed, adapter: adapter.read_slowly(deed.bytes_per_s),
    deeds.SkewClock: _skew_clock,
    deeds.RevertAlways: _revert_always,
    deeds.FillFlash: _fill_flash,
    deeds.CutDownloads: _cut_downloads,
    deeds.DamageDownloads: lambda deed, adapter: _change_habits(adapter, damages_downloads=True),
    deeds.TakeTime: lambda deed, adapter: _change_habits(adapter, task_s=deed.seconds),
    deeds.TroubleTasks: lambda deed, adapter: _change_habits(adapter, task_trouble=deed.how),
    deeds.ReportNow: _report,
    deeds.SayGoodbye: lambda deed, adapter: adapter.leave(),
}
_MENDED: Final[dict[str, Callable[[Adapter], None]]] = {
    "line": Adapter.mend_line,
    "location": lambda adapter: adapter.lose_location(lost=False),
    "silence": lambda adapter: adapter.hold(silent=False),
    "hardware": lambda adapter: adapter.box.mend(),
    "reading": lambda adapter: adapter.read_slowly(None),
    "clock": lambda adapter: _change_habits(adapter, clock=Clock()),
    "reverts": lambda adapter: _change_habits(adapter, reverts=None),
    "room": lambda adapter: _change_habits(adapter, room_bytes=None),
    "downloads": lambda adapter: _change_habits(adapter, cut_downloads_after=None, damages_downloads=False),
    "tasks": lambda adapter: _change_habits(adapter, task_s=0.0, task_trouble=None),
}
