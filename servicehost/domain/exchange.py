"""The exchange: an errand from a request to a closed case, or to an end with a name.

One table of states and of what can be said in them. Whatever is said twice or late changes nothing; what comes too
early, or after an end that excludes it, is refused by name. Only the table moves an exchange.
"""

import enum
from collections.abc import Mapping
from typing import Final, TypeAlias

import msgspec

from servicehost.domain.charge import Charge
from servicehost.domain.destination import Destination
from servicehost.domain.errors import Conflict
from servicehost.domain.explanation import TraceLine
from servicehost.domain.fact_kind import FactName, Supplier
from servicehost.domain.hold import Hold
from servicehost.domain.override import OverrideWord
from servicehost.domain.rules import Verdict

__all__ = [
    "ENDED",
    "EXCHANGE_TABLE",
    "OPEN_STATES",
    "Ask",
    "Exchange",
    "ExchangeRefusal",
    "ExchangeState",
    "Failure",
    "Judged",
    "Said",
    "Step",
    "next_state",
    "said_by_verdict",
]


class ExchangeState(enum.StrEnum):
    """How far an exchange is. `requested`: there is no verdict, or one that waits for facts."""

    REQUESTED = "requested"
    JUDGED = "judged"
    RESERVED = "reserved"
    ORDERED = "ordered"
    ARRIVED = "arrived"
    SWAPPED = "swapped"
    ACCEPTED = "accepted"
    CONFIRMED = "confirmed"
    CLOSED = "closed"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    FAILED = "failed"


class Said(enum.StrEnum):
    """What can be said of an exchange."""

    UNDECIDE = "undecide"
    DECLINE = "decline"
    GRANT = "grant"
    RESERVE = "reserve"
    ORDER = "order"
    ARRIVE = "arrive"
    SWAP = "swap"
    ACCEPT = "accept"
    CONFIRM = "confirm"
    CLOSE = "close"
    CANCEL = "cancel"
    FAIL = "fail"
    TAKE_OVER = "take_over"
    """A unit that is at hand takes the place at once: nothing is judged, reserved or sent."""
    OVERRULE = "overrule"
    """A dispatcher decides otherwise than the rules, or takes that back: it is judged again."""
    REOPEN = "reopen"
    """It was not well after all, or another replacement is to be tried: it begins again, with the facts it has."""


class Failure(enum.StrEnum):
    """Why an exchange failed."""

    CARRIER_REFUSED = "carrier_refused"
    LOST_IN_TRANSIT = "lost_in_transit"
    WRONG_MODEL = "wrong_model"
    DEAD_ON_ARRIVAL = "dead_on_arrival"
    RECALLED = "recalled"
    """Called back on its way, for its area was closed."""


class ExchangeRefusal(enum.StrEnum):
    """Why something said of an exchange is refused."""

    NOT_JUDGED = "not_judged"
    NOT_RESERVED = "not_reserved"
    NOT_ORDERED = "not_ordered"
    NOT_ARRIVED = "not_arrived"
    NOT_SWAPPED = "not_swapped"
    NOT_ACCEPTED = "not_accepted"
    NOT_CONFIRMED = "not_confirmed"
    SWAPPED_ALREADY = "swapped_already"
    CONFIRMED_ALREADY = "confirmed_already"
    EXCHANGE_ENDED = "exchange_ended"
    ORDERED_ALREADY = "ordered_already"
    NOT_CLOSED = "not_closed"


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """A fact that an undecided verdict waits for, and who must supply it."""

    fact: FactName
    ask: Supplier | None


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """Verdict and charge of one judgement with every rule behind them, in words, as they were at that time.

    `decided_by` is None exactly for an on-site swap; `reasons` has the code of every rule that stood in its way.
    """

    at: int
    method: Verdict
    charge: Charge
    decided_by: str | None
    reasons: tuple[str, ...]
    missing: tuple[Ask, ...]
    trace: tuple[TraceLine, ...]
    charge_trace: tuple[TraceLine, ...]
    override: OverrideWord | None = None
    """A dispatcher's word over `method`, which stays what the rules say; the exchange's own is then the word's."""


