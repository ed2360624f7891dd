"""When something happens: instants, zones, clocks that change, months without the day, and where it ends."""

import importlib.util
import sys
import zoneinfo
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicehost.domain import schedule as rules
from servicehost.domain.errors import Invalid
from servicehost.domain.instant import from_rfc3339, rfc3339
from servicehost.domain.schedule import NOW, Every, Recurrence, Schedule, Weekday, check_schedule, next_after

TOKYO, BERLIN, NEW_YORK, APIA = "Asia/Tokyo", "Europe/Berlin", "America/New_York", "Pacific/Apia"
DAYS = {"every": "day", "at_time": time(2, 30), "starts_on": date(2026, 3, 27)}
WEEKS = {"every": "week", "at_time": time(9), "starts_on": date(2026, 4, 1)}  # a Wednesday
LATER: dict[str, Any] = {"at_time": time(3, 30), "starts_on": date(2026, 2, 1)}
MONTHS = {"every": "month", "at_time": time(0), "starts_on": date(2026, 1, 31)}


def first(zone: str, fields: dict[str, Any], number: int = 4, module: ModuleType = rules) -> list[str]:
    """The first instants, as UTC without seconds."""
    words = {**fields, "every": module.Every(fields["every"])}
    if "days" in fields:
        words["days"] = tuple(module.Weekday(day) for day in fields["days"])
    schedule = module.Schedule(time_zone=zone, recurrence=module.Recurrence(**words))
    module.check_schedule(schedule)
    found: list[str] = []
    at: int | None = 0
    while len(found) < number and (at := module.next_after(schedule, at)) is not None:
        found.append(rfc3339(at)[:16])
    return found


TABLE = [
    (TOKYO, DAYS, ["2026-03-26T17:30", "2026-03-27T17:30", "2026-03-28T17:30", "2026-03-29T17:30"]),
    # Berlin skips 02:00 to 03:00 on 29 March 2026: 02:30 happens at 03:30 (01:30 UTC), then at 02:30 again
    (BERLIN, DAYS, ["2026-03-27T01:30", "2026-03-28T01:30", "2026-03-29T01:30", "2026-03-30T00:30"]),
    # and shows 02:00 to 03:00 twice on 25 October: the first is meant
    (
        BERLIN,
        {**DAYS, "starts_on": date(2026, 10, 24)},
        ["2026-10-24T00:30", "2026-10-25T00:30", "2026-10-26T01:30", "2026-10-27T01:30"],
    ),
    (NEW_YORK, {**DAYS, "starts_on": date(2026, 3, 8), "count": 2}, ["2026-03-08T07:30", "2026-03-09T06:30"]),
    # Apia had no 30 December 2011: its 02:30 and that of the 31st are one instant
    (
        APIA,
        {**DAYS, "starts_on": date(2011, 12, 29), "until": date(2011, 12, 31)},
        ["2011-12-29T12:30", "2011-12-30T12:30"],
    ),
    ("UTC", {**DAYS, "interval": 10, "count": 3}, ["2026-03-27T02:30", "2026-04-06T02:30", "2026-04-16T02:30"]),
    (
        TOKYO,
        {**WEEKS, "days": ["fri", "mon"]},
        ["2026-04-03T00:00", "2026-04-06T00:00", "2026-04-10T00:00", "2026-04-13T00:00"],
    ),
    (
        TOKYO,
        {**WEEKS, "days": ["mon", "fri"], "interval": 2, "count": 3},
        ["2026-04-03T00:00", "2026-04-13T00:00", "2026-04-17T00:00"],
    ),
    ("UTC", {**WEEKS, "days": ["wed"], "until": date(2026, 4, 8)}, ["2026-04-01T09:00", "2026-04-08T09:00"]),
    (
        "UTC",
        {**MONTHS, "day": 31},
        ["2026-01-31T00:00", "2026-03-31T00:00", "2026-05-31T00:00", "2026-07-31T00:00"],
    ),
    (
        "UTC",
        {**MONTHS, "day": -1, "starts_on": date(2027, 12, 31)},
        ["2027-12-31T00:00", "2028-01-31T00:00", "2028-02-29T00:00", "2028-03-31T00:00"],
    ),
    ("UTC", {**MONTHS, "day": 30, "interval": 2, "count": 2}, ["2026-03-30T00:00", "2026-05-30T00:00"]),
    (
        "UTC",
        {**MONTHS, "day": 29, "interval": 12, "starts_on": date(2028, 2, 1), "count": 2},
        ["2028-02-29T00:00", "2032-02-29T00:00"],
    ),
]


