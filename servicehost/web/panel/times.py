"""Times as people in Japan read them: the zone is named, and the exact instant stands in the markup."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Final

from markupsafe import Markup

from servicehost.domain.instant import as_datetime, from_datetime
from servicehost.domain.schedule import zone_of

__all__ = ["JAPAN", "day", "instant", "moment", "moment_in", "month_of", "months_before", "read_local", "stated"]

JAPAN: Final = timezone(timedelta(hours=9), "JST")


def instant(milliseconds: int) -> Markup:
    """The time of day; the script adds the day to what is older. All of it stands under the pointer."""
    return _short(as_datetime(milliseconds))


def stated(rfc3339: str) -> Markup:
    """As `instant`, of a time in words."""
    return _short(datetime.fromisoformat(rfc3339))


def moment(milliseconds: int | None) -> Markup:
    """Day, time and zone; a dash for what has not happened."""
    if milliseconds is None:
        return Markup("－")
    there = as_datetime(milliseconds).replace(microsecond=0)
    plain = there.astimezone(JAPAN).strftime("%Y-%m-%d %H:%M")
    return Markup('<time class="full" datetime="{}">{} <span class="zone">JST</span></time>').format(_utc(there), plain)


def moment_in(milliseconds: int, time_zone: str) -> Markup:
    """Day, time and zone, of a place that is named; Japan's own zone by its short name."""
    there = as_datetime(milliseconds).replace(microsecond=0)
    local = there.astimezone(zone_of(time_zone))
    plain, zone = local.strftime("%Y-%m-%d %H:%M"), "JST" if time_zone == "Asia/Tokyo" else time_zone
    return Markup('<time class="full" datetime="{}">{} <span class="zone">{}</span></time>').format(
        _utc(there), plain, zone
    )


def day(milliseconds: int) -> Markup:
    """The day in Japan."""
    plain = as_datetime(milliseconds).astimezone(JAPAN).strftime("%Y-%m-%d")
    return Markup('<time class="full" datetime="{}">{}</time>').format(plain, plain)


def _short(there: datetime) -> Markup:
    there = there.replace(microsecond=0)
    plain = there.astimezone(JAPAN).strftime("%Y-%m-%d %H:%M:%S")
    return Markup('<time datetime="{}" title="{} JST">{} JST</time>').format(_utc(there), plain, plain[11:])


def _utc(there: datetime) -> str:
    return there.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def read_local(text: str) -> int | None:
    """The instant of a local time in Japan as browsers' forms have it (`2026-11-23T19:30`), or of a day's beginning.

    None for an empty text. Raises ValueError.
    """
    if not text:
        return None
    return from_datetime(datetime.fromisoformat(text).replace(tzinfo=JAPAN))


def month_of(milliseconds: int) -> date:
    """The first day of its month in Japan."""
    return as_datetime(milliseconds).astimezone(JAPAN).date().replace(day=1)


def months_before(milliseconds: int, count: int) -> list[tuple[date, int, int]]:
    """The `count` months up to the instant's own, oldest first: first day, first instant, and the next one's first."""
    first, found = month_of(milliseconds), list[tuple[date, int, int]]()
    following = (first + timedelta(days=32)).replace(day=1)
    for _ in range(count):
        found.append((first, _begins(first), _begins(following)))
        first, following = (first - timedelta(days=1)).replace(day=1), first
    return found[::-1]


def _begins(first: date) -> int:
    return from_datetime(datetime(first.year, first.month, first.day, tzinfo=JAPAN))
