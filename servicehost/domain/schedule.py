"""When something is to happen: now, at an instant, or again and again by the clock of a place.

A recurrence names local dates (every day, every week on some days, every month on a day, or every n of them) and one
local time; the time zone is an IANA name (RFC 6557), whose rules the machine's own tz database keeps (the package
tzdata's where it has none). What a local time means on the days when clocks change follows RFC 5545, 3.3.5:

* A time that the clock skips (spring) is told by the offset before the change: 02:30 happens at what is then 03:30.
* A time that the clock shows twice (autumn) means the first of the two.

So every date has exactly one instant. A zone that skips a whole day gives two dates one instant: it happens once. A
month that lacks the day (30 February) is passed over, as RFC 5545 says; day -1 is the last one of every month.
"""

import enum
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from servicehost.domain.errors import Invalid
from servicehost.domain.instant import as_datetime, from_datetime

__all__ = ["NOW", "Every", "Recurrence", "Schedule", "Weekday", "check_schedule", "instant_of", "next_after", "zone_of"]

_DAY: Final = timedelta(days=1)
_MARGIN: Final = timedelta(days=2)
"""No zone has skipped or repeated more than a day."""
_EARLIEST, _LATEST = date(1970, 1, 2), date(9990, 1, 1)
_EARLIEST_MS, _LATEST_MS = 0, 253_087_113_600_000
_LAST_DAY: Final = -1
_DAYS_OF_A_MONTH: Final = frozenset((_LAST_DAY, *range(1, 32)))
_MONTHS_TRIED: Final = 4 * 12 * 100
"""After four hundred years the calendar begins again: a month not met by then is never met."""


class Weekday(enum.StrEnum):
    """In the order of the week, Monday first."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


_NUMBER: Final = {day: number for number, day in enumerate(Weekday)}


class Every(enum.StrEnum):
    """What a recurrence counts."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class Recurrence(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Every `interval` days, weeks (on `days`) or months (on `day`) at local `at_time`, from the date `starts_on`.

    Intervals count from `starts_on`: its day, its week (weeks begin on Monday), its month. `until` is the last date
    that may be met, `count` how many dates are; with neither it has no end.
    """

    every: Every
    at_time: time
    starts_on: date
    interval: int = 1
    days: tuple[Weekday, ...] = ()
    day: int | None = None
    until: date | None = None
    count: int | None = None


class Schedule(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Once at the instant `at` (ms), by a `recurrence` in the time zone, or, with neither, now."""

    time_zone: str = "UTC"
    at: int | None = None
    recurrence: Recurrence | None = None


NOW: Final = Schedule()


def check_schedule(schedule: Schedule) -> None:
    """Raises Invalid: `time_zone_unknown`, `at_and_recurrence`, `recurrence_wrong`, or `never_occurs` for one that
    names no date at all.
    """
    zone_of(schedule.time_zone)
    if schedule.recurrence is None:
        return
    if schedule.at is not None:
        raise Invalid("at_and_recurrence", "Give either an instant or a recurrence, not both")
    wrong = _wrong(schedule.recurrence)
    if wrong is not None:
        raise Invalid("recurrence_wrong", wrong)
    if next(_dates(schedule.recurrence, schedule.recurrence.starts_on), None) is None:
        raise Invalid("never_occurs", "No date fits this recurrence; correct its day, its interval or its end")


def _wrong(one: Recurrence) -> str | None:
    faults = (
        (one.interval < 1 or (one.count is not None and one.count < 1), "interval and count are at least 1"),
        (not _EARLIEST <= one.starts_on <= _LATEST, f"starts_on is between {_EARLIEST} and {_LATEST}"),
        (one.at_time.tzinfo is not None, "at_time is a local time without an offset; time_zone says where"),
        (bool(one.days) != (one.every is Every.WEEK), "days says on which days of every week, and of nothing else"),
        (len(set(one.days)) != len(one.days), "days names each day once"),
        ((one.day is not None) != (one.every is Every.MONTH), "day is the day of every month, and of nothing else"),
        (one.day is not None and one.day not in _DAYS_OF_A_MONTH, "day is 1 to 31, or -1 for the month's last"),
    )
    return next((text for is_wrong, text in faults if is_wrong), None)


