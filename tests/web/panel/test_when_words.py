"""Spans and recurrences in words."""

from datetime import date, time
from typing import Any

import pytest

from servicehost.domain.maintenance import MaintenanceWindows, Window
from servicehost.domain.schedule import Every, Recurrence, Weekday
from servicehost.web.panel.when_words import recurrence_text, span_text, windows_text

NIGHT: dict[str, Any] = {"at_time": time(2, 30), "starts_on": date(2027, 1, 1)}


@pytest.mark.parametrize(
    ("seconds", "ja", "en"),
    [
        (0, "0秒", "0 seconds"),
        (1, "1秒", "1 second"),
        (300, "5分", "5 minutes"),
        (90, "90秒", "90 seconds"),
        (7_200, "2時間", "2 hours"),
        (604_800, "7日", "7 days"),
    ],
)
def test_a_span_is_told_in_its_largest_whole_unit(seconds: int, ja: str, en: str) -> None:
    assert (span_text(seconds).ja, span_text(seconds).en) == (ja, en)


@pytest.mark.parametrize(
    ("fields", "ja", "en"),
    [
        ({"every": Every.DAY}, "毎日 02:30（Asia/Tokyo）", "every day at 02:30 (Asia/Tokyo)"),
        (
            {"every": Every.WEEK, "days": (Weekday.THU, Weekday.MON), "interval": 2, "count": 3},
            "2週間ごと 月・木曜日 02:30（Asia/Tokyo）、全3回",
            "every 2 weeks on Mon, Thu at 02:30 (Asia/Tokyo), 3 times",
        ),
        (
            {"every": Every.MONTH, "day": -1, "until": date(2027, 12, 31)},
            "毎月 末日 02:30（Asia/Tokyo）、2027-12-31まで",
            "every month on its last day at 02:30 (Asia/Tokyo), until 2027-12-31",
        ),
        (
            {"every": Every.MONTH, "day": 15, "interval": 3},
            "3か月ごと 15日 02:30（Asia/Tokyo）",
            "every 3 months on day 15 at 02:30 (Asia/Tokyo)",
        ),
    ],
)
def test_a_recurrence_is_told_whole(fields: dict[str, Any], ja: str, en: str) -> None:
    told = recurrence_text(Recurrence(**(NIGHT | fields)), "Asia/Tokyo")
    assert (told.ja, told.en) == (ja, en)


def test_windows_are_told_with_their_zone() -> None:
    night = Window(days=tuple(Weekday), opens=time(23), closes=time(4))
    told = windows_text(MaintenanceWindows(time_zone="Asia/Tokyo", windows=(night,)))
    assert told is not None
    assert told.ja == "毎日 23:00～04:00（Asia/Tokyo）"
    assert windows_text(MaintenanceWindows()) is None
