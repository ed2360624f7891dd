"""Settings of the hours at which a person answers."""

import re
from datetime import date
from typing import Annotated, Final, Literal, get_args

import msgspec

from servicehost.domain.enquiry_hours import EnquiryHours, Hours
from servicehost.settings.fault import SettingFault

__all__ = ["EnquiryHoursSettings", "enquiry_hours"]

TimeOfDay = Annotated[str, msgspec.Meta(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$")]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
_WEEK: Final[tuple[str, ...]] = get_args(Weekday)
_YEARLY: Final = re.compile(r"(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])")


class EnquiryHoursSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[enquiry_hours]`: when a person answers, in Japan's time; faults and on-site swaps are answered at any hour."""

    usage_opens: TimeOfDay = "09:00"
    """From when questions of use, hardware failure included, are answered every day."""
    usage_closes: TimeOfDay = "19:00"
    """Until when."""
    procedure_opens: TimeOfDay = "09:00"
    """From when contracts and procedures, such as a change of the declared location, are dealt with."""
    procedure_closes: TimeOfDay = "17:30"
    """Until when."""
    procedure_days: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri")
    """On which days of the week."""
    public_holidays: bool = True
    """Whether procedures rest on Japan's public holidays, as the Act on National Holidays has them."""
    closed_days: tuple[str, ...] = ("12-29", "12-30", "12-31", "01-02", "01-03")
    """Days on which procedures rest as well: 12-29 every year, or 2027-05-06 once."""
    open_days: tuple[str, ...] = ()
    """Days on which procedures do not rest, such as a holiday that an act has moved: 2027-05-06."""

    def __post_init__(self) -> None:
        """Raises SettingFault `bad_day` or `bad_hours`."""
        for day in (*self.closed_days, *self.open_days):
            if not _is_date(day) and not (day in self.closed_days and _YEARLY.fullmatch(day)):
                raise SettingFault("bad_day", f"{day!r} is no day: write 2027-05-06, or among closed_days 05-06")
        if self.usage_opens >= self.usage_closes or self.procedure_opens >= self.procedure_closes:
            raise SettingFault("bad_hours", "hours must close after they open, on the same day")


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def enquiry_hours(settings: EnquiryHoursSettings) -> EnquiryHours:
    """The hours that these settings mean."""
    yearly = (day for day in settings.closed_days if _YEARLY.fullmatch(day))
    return EnquiryHours(
        usage=Hours(opens=_minutes(settings.usage_opens), closes=_minutes(settings.usage_closes)),
        procedure=Hours(
            opens=_minutes(settings.procedure_opens),
            closes=_minutes(settings.procedure_closes),
            days=frozenset(_WEEK.index(day) for day in settings.procedure_days),
            rests=True,
        ),
        public_holidays=settings.public_holidays,
        closed_days=frozenset((int(day[:2]), int(day[3:])) for day in yearly),
        closed_dates=frozenset(date.fromisoformat(day) for day in settings.closed_days if _is_date(day)),
        open_dates=frozenset(date.fromisoformat(day) for day in settings.open_days),
    )


def _minutes(text: str) -> int:
    hours, _, minutes = text.partition(":")
    return int(hours) * 60 + int(minutes)
