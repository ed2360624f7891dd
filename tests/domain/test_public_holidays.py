"""Japan's public holidays against the days that the Cabinet Office has published."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicehost.domain.public_holidays import is_public_holiday, public_holidays

# https://www8.cao.go.jp/chosei/shukujitsu/gaiyou.html
PUBLISHED = {
    2024: "1/1 1/8 2/11 2/12 2/23 3/20 4/29 5/3 5/4 5/5 5/6 7/15 8/11 8/12 9/16 9/22 9/23 10/14 11/3 11/4 11/23",
    2025: "1/1 1/13 2/11 2/23 2/24 3/20 4/29 5/3 5/4 5/5 5/6 7/21 8/11 9/15 9/23 10/13 11/3 11/23 11/24",
    2026: "1/1 1/12 2/11 2/23 3/20 4/29 5/3 5/4 5/5 5/6 7/20 8/11 9/21 9/22 9/23 10/12 11/3 11/23",
    2027: "1/1 1/11 2/11 2/23 3/21 3/22 4/29 5/3 5/4 5/5 7/19 8/11 9/20 9/23 10/11 11/3 11/23",
}


@pytest.mark.parametrize("year", PUBLISHED)
def test_they_are_the_published_ones(year: int) -> None:
    days = (day.split("/") for day in PUBLISHED[year].split())
    assert public_holidays(year) == {date(year, int(month), int(day)) for month, day in days}


@given(st.dates(min_value=date(2022, 1, 1), max_value=date(2099, 12, 30)))
def test_no_holiday_on_a_sunday_is_lost_and_none_stands_alone_around_a_working_day(day: date) -> None:
    if is_public_holiday(day) and day.weekday() == 6:
        following = day
        while is_public_holiday(following):
            following += timedelta(days=1)
        assert following - day >= timedelta(days=2)
    assert len(public_holidays(day.year)) in range(16, 22)