@pytest.mark.parametrize(("zone", "fields", "instants"), TABLE)
def test_a_recurrence_names_these_instants(zone: str, fields: dict[str, Any], instants: list[str]) -> None:
    assert first(zone, fields) == instants


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("at_time.replace(fold=0)", "at_time.replace(fold=1)"),
        ("if instant > after:", "if instant >= after:"),
        ("number >= one.count", "number > one.count"),
        ("if day > last", "if day >= last"),
        ("week * len(numbers) + place - skipped", "week * len(numbers) + place"),
        ("if count >= 0:", "if True:"),
        ("number, missed = number + 1, 0", "number, missed = number, 0"),
        ("monday = one.starts_on - one.starts_on.weekday() * _DAY", "monday = one.starts_on"),
        ("day >= one.starts_on:", "day > one.starts_on:"),
        ("return following - _DAY", "return following"),
        ("days + number) * _DAY", "days + place) * _DAY"),
    ],
)
def test_a_rule_that_is_broken_is_noticed(right: str, wrong: str, tmp_path: Path) -> None:
    mutant = _mutant(tmp_path, right, wrong)
    assert any(first(zone, fields, module=mutant) != instants for zone, fields, instants in TABLE)


def _mutant(folder: Path, right: str, wrong: str) -> ModuleType:
    source = Path(rules.__file__).read_text()
    assert right in source
    (folder / "mutant.py").write_text(source.replace(right, wrong))
    spec = importlib.util.spec_from_file_location("mutant_schedule", folder / "mutant.py")
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    sys.modules["mutant_schedule"] = made
    spec.loader.exec_module(made)
    return made


def test_once_is_once_and_now_never_comes_again() -> None:
    once = Schedule(at=1000)
    assert (next_after(once, 999), next_after(once, 1000)) == (1000, None)
    assert next_after(NOW, 0) is None


def test_any_horizon_will_do() -> None:
    forever = Recurrence(every=Every.MONTH, at_time=time(3), starts_on=date(2026, 1, 1), day=1)
    far = from_rfc3339("9000-06-15T00:00:00Z")
    assert next_after(Schedule(recurrence=forever), far) == from_rfc3339("9000-07-01T03:00:00Z")
    assert next_after(Schedule(recurrence=forever), 10**18) is None
    assert next_after(Schedule(recurrence=forever), -(10**18)) == from_rfc3339("2026-01-01T03:00:00Z")


