"""The errand of an exchange: who comes, when it should be there, when it is thought to be, and when it was.

A visit that came to nothing is no end: the next one is another visit of the same errand, with times of its own.
"""

import enum
from collections.abc import Mapping
from typing import Final

import msgspec

from servicehost.domain.appointment import Appointment, AppointmentState, ended, standing
from servicehost.domain.errors import Conflict
from servicehost.domain.instant import rfc3339
from servicehost.domain.miss import MissReason
from servicehost.domain.rule import Text
from servicehost.domain.rules import Verdict

__all__ = [
    "ERRAND_CODES",
    "MILESTONES",
    "MILESTONE_WORDS",
    "Driver",
    "Errand",
    "ErrandPolicy",
    "Milestone",
    "MissedVisit",
    "TimeSaid",
    "appointment_of",
    "missed",
    "once_more",
    "open_errand",
    "target_of",
    "time_of",
    "with_time",
]


class Milestone(enum.StrEnum):
    """What has a time. Of what is shipped only the first two: it departs, and is delivered."""

    DEPARTED = "departed"
    ARRIVED = "arrived"
    STARTED = "started"
    DONE = "done"


_SHIPPED: Final = (Milestone.DEPARTED, Milestone.ARRIVED)
MILESTONES: Final[Mapping[Verdict, tuple[Milestone, ...]]] = {
    Verdict.ONSITE_SWAP: tuple(Milestone),
    Verdict.SENDBACK: _SHIPPED,
    Verdict.NEW_SUPPLY: _SHIPPED,
}
"""Which times an errand has, by the method of its exchange, in their order."""

_BY_SHIPMENT: Final = {
    Milestone.DEPARTED: Text(ja="発送", en="shipped"),
    Milestone.ARRIVED: Text(ja="お届け", en="delivered"),
}
MILESTONE_WORDS: Final[Mapping[Verdict, Mapping[Milestone, Text]]] = {
    Verdict.ONSITE_SWAP: {
        Milestone.DEPARTED: Text(ja="出発", en="departed"),
        Milestone.ARRIVED: Text(ja="現地到着", en="arrived"),
        Milestone.STARTED: Text(ja="作業開始", en="work begun"),
        Milestone.DONE: Text(ja="作業完了", en="work done"),
    },
    Verdict.SENDBACK: _BY_SHIPMENT,
    Verdict.NEW_SUPPLY: _BY_SHIPMENT,
}
"""Each of them in words."""

ERRAND_CODES: Final = ("errand_not_ordered", "no_such_milestone", "time_not_yet", "times_out_of_order")
"""Why a time is refused."""

_CLOCKS_APART_MS: Final = 300_000


class ErrandPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """By when the provider means to be there, counted from the order. Best effort; the terms leave the figure open."""

    onsite_target_ms: int = 4 * 3_600_000
    delivery_target_ms: int = 3 * 86_400_000


class Driver(msgspec.Struct, frozen=True, kw_only=True):
    """The service driver, as the carrier says."""

    name: str = ""
    telephone: str = ""
    company: str = ""


class TimeSaid(msgspec.Struct, frozen=True, kw_only=True):
    """When something is thought to be (`estimated`), or was, by whose word of when. `visit` counts from 1."""

    milestone: Milestone
    at: int
    estimated: bool
    by: str
    said_at: int
    visit: int = 1


class MissedVisit(msgspec.Struct, frozen=True, kw_only=True):
    """A visit that came to nothing, and why."""

    visit: int
    reason: MissReason
    at: int
    by: str
    note: str = ""


class Errand(msgspec.Struct, frozen=True, kw_only=True):
    """Everything about one errand. `times` has the last word on each milestone of each visit, estimated and actual.

    `target_at` None: nothing is ordered, or a new visit waits for its appointment. `late_because` is said once the
    target of the present visit was missed.
    """

    exchange: int
    service_code: str
    management_code: str
    changed_at: int
    visit: int = 1
    target_at: int | None = None
    driver: Driver = Driver()
    tracking: str = ""
    late_because: MissReason | None = None
    times: tuple[TimeSaid, ...] = ()
    appointments: tuple[Appointment, ...] = ()
    missed_visits: tuple[MissedVisit, ...] = ()


