"""Answers of the API about errands. Times are RFC 3339, UTC."""

from typing import Any

import msgspec

from servicehost.domain.appointment import (
    APPOINTMENT_WORDS,
    Appointment,
    AppointmentState,
    Attendee,
    Window,
    shown_state,
)
from servicehost.domain.errand import MILESTONE_WORDS, MILESTONES, Driver, Errand, Milestone, MissedVisit, TimeSaid
from servicehost.domain.exchange import Exchange, ExchangeState
from servicehost.domain.instant import rfc3339
from servicehost.domain.lateness import PUNCTUALITY_WORDS, Punctuality
from servicehost.domain.miss import MISS_WORDS, MissReason
from servicehost.domain.rules import Verdict
from servicehost.domain.unit_return import ReturnState
from servicehost.operations.errands import late_now
from servicehost.ports.errands import ErrandView
from servicehost.web.answers import Time, time_or_none

__all__ = [
    "AppointmentAnswer",
    "AttendeeAnswer",
    "DriverAnswer",
    "ErrandAnswer",
    "LatenessAnswer",
    "MilestoneAnswer",
    "MissedVisitAnswer",
    "ReturnTimes",
    "WindowAnswer",
]


class WindowAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The driver comes within it."""

    from_at: Time
    until_at: Time

    @classmethod
    def of(cls, window: Window | None) -> "WindowAnswer | None":
        if window is None:
            return None
        return cls(from_at=rfc3339(window.from_at), until_at=rfc3339(window.until_at))


class AttendeeAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Who attends."""

    name: str
    telephone: str
    delegate: int | None

    @classmethod
    def of(cls, attendee: Attendee | None) -> "AttendeeAnswer | None":
        if attendee is None:
            return None
        return cls(name=attendee.name, telephone=attendee.telephone, delegate=attendee.delegate)


class AppointmentAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One appointment, from its proposal to its end; `reason` names why it ended."""

    appointment: int
    state: AppointmentState
    state_ja: str
    state_en: str
    windows: list[WindowAnswer | None]
    window: WindowAnswer | None
    attendee: AttendeeAnswer | None
    cabling: str
    proposed_at: Time
    proposed_by: str
    agreed_at: Time | None
    agreed_by: str | None
    ended_at: Time | None
    ended_by: str | None
    reason: str | None

    @classmethod
    def of(cls, one: Appointment, exchange: ExchangeState) -> "AppointmentAnswer":
        state = shown_state(one, exchange)
        return cls(
            appointment=one.number,
            state=state,
            state_ja=APPOINTMENT_WORDS[state].ja,
            state_en=APPOINTMENT_WORDS[state].en,
            windows=[WindowAnswer.of(window) for window in one.windows],
            window=WindowAnswer.of(one.window),
            attendee=AttendeeAnswer.of(one.attendee),
            cabling=one.cabling,
            proposed_at=rfc3339(one.proposed_at),
            proposed_by=one.proposed_by,
            agreed_at=time_or_none(one.agreed_at),
            agreed_by=one.agreed_by,
            ended_at=time_or_none(one.ended_at),
            ended_by=one.ended_by,
            reason=one.reason,
        )


class DriverAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The service driver, as the carrier says; empty where it says nothing."""

    name: str
    telephone: str
    company: str

    @classmethod
    def of(cls, driver: Driver) -> "DriverAnswer | None":
        if driver == Driver():
            return None
        return cls(name=driver.name, telephone=driver.telephone, company=driver.company)


class MilestoneAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """When it is thought to be and when it was, each by whose word."""

    milestone: Milestone
    milestone_ja: str
    milestone_en: str
    estimated_at: Time | None
    estimated_by: str | None
    actual_at: Time | None
    actual_by: str | None

    @classmethod
    def of(cls, milestone: Milestone, method: Verdict, errand: Errand | None) -> "MilestoneAnswer":
        words = MILESTONE_WORDS[method][milestone]
        estimated, actual = (_said(errand, milestone, estimated=one) for one in (True, False))
        return cls(
            milestone=milestone,
            milestone_ja=words.ja,
            milestone_en=words.en,
            estimated_at=None if estimated is None else rfc3339(estimated.at),
            estimated_by=None if estimated is None else estimated.by,
            actual_at=None if actual is None else rfc3339(actual.at),
            actual_by=None if actual is None else actual.by,
        )


