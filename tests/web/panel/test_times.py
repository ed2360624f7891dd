"""Times on the pages are Japan's, wherever the host and the reader are."""

from datetime import date

import pytest

from servicehost.domain.instant import from_rfc3339
from servicehost.web.panel.times import day, instant, moment, months_before, read_local

NEW_YEAR = from_rfc3339("2026-12-31T15:00:00Z")
"""Midnight in Japan."""


def test_a_moment_names_its_zone_and_keeps_the_instant() -> None:
    assert str(moment(NEW_YEAR)) == (
        '<time class="full" datetime="2026-12-31T15:00:00Z">2027-01-01 00:00 <span class="zone">JST</span></time>'
    )
    assert 'title="2027-01-01 00:00:00 JST"' in instant(NEW_YEAR)
    assert "2026-12-31" in day(NEW_YEAR - 1)
    assert moment(None) == "－"


def test_what_a_form_says_is_a_time_in_japan() -> None:
    assert read_local("2027-01-01T00:00") == read_local("2027-01-01") == NEW_YEAR
    assert read_local("") is None
    with pytest.raises(ValueError, match="tomorrow"):
        read_local("tomorrow")


def test_months_are_japans_and_touch_one_another() -> None:
    months = months_before(NEW_YEAR, 3)
    assert [month for month, _, _ in months] == [date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1)]
    assert months[0][2] == months[1][1]
    assert months[1][2] == months[2][1] == NEW_YEAR
    assert [month for month, _, _ in months_before(NEW_YEAR - 1, 1)] == [date(2026, 12, 1)]
