"""The one form in which every body and answer says when something happens."""

from typing import Any

import msgspec
import pytest

from servicehost.domain.errors import Invalid
from servicehost.web.examples import answer_example, order_example
from servicehost.web.schedule_orders import SCHEDULE_PROBLEMS, MaintenanceForm, ScheduleForm

WEEKLY = {"every": "week", "at_time": "02:30", "starts_on": "2026-04-01", "days": ["tue"]}


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"at": "2026-04-01T00:00:00.000Z", "time_zone": "Asia/Tokyo"},
        {"recurrence": {**WEEKLY, "interval": 2, "until": "2027-01-01", "count": 3}},
        {"recurrence": {"every": "month", "at_time": "00:00", "starts_on": "2026-04-01", "day": -1, "interval": 1}},
    ],
)
def test_what_was_ordered_is_answered_the_same(body: dict[str, Any]) -> None:
    form = msgspec.convert(body, ScheduleForm)
    assert ScheduleForm.of(form.schedule()) == form


def test_maintenance_windows_are_answered_the_same() -> None:
    body = {"windows": [{"days": ["sat"], "opens": "22:00", "closes": "05:00"}], "time_zone": "Asia/Tokyo"}
    form = msgspec.convert(body, MaintenanceForm)
    assert MaintenanceForm.of(form.maintenance()) == form


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"time_zone": "Nowhere/Else"}, "time_zone_unknown"),
        ({"at": "2026-04-01T00:00:00Z", "recurrence": WEEKLY}, "at_and_recurrence"),
        ({"recurrence": {**WEEKLY, "day": 3}}, "recurrence_wrong"),
        ({"recurrence": {**WEEKLY, "until": "2026-04-02"}}, "never_occurs"),
        ({"recurrence": {**WEEKLY, "starts_on": "2026-02-30"}}, "time_malformed"),
        ({"at": "tomorrow"}, "time_malformed"),
    ],
)
def test_what_a_schema_cannot_say_is_refused_by_name(body: dict[str, Any], code: str) -> None:
    with pytest.raises(Invalid) as refused:
        msgspec.convert(body, ScheduleForm).schedule()
    assert refused.value.code == code
    assert code in SCHEDULE_PROBLEMS


@pytest.mark.parametrize(
    "body", [{"recurrence": {**WEEKLY, "at_time": "24:00"}}, {"recurrence": {**WEEKLY, "at_time": "02:30\n"}}]
)
def test_what_a_schema_says_is_refused_by_it(body: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(body, ScheduleForm)


def test_its_examples_can_be_ordered() -> None:
    for example in (order_example(ScheduleForm), answer_example(ScheduleForm)):
        assert msgspec.convert(example, ScheduleForm).schedule().recurrence
    assert msgspec.convert(answer_example(MaintenanceForm), MaintenanceForm).maintenance().windows