def _said(errand: Errand | None, milestone: Milestone, *, estimated: bool) -> TimeSaid | None:
    wanted = (milestone, estimated, 0 if errand is None else errand.visit)
    times = () if errand is None else errand.times
    return next((one for one in times if (one.milestone, one.estimated, one.visit) == wanted), None)


class LatenessAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """How it stands to its target; `reason_wanted`: the target was missed and nobody has said why."""

    punctuality: Punctuality
    punctuality_ja: str
    punctuality_en: str
    by_s: int
    reason: MissReason | None
    reason_ja: str | None
    reason_en: str | None
    reason_wanted: bool

    @classmethod
    def of(cls, errand: Errand, exchange: Exchange, now: int) -> "LatenessAnswer":
        late = late_now(errand, exchange, now)
        words, why = PUNCTUALITY_WORDS[late.punctuality], None if late.reason is None else MISS_WORDS[late.reason]
        return cls(
            punctuality=late.punctuality,
            punctuality_ja=words.ja,
            punctuality_en=words.en,
            by_s=late.by_ms // 1000,
            reason=late.reason,
            reason_ja=None if why is None else why.ja,
            reason_en=None if why is None else why.en,
            reason_wanted=late.reason_wanted,
        )


class MissedVisitAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A visit that came to nothing. `note` is what was written about it."""

    visit: int
    reason: MissReason
    reason_ja: str
    reason_en: str
    at: Time
    by: str
    note: str

    @classmethod
    def of(cls, one: MissedVisit) -> "MissedVisitAnswer":
        words = MISS_WORDS[one.reason]
        return cls(
            visit=one.visit,
            reason=one.reason,
            reason_ja=words.ja,
            reason_en=words.en,
            at=rfc3339(one.at),
            by=one.by,
            note=one.note,
        )


class ReturnTimes(msgspec.Struct, frozen=True, kw_only=True):
    """The way back of the unit that was replaced."""

    number: int
    state: ReturnState
    due_at: Time
    shipped_at: Time | None
    received_at: Time | None


class ErrandAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Who comes, when it should be there, and when it was: the same shape for a visit and for a shipment.

    `target_at` is best effort: the end of the window agreed, else so long after the order. `times` has every milestone
    of the method in order, of the present visit; null is not known. `unit_return`: of the replaced unit, if it is owed.
    """

    exchange: int
    service_code: str
    state: ExchangeState
    method: Verdict | None
    visit: int
    ordered_at: Time | None
    target_at: Time | None
    lateness: LatenessAnswer
    driver: DriverAnswer | None
    tracking: str
    times: list[MilestoneAnswer]
    appointments: list[AppointmentAnswer]
    missed_visits: list[MissedVisitAnswer]
    unit_return: ReturnTimes | None

    @classmethod
    def of(cls, view: ErrandView, now: int) -> "ErrandAnswer":
        exchange = view.exchange
        errand = view.errand or Errand(
            exchange=exchange.exchange,
            service_code=exchange.service_code,
            management_code=exchange.management_code,
            changed_at=exchange.changed_at,
        )
        return cls(
            exchange=exchange.exchange,
            service_code=exchange.service_code,
            state=exchange.state,
            method=exchange.method,
            ordered_at=time_or_none(exchange.ordered_at),
            lateness=LatenessAnswer.of(errand, exchange, now),
            unit_return=_return_times(view),
            **_of_errand(errand, exchange),
        )


def _of_errand(errand: Errand, exchange: Exchange) -> dict[str, Any]:
    method = exchange.method
    known = MILESTONES.get(method, ()) if method is not None else ()
    return {
        "visit": errand.visit,
        "target_at": time_or_none(errand.target_at),
        "driver": DriverAnswer.of(errand.driver),
        "tracking": errand.tracking,
        "times": [] if method is None else [MilestoneAnswer.of(one, method, errand) for one in known],
        "appointments": [AppointmentAnswer.of(one, exchange.state) for one in errand.appointments],
        "missed_visits": [MissedVisitAnswer.of(one) for one in errand.missed_visits],
    }


def _return_times(view: ErrandView) -> ReturnTimes | None:
    back = view.unit_return
    if back is None:
        return None
    return ReturnTimes(
        number=back.number,
        state=back.state,
        due_at=rfc3339(back.due_at),
        shipped_at=time_or_none(back.shipped_at),
        received_at=time_or_none(back.received_at),
    )
