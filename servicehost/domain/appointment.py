"""The appointment of an on-site swap: windows proposed, one agreed with who attends, changed with a reason.

A swap on site needs somebody there, so a visit without an appointment is a visit to chance. One at most stands; it ends
by another one, or by a visit that came to nothing. Whether it was kept follows from the exchange.
"""

import enum
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Final

import msgspec

from servicehost.domain.errors import Conflict
from servicehost.domain.exchange import Exchange, ExchangeState
from servicehost.domain.instant import rfc3339
from servicehost.domain.rule import Text
from servicehost.domain.rules import Verdict

__all__ = [
    "APPOINTMENT_CODES",
    "APPOINTMENT_WORDS",
    "MAX_WINDOWS",
    "Agreement",
    "Appointment",
    "AppointmentState",
    "Attendee",
    "Window",
    "agree",
    "check_visit",
    "check_windows",
    "propose",
    "shown_state",
    "standing",
]

MAX_WINDOWS: Final = 5
LONGEST_WINDOW_MS: Final = 12 * 3_600_000
FARTHEST_MS: Final = 60 * 86_400_000


class AppointmentState(enum.StrEnum):
    """The first four are kept; the last two are how an agreed one is shown once the exchange tells."""

    PROPOSED = "proposed"
    AGREED = "agreed"
    CHANGED = "changed"
    MISSED = "missed"
    KEPT = "kept"
    WITHDRAWN = "withdrawn"


APPOINTMENT_WORDS: Final[Mapping[AppointmentState, Text]] = {
    AppointmentState.PROPOSED: Text(ja="候補日時をご提示中", en="proposed"),
    AppointmentState.AGREED: Text(ja="ご訪問日時確定", en="agreed"),
    AppointmentState.CHANGED: Text(ja="変更済み", en="changed"),
    AppointmentState.MISSED: Text(ja="ご訪問不成立", en="came to nothing"),
    AppointmentState.KEPT: Text(ja="ご訪問済み", en="kept"),
    AppointmentState.WITHDRAWN: Text(ja="取り下げ", en="withdrawn"),
}
"""Each state in words."""

APPOINTMENT_CODES: Final = (
    "no_visit_expected",
    "window_empty",
    "window_in_the_past",
    "window_too_long",
    "window_too_far",
    "windows_overlap",
    "no_appointment",
    "appointment_agreed_already",
    "window_not_proposed",
    "change_needs_reason",
)
"""Why something said of an appointment is refused."""

_VISITABLE: Final = frozenset(
    {ExchangeState.JUDGED, ExchangeState.RESERVED, ExchangeState.ORDERED, ExchangeState.ARRIVED}
)
_GONE: Final = frozenset({ExchangeState.CANCELLED, ExchangeState.FAILED, ExchangeState.DECLINED})
_SWAPPED: Final = frozenset(
    {ExchangeState.SWAPPED, ExchangeState.ACCEPTED, ExchangeState.CONFIRMED, ExchangeState.CLOSED}
)


class Window(msgspec.Struct, frozen=True, kw_only=True):
    """From one instant until another: the driver arrives within it."""

    from_at: int
    until_at: int


class Attendee(msgspec.Struct, frozen=True, kw_only=True):
    """Who is there: the operation manager, or a delegate, then with the number of the record it was taken from."""

    name: str
    telephone: str
    delegate: int | None = None


class Agreement(msgspec.Struct, frozen=True, kw_only=True):
    """What is agreed: one of the proposed windows, who attends, and what they say of the cables for the work sheet.

    Who attends is a name, or the number of a delegate on record.
    """

    window: Window
    attendee: Attendee | int
    cabling: str = ""


class Appointment(msgspec.Struct, frozen=True, kw_only=True):
    """One appointment; `number` counts those of its exchange. `window` and `attendee` are set once it is agreed.

    `cabling` is what who attends says of the cables, for the work sheet. `reason` names why it ended.
    """

    number: int
    state: AppointmentState
    windows: tuple[Window, ...]
    proposed_at: int
    proposed_by: str
    window: Window | None = None
    attendee: Attendee | None = None
    cabling: str = ""
    agreed_at: int | None = None
    agreed_by: str | None = None
    ended_at: int | None = None
    ended_by: str | None = None
    reason: str | None = None


def standing(appointments: Sequence[Appointment]) -> Appointment | None:
    """The one that is proposed or agreed."""
    last = appointments[-1] if appointments else None
    stands = last is not None and last.state in (AppointmentState.PROPOSED, AppointmentState.AGREED)
    return last if stands else None


