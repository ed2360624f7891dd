"""When an adapter may be disturbed: days of the week, midnight, zones, clocks that change."""

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicehost.domain.errors import Invalid
from servicehost.domain.instant import from_rfc3339, rfc3339
from servicehost.domain.maintenance import (
    MaintenanceWindows,
    Window,
    check_windows,
    next_opening,
    window_open,
)
from servicehost.domain.schedule import Weekday

SAT, SUN, MON, TUE = Weekday.SAT, Weekday.SUN, Weekday.MON, Weekday.TUE
NIGHT = Window(days=(SAT,), opens=time(22), closes=time(5))
NOON = Window(days=(MON, TUE), opens=time(12), closes=time(13))
WHOLE_DAY = Window(days=(SUN,), opens=time(0), closes=time(0))
IN_THE_GAP = Window(days=(SUN,), opens=time(2, 30), closes=time(3))
TOKYO = MaintenanceWindows(time_zone="Asia/Tokyo", windows=(NIGHT, NOON))
BERLIN = MaintenanceWindows(time_zone="Europe/Berlin", windows=(NIGHT,))


@pytest.mark.parametrize(
    ("windows", "at", "is_open", "opens", "closes"),
    [
        # 2026-04-04 is a Saturday; Tokyo is nine hours ahead
        (TOKYO, "2026-04-04T12:59", False, "2026-04-04T13:00", None),
        (TOKYO, "2026-04-04T13:00", True, "2026-04-04T13:00", "2026-04-04T20:00"),
        (TOKYO, "2026-04-04T19:59", True, "2026-04-04T19:59", "2026-04-04T20:00"),
        (TOKYO, "2026-04-04T20:00", False, "2026-04-06T03:00", None),
        (TOKYO, "2026-04-07T04:00", False, "2026-04-11T13:00", None),
        # Berlin's clocks jump in the night of 28 March 2026: that window is an hour shorter
        (BERLIN, "2026-03-28T21:00", True, "2026-03-28T21:00", "2026-03-29T03:00"),
        (BERLIN, "2026-10-24T20:00", True, "2026-10-24T20:00", "2026-10-25T04:00"),
        (MaintenanceWindows(), "2026-04-04T00:00", True, "2026-04-04T00:00", None),
        (
            MaintenanceWindows(windows=(WHOLE_DAY, NIGHT)),
            "2026-04-04T22:00",
            True,
            "2026-04-04T22:00",
            "2026-04-06T00:00",
        ),
        # the clock skips its opening, so that it would close before it opens
        (
            MaintenanceWindows(time_zone="Europe/Berlin", windows=(IN_THE_GAP,)),
            "2026-03-29T00:45",
            False,
            "2026-04-05T00:30",
            None,
        ),
    ],
)
def test_the_table(windows: MaintenanceWindows, at: str, is_open: bool, opens: str, closes: str | None) -> None:
    instant = from_rfc3339(f"{at}:00Z")
    assert window_open(windows, instant) is is_open
    following = next_opening(windows, instant)
    assert following is not None
    assert rfc3339(following)[:16] == opens
    if closes is not None:
        end = from_rfc3339(f"{closes}:00Z")
        assert window_open(windows, end - 1)
        assert not window_open(windows, end)


@pytest.mark.parametrize(
    ("windows", "code"),
    [
        (MaintenanceWindows(time_zone="Mars/Olympus"), "time_zone_unknown"),
        (MaintenanceWindows(windows=(Window(days=(), opens=time(1), closes=time(2)),)), "window_wrong"),
        (MaintenanceWindows(windows=(Window(days=(SAT, SAT), opens=time(1), closes=time(2)),)), "window_wrong"),
    ],
)
def test_what_is_no_window_is_refused_by_name(windows: MaintenanceWindows, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_windows(windows)
    assert refused.value.code == code


minutes = st.times().map(lambda one: one.replace(second=0, microsecond=0))
windows_of = st.builds(
    MaintenanceWindows,
    time_zone=st.sampled_from(["Asia/Tokyo", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"]),
    windows=st.lists(
        st.builds(
            Window,
            days=st.lists(st.sampled_from(Weekday), min_size=1, unique=True).map(tuple),
            opens=minutes,
            closes=minutes,
        ),
        min_size=1,
        max_size=3,
    ).map(tuple),
)


@given(windows_of, st.integers(1_600_000_000_000, 1_900_000_000_000))
def test_it_opens_when_it_says(windows: MaintenanceWindows, at: int) -> None:
    opens = next_opening(windows, at)
    if opens is None:
        return  # the one night of the week that the clock skips
    assert opens >= at
    assert window_open(windows, opens)
    assert opens == at or not window_open(windows, opens - 1)
