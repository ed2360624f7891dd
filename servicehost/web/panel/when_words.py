"""Spans, recurrences and maintenance windows in words."""

from collections.abc import Mapping, Sequence
from typing import Final

from servicehost.domain.maintenance import MaintenanceWindows
from servicehost.domain.rule import Text
from servicehost.domain.schedule import Every, Recurrence, Weekday

__all__ = ["WEEKDAYS", "days_text", "recurrence_text", "span_text", "windows_text"]

WEEKDAYS: Final[Mapping[Weekday, Text]] = {
    Weekday.MON: Text(ja="月", en="Mon"),
    Weekday.TUE: Text(ja="火", en="Tue"),
    Weekday.WED: Text(ja="水", en="Wed"),
    Weekday.THU: Text(ja="木", en="Thu"),
    Weekday.FRI: Text(ja="金", en="Fri"),
    Weekday.SAT: Text(ja="土", en="Sat"),
    Weekday.SUN: Text(ja="日", en="Sun"),
}
_SPANS: Final[tuple[tuple[int, str, str], ...]] = (
    (86_400, "日", "day"),
    (3_600, "時間", "hour"),
    (60, "分", "minute"),
    (1, "秒", "second"),
)
_EVERY_DAY: Final = len(WEEKDAYS)
_LAST_DAY: Final = -1


def span_text(seconds: int) -> Text:
    """In the largest unit of which it is a whole number."""
    size, ja, en = next((one for one in _SPANS if seconds and seconds % one[0] == 0), _SPANS[-1])
    count = seconds // size
    return Text(ja=f"{count}{ja}", en=f"{count} {en}{'' if count == 1 else 's'}")


def days_text(days: Sequence[Weekday]) -> Text:
    """In the order of the week."""
    if len(set(days)) == _EVERY_DAY:
        return Text(ja="毎日", en="every day")
    inside = [WEEKDAYS[day] for day in Weekday if day in days]
    return Text(ja="・".join(one.ja for one in inside) + "曜日", en=", ".join(one.en for one in inside))


def windows_text(windows: MaintenanceWindows) -> Text | None:
    """None for windows that are always open."""
    if not windows.windows:
        return None
    parts = [
        (days_text(one.days), f"{one.opens:%H:%M}～{one.closes:%H:%M}", f"{one.opens:%H:%M} to {one.closes:%H:%M}")
        for one in windows.windows
    ]
    ja = "、".join(f"{days.ja} {span}" for days, span, _ in parts)
    en = "; ".join(f"{days.en} {span}" for days, _, span in parts)
    return Text(ja=f"{ja}（{windows.time_zone}）", en=f"{en} ({windows.time_zone})")


def recurrence_text(one: Recurrence, time_zone: str) -> Text:
    """Such as 毎週 月・木曜日 02:30（Asia/Tokyo）, with its bounds."""
    at, dates = f"{one.at_time:%H:%M}", _dates(one)
    bounds_ja, bounds_en = _bounds(one)
    return Text(ja=f"{dates.ja} {at}（{time_zone}）{bounds_ja}", en=f"{dates.en} at {at} ({time_zone}){bounds_en}")


def _dates(one: Recurrence) -> Text:
    n = one.interval
    if one.every is Every.DAY:
        return Text(ja="毎日" if n == 1 else f"{n}日ごと", en="every day" if n == 1 else f"every {n} days")
    if one.every is Every.WEEK:
        days = days_text(one.days)
        return Text(
            ja=f"{'毎週' if n == 1 else f'{n}週間ごと'} {days.ja}",
            en=f"{'every week' if n == 1 else f'every {n} weeks'} on {days.en}",
        )
    last = one.day == _LAST_DAY
    return Text(
        ja=f"{'毎月' if n == 1 else f'{n}か月ごと'} {'末日' if last else f'{one.day}日'}",
        en=f"{'every month' if n == 1 else f'every {n} months'} on {'its last day' if last else f'day {one.day}'}",
    )


def _bounds(one: Recurrence) -> tuple[str, str]:
    if one.until is not None:
        return f"、{one.until:%Y-%m-%d}まで", f", until {one.until:%Y-%m-%d}"
    if one.count is not None:
        return f"、全{one.count}回", f", {one.count} times"
    return "", ""