def check_visit(exchange: Exchange) -> None:
    """Raises Conflict `no_visit_expected` unless somebody is still to come on site."""
    if exchange.method is not Verdict.ONSITE_SWAP or exchange.state not in _VISITABLE:
        text = f"Exchange {exchange.exchange} ({exchange.method or 'not judged'}, {exchange.state}) awaits no visit"
        raise Conflict("no_visit_expected", text)


def check_windows(windows: Sequence[Window], now: int) -> tuple[Window, ...]:
    """The windows by their beginning. Raises Conflict with a code of `APPOINTMENT_CODES`."""
    ordered = tuple(sorted(windows, key=lambda one: (one.from_at, one.until_at)))
    for one in ordered:
        _check_window(one, now)
    for earlier, later in pairwise(ordered):
        if later.from_at < earlier.until_at:
            raise Conflict("windows_overlap", f"Two windows overlap at {rfc3339(later.from_at)}: propose others")
    return ordered


def _check_window(one: Window, now: int) -> None:
    said = f"{rfc3339(one.from_at)} to {rfc3339(one.until_at)}"
    if one.until_at <= one.from_at:
        raise Conflict("window_empty", f"A window ends after it begins, unlike {said}")
    if one.until_at <= now:
        raise Conflict("window_in_the_past", f"{said} is over already")
    if one.until_at - one.from_at > LONGEST_WINDOW_MS:
        raise Conflict("window_too_long", f"{said} is longer than twelve hours: nobody waits that long")
    if one.until_at > now + FARTHEST_MS:
        raise Conflict("window_too_far", f"{said} is more than sixty days ahead")


def propose(
    appointments: Sequence[Appointment], windows: tuple[Window, ...], by: str, now: int, reason: str
) -> tuple[Appointment, ...]:
    """The appointments with a new one, in the place of the one that stands. The very same proposal changes nothing.

    Raises Conflict `change_needs_reason` when that was agreed and no reason is given.
    """
    old = standing(appointments)
    if old is not None and (old.state, old.windows) == (AppointmentState.PROPOSED, windows):
        return tuple(appointments)
    if old is not None and old.state is AppointmentState.AGREED and not reason.strip():
        raise Conflict("change_needs_reason", "Somebody has agreed to be there: say why the appointment changes")
    before = tuple(appointments)
    if old is not None:
        before = (*before[:-1], ended(old, AppointmentState.CHANGED, by, now, reason))
    fresh = Appointment(
        number=len(before) + 1, state=AppointmentState.PROPOSED, windows=windows, proposed_at=now, proposed_by=by
    )
    return (*before, fresh)


def agree(
    appointments: Sequence[Appointment], agreement: Agreement, attendee: Attendee, by: str, now: int
) -> tuple[Appointment, ...]:
    """The appointments with the one that stands agreed with `attendee`. The very same again changes nothing.

    Raises Conflict `no_appointment`, `appointment_agreed_already`, `window_not_proposed`, `window_in_the_past`.
    """
    old = standing(appointments)
    if old is None:
        raise Conflict("no_appointment", "No window is proposed yet: propose one or more first")
    if old.state is AppointmentState.AGREED:
        if (old.window, old.attendee, old.cabling) == (agreement.window, attendee, agreement.cabling):
            return tuple(appointments)
        raise Conflict("appointment_agreed_already", "It is agreed; propose new windows, with a reason, to change it")
    if agreement.window not in old.windows:
        raise Conflict("window_not_proposed", "That is none of the proposed windows: name one of them exactly")
    _check_window(agreement.window, now)
    agreed = msgspec.structs.replace(
        old,
        state=AppointmentState.AGREED,
        window=agreement.window,
        attendee=attendee,
        cabling=agreement.cabling,
        agreed_at=now,
        agreed_by=by,
    )
    return (*appointments[:-1], agreed)


def ended(one: Appointment, state: AppointmentState, by: str, now: int, reason: str) -> Appointment:
    """The appointment, over."""
    return msgspec.structs.replace(one, state=state, ended_at=now, ended_by=by, reason=reason or None)


def shown_state(one: Appointment, exchange: ExchangeState) -> AppointmentState:
    """How it is shown: one that still stands when the exchange is over was kept, or is withdrawn with it."""
    if one.state not in (AppointmentState.PROPOSED, AppointmentState.AGREED):
        return one.state
    if exchange in _GONE:
        return AppointmentState.WITHDRAWN
    if exchange in _SWAPPED:
        kept = one.state is AppointmentState.AGREED
        return AppointmentState.KEPT if kept else AppointmentState.WITHDRAWN
    return one.state
