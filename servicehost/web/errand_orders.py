"""Bodies of requests about errands: appointments, times, visits that came to nothing. Optional fields are left out."""

from collections.abc import Sequence
from typing import Annotated, Any, Final

import msgspec
from msgspec import UNSET, Meta, UnsetType

from servicehost.domain.appointment import MAX_WINDOWS, Agreement, Attendee, Window
from servicehost.domain.errand import Driver, Milestone
from servicehost.domain.errors import Invalid
from servicehost.domain.instant import from_rfc3339
from servicehost.domain.miss import MissReason
from servicehost.operations.errands import ErrandReport, TimeWord
from servicehost.web.case_orders import PersonName
from servicehost.web.orders import Instant, Line, Number

__all__ = [
    "ERRAND_EXAMPLES",
    "ERRAND_RULES",
    "AgreementOrder",
    "AppointmentOrder",
    "DriverOrder",
    "LatenessOrder",
    "MissedVisitOrder",
    "TimeOrder",
    "TimesOrder",
    "WindowOrder",
    "instant",
]

Telephone = Annotated[
    str, Meta(min_length=5, max_length=20, pattern=r"^[0-9+][0-9-]{4,19}$", description="Digits, hyphens, a leading +")
]
Short = Annotated[str, Meta(max_length=64, pattern=r"^[^\x00-\x1f\x7f]*(?!\n)$")]


def instant(name: str, text: str) -> int:
    """Raises Invalid `time_malformed`."""
    try:
        return from_rfc3339(text)
    except (ValueError, OverflowError) as error:
        raise Invalid("time_malformed", f"{name}: {error}; write it like 2026-11-23T04:05:06Z") from error


class WindowOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The driver comes within it."""

    from_at: Instant
    until_at: Instant

    def window(self) -> Window:
        """Raises Invalid `time_malformed`."""
        return Window(from_at=instant("from_at", self.from_at), until_at=instant("until_at", self.until_at))


class AppointmentOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Windows to choose from. `reason` is needed where an appointment that was agreed is changed."""

    windows: Annotated[list[WindowOrder], Meta(min_length=1, max_length=MAX_WINDOWS)]
    reason: Line = ""


class AgreementOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One of the proposed windows, and who attends: `attendee` with their `telephone`, or `delegate`, the number of
    one on record, whose name and telephone are the record's. `cabling` is what the work sheet says of the cables."""

    window: WindowOrder
    attendee: PersonName | UnsetType = UNSET
    telephone: Telephone | UnsetType = UNSET
    delegate: Number | UnsetType = UNSET
    cabling: Annotated[str, Meta(max_length=500, pattern=r"^[^\x00-\x09\x0b-\x1f\x7f]*$")] = ""

    def agreement(self) -> Agreement:
        """Raises Invalid `time_malformed`, `attendee_missing`, `attendance_contradicts`."""
        return Agreement(window=self.window.window(), attendee=self._attendee(), cabling=self.cabling)

    def _attendee(self) -> Attendee | int:
        if self.delegate is not UNSET:
            if self.attendee is not UNSET or self.telephone is not UNSET:
                raise Invalid("attendance_contradicts", "Name who attends, or give a delegate's number, not both")
            return self.delegate
        if self.attendee is UNSET or self.telephone is UNSET:
            raise Invalid(
                "attendee_missing", "Say who attends with their telephone number, or give a delegate's number"
            )
        return Attendee(name=self.attendee, telephone=self.telephone)


class TimeOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When something was; `estimated`: when it is thought to be."""

    milestone: Milestone
    at: Instant
    estimated: bool = False


class DriverOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The service driver, as the carrier says."""

    name: PersonName
    telephone: Telephone | UnsetType = UNSET
    company: Short = ""

    def driver(self) -> Driver:
        return Driver(name=self.name, telephone=self.telephone or "", company=self.company)


class TimesOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the errand goes. `reason` is needed with an arrival after the target."""

    times: Annotated[list[TimeOrder], Meta(max_length=8)] = []
    driver: DriverOrder | UnsetType = UNSET
    tracking: Short | UnsetType = UNSET
    reason: MissReason | UnsetType = UNSET

    def report(self) -> ErrandReport:
        """Raises Invalid `time_malformed`."""
        return ErrandReport(
            times=_times(self.times),
            driver=None if self.driver is UNSET else self.driver.driver(),
            tracking=None if self.tracking is UNSET else self.tracking,
            reason=None if self.reason is UNSET else self.reason,
        )


def _times(times: Sequence[TimeOrder]) -> tuple[TimeWord, ...]:
    return tuple(
        TimeWord(milestone=one.milestone, at=instant(one.milestone, one.at), estimated=one.estimated) for one in times
    )


class MissedVisitOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why a visit came to nothing."""

    reason: MissReason
    note: Line = ""


class LatenessOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why the target was missed."""

    reason: MissReason


_WINDOW: Final = {"from_at": "2026-11-24T01:00:00Z", "until_at": "2026-11-24T03:00:00Z"}
ERRAND_RULES: Final[dict[str, dict[str, Any]]] = {
    "AgreementOrder": {
        "oneOf": [
            {"required": ["attendee", "telephone"], "not": {"required": ["delegate"]}},
            {
                "required": ["delegate"],
                "not": {"anyOf": [{"required": ["attendee"]}, {"required": ["telephone"]}]},
            },
        ]
    }
}
"""What the types alone do not say, as JSON Schema by the name of the body."""

ERRAND_EXAMPLES: Final[dict[type[msgspec.Struct], dict[str, Any]]] = {
    AppointmentOrder: {"windows": [_WINDOW]},
    AgreementOrder: {"window": _WINDOW, "attendee": "佐藤 花子", "telephone": "03-1234-5678"},
    TimesOrder: {"times": [{"milestone": "departed", "at": "2026-11-24T00:10:00Z"}]},
    MissedVisitOrder: {"reason": "attendee_absent"},
    LatenessOrder: {"reason": "traffic"},
}
