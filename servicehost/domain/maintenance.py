"""Maintenance windows: the hours in which an adapter may be disturbed.

Local times in a time zone, on days of the week, each the day on which the window opens; one that closes at or before
the time it opens runs past midnight into the next day (the same time: for a whole day). What a local time means when
clocks change is `schedule`'s to say; a window whose opening and closing fall on the same instant, or the wrong way
round, because the clock skipped them, does not open that day.
"""

from collections.abc import Iterator, Sequence
from datetime import date, time, timedelta
from typing import Final

import msgspec

from servicehost.domain.errors import Invalid
from servicehost.domain.instant import as_datetime
from servicehost.domain.schedule import Weekday, instant_of, zone_of

__all__ = ["MaintenanceWindows", "Window", "check_windows", "next_opening", "window_open"]

_DAY: Final = timedelta(days=1)
_WEEK_MS: Final = 7 * 86_400_000
_WEEK_AHEAD: Final = 9
"""Days looked at: every day of the week, and one more at each end for zones and midnights."""
_DAYS: Final = tuple(Weekday)


class Window(msgspec.Struct, frozen=True, kw_only=True):
    """Open on these days from local `opens` up to, and not including, `closes`."""

    days: tuple[Weekday, ...]
    opens: time
    closes: time


class MaintenanceWindows(msgspec.Struct, frozen=True, kw_only=True):
    """Open while any of the windows is; without any window: always."""

    time_zone: str = "UTC"
    windows: tuple[Window, ...] = ()


def check_windows(windows: MaintenanceWindows) -> None:
    """Raises Invalid `time_zone_unknown` or `window_wrong`."""
    zone_of(windows.time_zone)
    for window in windows.windows:
        if not window.days or len(set(window.days)) != len(window.days):
            raise Invalid("window_wrong", "A maintenance window names its days of the week, each once")
        if window.opens.tzinfo is not None or window.closes.tzinfo is not None:
            raise Invalid("window_wrong", "A window's times are local, without an offset; time_zone says where")


def window_open(windows: MaintenanceWindows, at: int) -> bool:
    """Whether that instant (ms) lies in a window."""
    return not windows.windows or any(opens <= at < closes for opens, closes in _around(windows, at))


def next_opening(windows: MaintenanceWindows, at: int) -> int | None:
    """The first instant (ms), `at` or later, at which a window is open; None when none opens within the week ahead."""
    if window_open(windows, at):
        return at
    return min((opens for opens, _ in _around(windows, at) if opens >= at), default=None)


def _around(windows: MaintenanceWindows, at: int) -> Iterator[tuple[int, int]]:
    """Every span of the days about that instant."""
    today = as_datetime(at).date()
    for ahead in range(-2, _WEEK_AHEAD):
        day = today + ahead * _DAY
        yield from _spans(windows.time_zone, windows.windows, day)


def _spans(time_zone: str, windows: Sequence[Window], day: date) -> Iterator[tuple[int, int]]:
    for window in windows:
        if _DAYS[day.weekday()] in window.days:
            closing = day if window.closes > window.opens else day + _DAY
            opens = instant_of(day, window.opens, time_zone)
            closes = instant_of(closing, window.closes, time_zone)
            if opens < closes:
                yield opens, closes