def target_of(errand: Errand, method: Verdict | None, ordered_at: int | None, policy: ErrandPolicy) -> int | None:
    """By when it should be there: the end of the window that was agreed, else so long after the order.

    None before the order, and while a visit after one that came to nothing has no appointment yet.
    """
    appointment = standing(errand.appointments)
    if ordered_at is None:
        return None
    if appointment is not None and appointment.window is not None:
        return appointment.window.until_at
    if errand.visit > 1:
        return None
    on_site = method is Verdict.ONSITE_SWAP
    return ordered_at + (policy.onsite_target_ms if on_site else policy.delivery_target_ms)


def appointment_of(errand: Errand) -> Appointment | None:
    """The appointment that stands, proposed or agreed."""
    return standing(errand.appointments)


def open_errand(errand: Errand, method: Verdict | None, ordered_at: int, policy: ErrandPolicy) -> Errand:
    """The errand from its order on."""
    target = target_of(errand, method, ordered_at, policy)
    return msgspec.structs.replace(errand, changed_at=ordered_at, target_at=target)


def time_of(errand: Errand, milestone: Milestone, *, estimated: bool = False) -> int | None:
    """What was last said of the present visit."""
    for said in errand.times:
        if (said.visit, said.milestone, said.estimated) == (errand.visit, milestone, estimated):
            return said.at
    return None


def with_time(errand: Errand, said: TimeSaid, method: Verdict | None, now: int) -> Errand:
    """The errand with the last word on a milestone of its present visit; itself when it says nothing new.

    Raises Conflict with a code of `ERRAND_CODES`: what was, was not after now, and later steps were not earlier.
    """
    order = () if method is None else MILESTONES.get(method, ())
    if said.milestone not in order:
        raise Conflict("no_such_milestone", f"An errand of this kind ({method}) has no {said.milestone}")
    if time_of(errand, said.milestone, estimated=said.estimated) == said.at:
        return errand
    if not said.estimated:
        if said.at > now + _CLOCKS_APART_MS:
            raise Conflict("time_not_yet", f"{rfc3339(said.at)} has not come yet; say it as an estimate")
        _check_order(errand, said, order)
    said = msgspec.structs.replace(said, visit=errand.visit)
    others = tuple(
        one
        for one in errand.times
        if (one.visit, one.milestone, one.estimated) != (said.visit, said.milestone, said.estimated)
    )
    return msgspec.structs.replace(errand, times=(*others, said), changed_at=now)


def _check_order(errand: Errand, said: TimeSaid, order: tuple[Milestone, ...]) -> None:
    place = order.index(said.milestone)
    for index, milestone in enumerate(order):
        other = time_of(errand, milestone)
        if other is not None and ((index < place and other > said.at) or (index > place and other < said.at)):
            text = f"{said.milestone} at {rfc3339(said.at)} does not fit {milestone} at {rfc3339(other)}"
            raise Conflict("times_out_of_order", text)


def missed(errand: Errand, reason: MissReason, by: str, now: int, note: str = "") -> Errand:
    """The errand after a visit that came to nothing: its appointment is over, and another visit waits for the next.

    Raises Conflict `no_visit_under_way` while a next one is neither agreed nor on its way: a visit is missed once.
    """
    appointments, last = errand.appointments, standing(errand.appointments)
    agreed = last is not None and last.state is AppointmentState.AGREED
    if errand.visit > 1 and not agreed and time_of(errand, Milestone.DEPARTED) is None:
        raise Conflict("no_visit_under_way", "That visit was reported, and no other is agreed or on its way")
    if last is not None and agreed:
        appointments = (*appointments[:-1], ended(last, AppointmentState.MISSED, by, now, reason))
    visit = MissedVisit(visit=errand.visit, reason=reason, at=now, by=by, note=note)
    return msgspec.structs.replace(
        errand,
        changed_at=now,
        visit=errand.visit + 1,
        target_at=None,
        late_because=None,
        appointments=appointments,
        missed_visits=(*errand.missed_visits, visit),
    )


def once_more(errand: Errand, by: str, now: int) -> Errand:
    """The errand of an exchange that is taken up again: another visit, of which nothing is known or agreed yet."""
    last = standing(errand.appointments)
    appointments = errand.appointments
    if last is not None:
        appointments = (*appointments[:-1], ended(last, AppointmentState.CHANGED, by, now, ""))
    return msgspec.structs.replace(
        errand,
        changed_at=now,
        visit=errand.visit + 1,
        target_at=None,
        driver=Driver(),
        tracking="",
        late_because=None,
        appointments=appointments,
    )