@lru_cache(maxsize=1024)
def zone_of(name: str) -> ZoneInfo:
    """The time zone. Raises Invalid `time_zone_unknown` for a name that the machine's tz database lacks."""
    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, OSError) as error:
        text = f"There is no time zone {name}; give an IANA name such as Asia/Tokyo"
        raise Invalid("time_zone_unknown", text) from error


def instant_of(day: date, at_time: time, time_zone: str) -> int:
    """The instant (ms) of a local date and time; see above for times that a clock skips or shows twice."""
    # fold=0 is both: the first of two, and the offset before a gap.
    local = datetime.combine(day, at_time.replace(fold=0), zone_of(time_zone))
    return from_datetime(local)


def next_after(schedule: Schedule, after: int) -> int | None:
    """The first instant (ms) later than `after`; None when there is none any more, and for now."""
    recurrence = schedule.recurrence
    if recurrence is None:
        return schedule.at if schedule.at is not None and schedule.at > after else None
    for day in _dates(recurrence, _day_before(after)):
        instant = instant_of(day, recurrence.at_time, schedule.time_zone)
        if instant > after:
            return instant
    return None


def _day_before(instant: int) -> date:
    """A date that is over in every zone at that instant."""
    return (as_datetime(min(max(instant, _EARLIEST_MS), _LATEST_MS)) - _MARGIN).date()


def _dates(one: Recurrence, since: date) -> Iterator[date]:
    """The dates it names that are not before `since`, in their order."""
    last = min(one.until or _LATEST, _LATEST)
    for number, day in _numbered(one, max(since, one.starts_on)):
        if day > last or (one.count is not None and number >= one.count):
            return
        if day >= since:
            yield day


def _numbered(one: Recurrence, since: date) -> Iterator[tuple[int, date]]:
    """Dates with their numbers from 0; those before `since` may be left out, none after it is."""
    match one.every:
        case Every.DAY:
            return _every_day(one, since)
        case Every.WEEK:
            return _every_week(one, since)
        case Every.MONTH:
            return _every_month(one)


def _every_day(one: Recurrence, since: date) -> Iterator[tuple[int, date]]:
    number = -(-(since - one.starts_on).days // one.interval)
    while (days := number * one.interval) <= (_LATEST - one.starts_on).days + 1:
        yield number, one.starts_on + days * _DAY
        number += 1


def _every_week(one: Recurrence, since: date) -> Iterator[tuple[int, date]]:
    monday = one.starts_on - one.starts_on.weekday() * _DAY
    numbers = sorted(_NUMBER[day] for day in one.days)
    skipped = sum(number < one.starts_on.weekday() for number in numbers)
    week = (since - monday).days // 7 // one.interval
    while (days := week * one.interval * 7) <= (_LATEST - monday).days:
        for place, number in enumerate(numbers):
            count = week * len(numbers) + place - skipped
            if count >= 0:
                yield count, monday + (days + number) * _DAY
        week += 1


def _every_month(one: Recurrence) -> Iterator[tuple[int, date]]:
    """From its start on: only so are months known that were passed over."""
    number, missed = 0, 0
    month = one.starts_on.year * 12 + one.starts_on.month - 1
    while month < _LATEST.year * 12 and missed < _MONTHS_TRIED:
        day = _day_of(month // 12, month % 12 + 1, one.day or _LAST_DAY)
        if day is not None and day >= one.starts_on:
            yield number, day
            number, missed = number + 1, 0
        month, missed = month + one.interval, missed + 1


def _day_of(year: int, month: int, day: int) -> date | None:
    following = date(year + month // 12, month % 12 + 1, 1)
    if day == _LAST_DAY:
        return following - _DAY
    return date(year, month, day) if day <= (following - _DAY).day else None
