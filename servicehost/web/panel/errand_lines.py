"""An errand as the page of its case shows it: when somebody comes, who it is, who attends, and how it went."""

from collections.abc import Mapping
from typing import Final

import msgspec

from servicehost.domain.appointment import APPOINTMENT_WORDS, Appointment, Window, shown_state
from servicehost.domain.errand import MILESTONE_WORDS, MILESTONES, Driver, Errand, MissedVisit, time_of
from servicehost.domain.exchange import Exchange
from servicehost.domain.lateness import PUNCTUALITY_WORDS, Punctuality
from servicehost.domain.miss import MISS_WORDS
from servicehost.domain.rule import Text
from servicehost.domain.rules import Verdict
from servicehost.operations.errands import late_now
from servicehost.web.panel.state_words import Badge

__all__ = ["AppointmentSeen", "ErrandSeen", "MissSeen", "TimeSeen", "errand_seen"]


class AppointmentSeen(msgspec.Struct, frozen=True, kw_only=True):
    """One appointment. `windows`: the one that was agreed, else those that are proposed. `reason`: why it ended."""

    state: Text
    windows: tuple[Window, ...]
    attendee: str
    telephone: str
    cabling: str
    reason: str


class TimeSeen(msgspec.Struct, frozen=True, kw_only=True):
    """When something was, or is thought to be; milliseconds, None: nobody has said."""

    word: Text
    actual: int | None
    estimated: int | None


class MissSeen(msgspec.Struct, frozen=True, kw_only=True):
    """A visit that came to nothing."""

    word: Text
    at: int
    note: str


class ErrandSeen(msgspec.Struct, frozen=True, kw_only=True):
    """Of the present visit, or of the shipment. `appointments`: newest first. `late_because` None: nobody has said."""

    on_site: bool
    target: int | None
    standing: Badge
    late_because: Text | None
    driver: Driver
    tracking: str
    times: tuple[TimeSeen, ...]
    appointments: tuple[AppointmentSeen, ...]
    missed: tuple[MissSeen, ...]


_TONES: Final[Mapping[Punctuality, tuple[str, str]]] = {
    Punctuality.NO_TARGET: ("－", "calm"),
    Punctuality.PENDING: ("…", "calm"),
    Punctuality.EXPECTED_LATE: ("!", "warn"),
    Punctuality.OVERDUE: ("!", "bad"),
    Punctuality.ON_TIME: ("✓", "good"),
    Punctuality.LATE: ("!", "warn"),
}


def errand_seen(errand: Errand | None, exchange: Exchange, now: int) -> ErrandSeen | None:
    """None while nothing is known of it: it is not ordered, and no window was proposed."""
    method = exchange.method
    if errand is None or method is None or method not in MILESTONES:
        return None
    late = late_now(errand, exchange, now)
    sign, tone = _TONES[late.punctuality]
    return ErrandSeen(
        on_site=method is Verdict.ONSITE_SWAP,
        target=errand.target_at,
        standing=Badge(sign=sign, word=PUNCTUALITY_WORDS[late.punctuality], tone=tone),
        late_because=None if late.reason is None else MISS_WORDS[late.reason],
        driver=errand.driver,
        tracking=errand.tracking,
        times=tuple(
            TimeSeen(
                word=MILESTONE_WORDS[method][one],
                actual=time_of(errand, one),
                estimated=time_of(errand, one, estimated=True),
            )
            for one in MILESTONES[method]
        ),
        appointments=tuple(_appointment(one, exchange) for one in reversed(errand.appointments)),
        missed=tuple(_miss(one) for one in reversed(errand.missed_visits)),
    )


def _appointment(one: Appointment, exchange: Exchange) -> AppointmentSeen:
    return AppointmentSeen(
        state=APPOINTMENT_WORDS[shown_state(one, exchange.state)],
        windows=one.windows if one.window is None else (one.window,),
        attendee="" if one.attendee is None else one.attendee.name,
        telephone="" if one.attendee is None else one.attendee.telephone,
        cabling=one.cabling,
        reason=one.reason or "",
    )


def _miss(one: MissedVisit) -> MissSeen:
    return MissSeen(word=MISS_WORDS[one.reason], at=one.at, note=one.note)