class Exchange(msgspec.Struct, frozen=True, kw_only=True):
    """One errand. `fault` is None only for a stranger's request about an adapter without a fault.

    `swap_now_at` is the word of whoever may say that the units change places; `binding` is the new unit's,
    `old_binding` the one it replaced. `reason` names the end: a `Failure`, or the words of whoever cancelled.
    `round` grows each time it is taken up again, last at `reopened_at`. `former` is an earlier exchange of the adapter
    that this one refers to. `standby_code` is the adapter of the standby item whose unit has taken over; `keeps_old`:
    the replaced unit is not to return.
    """

    exchange: int
    service_code: str
    management_code: str
    fault: int | None
    state: ExchangeState
    requested_by: str
    requested_at: int
    changed_at: int
    method: Verdict | None = None
    charge: Charge | None = None
    attendee: str = ""
    old_unit_id: int | None = None
    new_unit_id: int | None = None
    expected_firmware: str | None = None
    reserved_at: int | None = None
    ordered_at: int | None = None
    swap_now_at: int | None = None
    swap_now_by: str | None = None
    swapped_at: int | None = None
    old_binding: int | None = None
    binding: int | None = None
    reason: str | None = None
    judged: Judged | None = None
    round: int = 1
    former: int | None = None
    standby_code: str | None = None
    keeps_old: bool = False
    reopened_at: int | None = None
    held: Hold | None = None
    """Why what is reserved is not ordered yet."""
    destination: Destination | None = None
    """Where it was ordered to."""


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One line of an exchange's history: it became `state` at an instant, by somebody's word."""

    exchange: int
    management_code: str
    state: ExchangeState
    at: int
    by: str
    reason: str | None = None


ENDED: Final = frozenset({ExchangeState.CLOSED, ExchangeState.DECLINED, ExchangeState.CANCELLED, ExchangeState.FAILED})
OPEN_STATES: Final = frozenset(ExchangeState) - ENDED

Cell: TypeAlias = ExchangeState | ExchangeRefusal | None
_S, _R = ExchangeState, ExchangeRefusal
_END: Final = _R.EXCHANGE_ENDED


def _row(*cells: Cell) -> Mapping[Said, Cell]:
    return dict(zip(Said, cells, strict=True))


# Read a row as: in this state, when it is said … None: nothing changes. The lines follow the order of `Said`:
# the verdicts, the way there, the way on, the ends, the ways beside (take over, overrule, reopen).
EXCHANGE_TABLE: Final[Mapping[ExchangeState, Mapping[Said, Cell]]] = {
    _S.REQUESTED: _row(
        _S.REQUESTED, _S.DECLINED, _S.JUDGED,
        _R.NOT_JUDGED, _R.NOT_JUDGED, _R.NOT_JUDGED, _R.NOT_JUDGED,
        _R.NOT_SWAPPED, _R.NOT_SWAPPED, _R.NOT_CONFIRMED,
        _S.CANCELLED, _R.NOT_RESERVED,
        _S.SWAPPED, None, _R.NOT_CLOSED,
    ),
    _S.JUDGED: _row(
        _S.REQUESTED, _S.DECLINED, _S.JUDGED,
        _S.RESERVED, _R.NOT_RESERVED, _R.NOT_RESERVED, _R.NOT_RESERVED,
        _R.NOT_SWAPPED, _R.NOT_SWAPPED, _R.NOT_CONFIRMED,
        _S.CANCELLED, _R.NOT_RESERVED,
        _S.SWAPPED, None, _R.NOT_CLOSED,
    ),
    # Nothing has left the house yet: a fact that turns the verdict still counts.
    _S.RESERVED: _row(
        _S.REQUESTED, _S.DECLINED, _S.RESERVED,
        None, _S.ORDERED, _S.ARRIVED, _R.NOT_ORDERED,
        _R.NOT_SWAPPED, _R.NOT_SWAPPED, _R.NOT_CONFIRMED,
        _S.CANCELLED, _S.FAILED,
        _S.SWAPPED, None, _R.NOT_CLOSED,
    ),
    _S.ORDERED: _row(
        None, None, None,
        None, None, _S.ARRIVED, _R.NOT_ARRIVED,
        _R.NOT_SWAPPED, _R.NOT_SWAPPED, _R.NOT_CONFIRMED,
        _S.CANCELLED, _S.FAILED,
        _R.ORDERED_ALREADY, _R.ORDERED_ALREADY, _R.NOT_CLOSED,
    ),
    _S.ARRIVED: _row(
        None, None, None,
        None, None, None, _S.SWAPPED,
        _R.NOT_SWAPPED, _R.NOT_SWAPPED, _R.NOT_CONFIRMED,
        _S.CANCELLED, _S.FAILED,
        _R.ORDERED_ALREADY, _R.ORDERED_ALREADY, _R.NOT_CLOSED,
    ),
    _S.SWAPPED: _row(
        None, None, None,
        None, None, None, None,
        _S.ACCEPTED, _R.NOT_ACCEPTED, _R.NOT_CONFIRMED,
        _R.SWAPPED_ALREADY, _S.FAILED,
        _R.ORDERED_ALREADY, _R.ORDERED_ALREADY, _R.NOT_CLOSED,
    ),
    _S.ACCEPTED: _row(
        None, None, None,
        None, None, None, None,
        None, _S.CONFIRMED, _R.NOT_CONFIRMED,
        _R.SWAPPED_ALREADY, _S.FAILED,
        _R.ORDERED_ALREADY, _R.ORDERED_ALREADY, _R.NOT_CLOSED,
    ),
    _S.CONFIRMED: _row(
        None, None, None,
        None, None, None, None,
        None, None, _S.CLOSED,
        _R.CONFIRMED_ALREADY, _R.CONFIRMED_ALREADY,
        _R.ORDERED_ALREADY, _R.ORDERED_ALREADY, _R.NOT_CLOSED,
    ),
    _S.CLOSED: _row(
        None, None, None,
        None, None, None, None,
        None, None, None,
        _END, _END,
        _END, _END, _S.REQUESTED,
    ),
    _S.DECLINED: _row(
        None, None, None,
        _END, _END, None, _END,
        _END, _END, _END,
        _END, _END,
        _END, _S.REQUESTED, _END,
    ),
    # A carrier's late word about an errand that is over is heard and changes nothing.
    _S.CANCELLED: _row(
        None, None, None,
        _END, _END, None, _END,
        _END, _END, _END,
        None, _END,
        _END, _END, _END,
    ),
    _S.FAILED: _row(
        None, None, None,
        _END, _END, None, _END,
        _END, _END, _END,
        _END, None,
        _END, _END, _S.REQUESTED,
    ),
}  # fmt: skip

_REFUSED: Final[Mapping[ExchangeRefusal, str]] = {
    _R.NOT_JUDGED: "there is no verdict yet",
    _R.NOT_RESERVED: "no unit is reserved for it yet",
    _R.NOT_ORDERED: "nothing has been sent yet",
    _R.NOT_ARRIVED: "the reserved unit has not arrived",
    _R.NOT_SWAPPED: "the units have not changed places yet",
    _R.NOT_ACCEPTED: "the host's own check of the new unit has not passed yet",
    _R.NOT_CONFIRMED: "the operation manager has not confirmed the network yet",
    _R.SWAPPED_ALREADY: "the units have changed places already; report the new one dead on arrival instead",
    _R.CONFIRMED_ALREADY: "the operation manager has confirmed the network already",
    _R.EXCHANGE_ENDED: "it has ended",
    _R.ORDERED_ALREADY: "a replacement is on its way already; cancel the exchange first, or let it arrive",
    _R.NOT_CLOSED: "it is still open, so there is nothing to take up again",
}


def next_state(exchange: Exchange, said: Said) -> ExchangeState | None:
    """The state after it; None when it changes nothing. Raises Conflict with an `ExchangeRefusal` as its code."""
    cell = EXCHANGE_TABLE[exchange.state][said]
    if isinstance(cell, ExchangeRefusal):
        raise Conflict(cell, f"Exchange {exchange.exchange} ({exchange.state}): {_REFUSED[cell]}")
    return cell


def said_by_verdict(verdict: Verdict) -> Said:
    """What a verdict is to the errand. A new supply is run like an exchange: only what is lost stays behind."""
    if verdict is Verdict.UNDECIDED:
        return Said.UNDECIDE
    return Said.DECLINE if verdict is Verdict.DECLINED else Said.GRANT
