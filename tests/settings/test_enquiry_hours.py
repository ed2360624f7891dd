"""The hours that settings mean."""

from datetime import date
from typing import Any

import pytest

from servicehost.domain.enquiry_hours import EnquiryHours
from servicehost.settings.enquiry_hours import EnquiryHoursSettings, enquiry_hours
from servicehost.settings.fault import SettingFault


def test_the_defaults_are_those_of_the_terms() -> None:
    assert enquiry_hours(EnquiryHoursSettings()) == EnquiryHours()


def test_days_are_yearly_or_single() -> None:
    hours = enquiry_hours(EnquiryHoursSettings(closed_days=("05-06", "2027-05-07"), open_days=("2027-05-05",)))
    assert hours.closed_days == {(5, 6)}
    assert hours.closed_dates == {date(2027, 5, 7)}
    assert hours.open_dates == {date(2027, 5, 5)}


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"closed_days": ("13-01",)}, "bad_day"),
        ({"closed_days": ("2027-02-30",)}, "bad_day"),
        ({"open_days": ("05-06",)}, "bad_day"),
        ({"usage_opens": "19:00"}, "bad_hours"),
        ({"procedure_closes": "08:00"}, "bad_hours"),
    ],
)
def test_what_is_no_day_and_no_span_is_refused_by_name(wrong: dict[str, Any], code: str) -> None:
    with pytest.raises(SettingFault) as refused:
        EnquiryHoursSettings(**wrong)
    assert refused.value.code == code
