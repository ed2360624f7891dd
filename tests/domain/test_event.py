"""Which events fit a filter."""

import pytest

from servicehost.domain.event import Event, EventClass, EventFilter, Severity

EVENT = Event(
    at=1_000,
    class_=EventClass.MONITOR,
    sub_type="symptom_seen",
    severity=Severity.WARNING,
    service_code="nxe000000001",
    actor="MID00000001",
)


@pytest.mark.parametrize(
    ("wanted", "fits"),
    [
        (EventFilter(), True),
        (EventFilter(classes=(EventClass.MONITOR, EventClass.OPERATION)), True),
        (EventFilter(classes=(EventClass.OPERATION,)), False),
        (EventFilter(sub_types=("other", "symptom_seen")), True),
        (EventFilter(sub_types=("symptom",)), False),
        (EventFilter(severity=Severity.NOTICE), True),
        (EventFilter(severity=Severity.WARNING), True),
        (EventFilter(severity=Severity.ERROR), False),
        (EventFilter(service_code="nxe000000001"), True),
        (EventFilter(service_code="nxe000000002"), False),
        (EventFilter(actor="MID00000001"), True),
        (EventFilter(actor="host"), False),
        (EventFilter(since=1_000), True),
        (EventFilter(since=1_001), False),
        (EventFilter(until=1_001), True),
        (EventFilter(until=1_000), False),
        (EventFilter(classes=(EventClass.MONITOR,), actor="host"), False),
    ],
)
def test_an_event_fits_when_it_is_all_that_was_asked_for(wanted: EventFilter, fits: bool) -> None:
    assert wanted.fits(EVENT) is fits
