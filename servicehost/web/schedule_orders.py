"""When something is to happen, and when an adapter may be disturbed, as every body and answer of the API says it."""

from datetime import date, time
from typing import Annotated, Final, Self

import msgspec
from msgspec import UNSET, Meta, UnsetType

from servicehost.domain.errors import Invalid
from servicehost.domain.instant import rfc3339
from servicehost.domain.maintenance import MaintenanceWindows, Window, check_windows
from servicehost.domain.schedule import Every, Recurrence, Schedule, Weekday, check_schedule
from servicehost.web.errand_orders import instant
from servicehost.web.orders import Instant

__all__ = ["SCHEDULE_PROBLEMS", "MaintenanceForm", "MaintenanceWindowForm", "ScheduleForm"]

LocalTime = Annotated[
    str, Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9](?!\n)$", description="Local time of day, 00:00 to 23:59")
]
LocalDate = Annotated[str, Meta(max_length=10, extra_json_schema={"format": "date"})]
TimeZone = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=64,
        pattern=r"^[A-Za-z0-9_+/-]+(?!\n)$",
        description="IANA name of a time zone, as Asia/Tokyo; one the host does not know is time_zone_unknown",
    ),
]
Days = Annotated[list[Weekday], Meta(min_length=1, max_length=7)]


class RecurrenceForm(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Every `interval` days, weeks (on `days`) or months (on `day`, -1 is the last) at `at_time`, from `starts_on`.

    A local time that the clock skips is told by the offset before the change (02:30 happens at 03:30); one that it
    shows twice is the first of the two; a month without the day is passed over. `until` is the last date that may be
    met, `count` how many are; with neither it has no end.
    """

    every: Every
    at_time: LocalTime
    starts_on: LocalDate
    interval: Annotated[int, Meta(ge=1, le=366)] = 1
    days: Days | UnsetType = UNSET
    day: Annotated[int, Meta(ge=-1, le=31)] | UnsetType = UNSET
    until: LocalDate | UnsetType = UNSET
    count: Annotated[int, Meta(ge=1, le=100_000)] | UnsetType = UNSET

    def recurrence(self) -> Recurrence:
        """Raises Invalid `time_malformed`."""
        return Recurrence(
            every=self.every,
            at_time=time.fromisoformat(self.at_time),
            starts_on=_date("starts_on", self.starts_on),
            interval=self.interval,
            days=() if self.days is UNSET else tuple(self.days),
            day=None if self.day is UNSET else self.day,
            until=None if self.until is UNSET else _date("until", self.until),
            count=None if self.count is UNSET else self.count,
        )

    @classmethod
    def of(cls, one: Recurrence) -> Self:
        """As the API tells it."""
        return cls(
            every=one.every,
            at_time=one.at_time.isoformat("minutes"),
            starts_on=one.starts_on.isoformat(),
            interval=one.interval,
            days=list(one.days) or UNSET,
            day=UNSET if one.day is None else one.day,
            until=UNSET if one.until is None else one.until.isoformat(),
            count=UNSET if one.count is None else one.count,
        )


class ScheduleForm(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Once at the instant `at`, or by a `recurrence` in the `time_zone`; with neither, now. Any time ahead will do."""

    at: Instant | UnsetType = UNSET
    recurrence: RecurrenceForm | UnsetType = UNSET
    time_zone: TimeZone = "UTC"

    def schedule(self) -> Schedule:
        """Raises Invalid as `check_schedule` does, and `time_malformed`."""
        made = Schedule(
            time_zone=self.time_zone,
            at=None if self.at is UNSET else instant("at", self.at),
            recurrence=None if self.recurrence is UNSET else self.recurrence.recurrence(),
        )
        check_schedule(made)
        return made

    @classmethod
    def of(cls, one: Schedule) -> Self:
        """As the API tells it."""
        return cls(
            time_zone=one.time_zone,
            at=UNSET if one.at is None else rfc3339(one.at),
            recurrence=UNSET if one.recurrence is None else RecurrenceForm.of(one.recurrence),
        )


class MaintenanceWindowForm(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Open on these days from `opens` until `closes`; past midnight when it closes at or before it opens."""

    days: Days
    opens: LocalTime
    closes: LocalTime


class MaintenanceForm(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When adapters may be disturbed: while any of the windows is open; without a window, always."""

    windows: Annotated[list[MaintenanceWindowForm], Meta(max_length=50)]
    time_zone: TimeZone = "UTC"

    def maintenance(self) -> MaintenanceWindows:
        """Raises Invalid as `check_windows` does."""
        made = MaintenanceWindows(time_zone=self.time_zone, windows=tuple(_window(one) for one in self.windows))
        check_windows(made)
        return made

    @classmethod
    def of(cls, one: MaintenanceWindows) -> Self:
        """As the API tells it."""
        forms = [
            MaintenanceWindowForm(
                days=list(window.days),
                opens=window.opens.isoformat("minutes"),
                closes=window.closes.isoformat("minutes"),
            )
            for window in one.windows
        ]
        return cls(time_zone=one.time_zone, windows=forms)


def _window(form: MaintenanceWindowForm) -> Window:
    return Window(days=tuple(form.days), opens=time.fromisoformat(form.opens), closes=time.fromisoformat(form.closes))


def _date(name: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Invalid("time_malformed", f"{name}: {error}; write it like 2026-11-23") from error


SCHEDULE_PROBLEMS: Final = (
    "time_malformed",
    "time_zone_unknown",
    "at_and_recurrence",
    "recurrence_wrong",
    "never_occurs",
)
"""The codes of problems that a `ScheduleForm` can lead to."""
