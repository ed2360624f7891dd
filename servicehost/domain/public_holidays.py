"""Japan's public holidays, by the rules of the Act on National Holidays as they stand since 2022.

The Act (国民の祝日に関する法律) names the days in article 2; article 3 gives the day after a holiday on a Sunday (the
first one that is no holiday) and a day between two holidays. The equinoxes are proclaimed each February for the year
after; the formula is the one by which they have come out, good for 1980 to 2099. What a special act moves, as it did
for the games of 2020 and 2021, stands in no rule: the settings take such days in and out.
"""

from datetime import date, timedelta
from functools import lru_cache
from typing import Final

__all__ = ["is_public_holiday", "public_holidays"]

_DAY: Final = timedelta(days=1)
_MONDAY, _SUNDAY = 0, 6
_FIXED: Final = ((1, 1), (2, 11), (2, 23), (4, 29), (5, 3), (5, 4), (5, 5), (8, 11), (11, 3), (11, 23))
_MONDAYS: Final = ((1, 2), (7, 3), (9, 3), (10, 2))
"""Month, and which of its Mondays: coming of age, marine, respect for the aged, sports."""
_EQUINOXES: Final = ((3, 20.8431), (9, 23.2488))


def is_public_holiday(day: date) -> bool:
    """Whether it is one, substitutes and days in between included."""
    return day in public_holidays(day.year)


@lru_cache(maxsize=16)
def public_holidays(year: int) -> frozenset[date]:
    """Every public holiday of the year."""
    named = _named(year)
    between = {day + _DAY for day in named if day + 2 * _DAY in named and (day + _DAY).weekday() != _SUNDAY}
    return frozenset(named | between | {_substitute(day, named) for day in named if day.weekday() == _SUNDAY})


def _named(year: int) -> set[date]:
    fixed = {date(year, month, day) for month, day in _FIXED}
    mondays = {_monday(year, month, which) for month, which in _MONDAYS}
    return fixed | mondays | {_equinox(year, month, base) for month, base in _EQUINOXES}


def _monday(year: int, month: int, which: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(_MONDAY - first.weekday()) % 7 + 7 * (which - 1))


def _equinox(year: int, month: int, base: float) -> date:
    since = year - 1980
    return date(year, month, int(base + 0.242194 * since) - since // 4)


def _substitute(day: date, named: set[date]) -> date:
    while day in named:
        day += _DAY
    return day