@pytest.mark.parametrize(
    ("schedule", "code"),
    [
        (Schedule(time_zone="Europe/Bielefeld"), "time_zone_unknown"),
        (Schedule(time_zone="../etc/passwd"), "time_zone_unknown"),
        (Schedule(time_zone="Asia"), "time_zone_unknown"),
        (Schedule(at=1, recurrence=Recurrence(every=Every.DAY, **LATER)), "at_and_recurrence"),
        (Schedule(recurrence=Recurrence(every=Every.DAY, interval=0, **LATER)), "recurrence_wrong"),
        (Schedule(recurrence=Recurrence(every=Every.DAY, count=0, **LATER)), "recurrence_wrong"),
        (Schedule(recurrence=Recurrence(every=Every.DAY, day=3, **LATER)), "recurrence_wrong"),
        (Schedule(recurrence=Recurrence(every=Every.WEEK, **LATER)), "recurrence_wrong"),
        (Schedule(recurrence=Recurrence(every=Every.WEEK, days=(Weekday.MON,) * 2, **LATER)), "recurrence_wrong"),
        (Schedule(recurrence=Recurrence(every=Every.MONTH, day=0, **LATER)), "recurrence_wrong"),
        (Schedule(recurrence=Recurrence(every=Every.MONTH, **LATER)), "recurrence_wrong"),
        (Schedule(recurrence=Recurrence(every=Every.MONTH, day=30, interval=12, **LATER)), "never_occurs"),
        (Schedule(recurrence=Recurrence(every=Every.DAY, until=date(2026, 1, 31), **LATER)), "never_occurs"),
    ],
)
def test_what_names_no_instant_is_refused_by_name(schedule: Schedule, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_schedule(schedule)
    assert refused.value.code == code


zones = st.sampled_from([TOKYO, BERLIN, NEW_YORK, APIA, "Australia/Lord_Howe", "UTC"])
recurrences = st.builds(
    lambda every, at_time, starts_on, interval, days, day, count: Recurrence(
        every=every,
        at_time=at_time,
        starts_on=starts_on,
        interval=interval,
        days=tuple(days) if every is Every.WEEK else (),
        day=day if every is Every.MONTH else None,
        count=count,
    ),
    st.sampled_from(Every),
    st.times().map(lambda one: one.replace(second=0, microsecond=0)),
    st.dates(date(2005, 1, 1), date(2035, 1, 1)),
    st.integers(1, 5),
    st.lists(st.sampled_from(Weekday), min_size=1, unique=True),
    st.integers(1, 28) | st.just(-1),
    st.integers(1, 9) | st.none(),
)


@given(zones, recurrences, st.integers(0, 3 * 10**12))
def test_the_next_instant_is_later_and_nothing_lies_between(zone: str, one: Recurrence, after: int) -> None:
    schedule = Schedule(time_zone=zone, recurrence=one)
    following = next_after(schedule, after)
    if following is None:
        assert one.count is not None
        return
    assert following > after
    assert next_after(schedule, following - 1) == following
    assert next_after(schedule, (after + following) // 2) == following
    local = datetime.fromtimestamp(following / 1000, ZoneInfo(zone))
    if local.time() != one.at_time:  # only where the clock skipped it
        told = datetime.combine(local.date(), one.at_time, ZoneInfo(zone))
        assert told.replace(fold=0).utcoffset() != told.replace(fold=1).utcoffset() or local.date() > one.starts_on


@given(zones, recurrences)
def test_one_by_one_they_rise_and_end_with_the_count(zone: str, one: Recurrence) -> None:
    schedule, at = Schedule(time_zone=zone, recurrence=one), 0
    met: list[int] = []
    while len(met) < 12 and (found := next_after(schedule, at)) is not None:
        met.append(at := found)
    assert all(later > earlier for earlier, later in pairwise(met))
    if one.count is not None:
        assert len(met) in (one.count, one.count - 1)  # one fewer where a skipped day is the same instant
    if one.every is Every.DAY and zone == "UTC":
        assert {b - a for a, b in pairwise(met)} <= {one.interval * 86_400_000}
    if one.every is Every.WEEK:
        days = {datetime.fromtimestamp(at / 1000, ZoneInfo(zone)).weekday() for at in met}
        assert zone == APIA or days <= {list(Weekday).index(day) for day in one.days}


@given(recurrences)
def test_what_is_kept_as_json_comes_back_the_same(one: Recurrence) -> None:
    schedule = Schedule(time_zone=TOKYO, recurrence=one)
    assert msgspec.json.decode(msgspec.json.encode(schedule), type=Schedule) == schedule


def test_a_recurrence_with_neither_an_end_nor_a_count_goes_on() -> None:
    daily = Schedule(recurrence=Recurrence(every=Every.DAY, **LATER))
    at = from_rfc3339("2999-12-31T23:00:00Z")
    assert next_after(daily, at) == at + int(timedelta(hours=4, minutes=30) / timedelta(milliseconds=1))


def test_a_machine_without_a_tz_database_knows_the_zones_all_the_same() -> None:
    zoneinfo.reset_tzpath(to=())
    try:
        zone = ZoneInfo.no_cache("Asia/Tokyo")
    finally:
        zoneinfo.reset_tzpath()
    assert datetime(2033, 1, 1, tzinfo=zone).utcoffset() == timedelta(hours=9)
