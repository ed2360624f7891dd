"""The return of a unit after an exchange: due, on its way, received, inspected; or not returned, which is a loss.

One table of states and of what can be said in them, as for the exchange itself: what is said twice changes nothing,
what comes too early or after an end that excludes it is refused by name. A thing that was given up may be found again.
"""

import enum
from collections.abc import Iterator, Mapping
from typing import Final, TypeAlias

import msgspec

from servicehost.domain.custody import Part
from servicehost.domain.errors import Conflict
from servicehost.domain.fact import Fact
from servicehost.domain.fact_kind import Accessories, FactName, Inspection, Source
from servicehost.domain.hold import Hold
from servicehost.domain.instant import as_datetime

__all__ = [
    "INSPECTION_RESULTS",
    "OUTCOME_STATES",
    "OWED_STATES",
    "RETURN_TABLE",
    "Erasure",
    "Loss",
    "ReturnRefusal",
    "ReturnSaid",
    "ReturnState",
    "UnitReturn",
    "next_return_state",
    "return_facts",
]


class ReturnState(enum.StrEnum):
    """How far a return is. `not_returned`: the due date has passed; nobody has given it up yet."""

    DUE = "due"
    SHIPPED = "shipped"
    RECEIVED = "received"
    INSPECTED = "inspected"
    NOT_RETURNED = "not_returned"
    WRITTEN_OFF = "written_off"
    CALLED_OFF = "called_off"
    """It is owed no more: the unit serves an adapter again."""


class ReturnSaid(enum.StrEnum):
    """What can be said of a return."""

    SHIP = "ship"
    RECEIVE = "receive"
    INSPECT = "inspect"
    LAPSE = "lapse"
    WRITE_OFF = "write_off"
    CALL_OFF = "call_off"


class ReturnRefusal(enum.StrEnum):
    """Why something said of a return is refused."""

    NOT_RECEIVED = "return_not_received"
    RECEIVED_ALREADY = "return_received_already"
    NOT_OWED = "return_not_owed"


class Loss(enum.StrEnum):
    """Why a unit was given up. Only the first says that the customer kept or lost what was to come back."""

    NEVER_RETURNED = "never_returned"
    LOST_BY_CARRIER = "lost_by_carrier"
    PROVIDERS_DECISION = "providers_decision"
    LOST_BEFORE = "lost_before"
    """It was lost before the exchange, which replaced it for that reason."""


class Erasure(enum.StrEnum):
    """How it is known whether a unit holds a customer's config still."""

    UNIT_SAID_ERASED = "unit_said_erased"
    INSPECTION = "inspection"
    UNKNOWN = "unknown"


class UnitReturn(msgspec.Struct, frozen=True, kw_only=True):
    """One unit that is to come back: after one exchange, or (None) because a contract has ended.

    `number` is 0 before the store has given it one.
    `missing` and `damaged` name parts; `result` is what the inspection found. `erased` None: not known.
    """

    number: int
    exchange: int | None
    service_code: str
    management_code: str
    unit_id: int
    state: ReturnState
    opened_at: int
    due_at: int
    changed_at: int
    changed_by: str
    why: str
    shipped_at: int | None = None
    received_at: int | None = None
    place: str = ""
    missing: tuple[Part, ...] = ()
    inspected_at: int | None = None
    inspected_by: str = ""
    result: Inspection | None = None
    damaged: tuple[Part, ...] = ()
    erased: bool | None = None
    erasure: Erasure = Erasure.UNKNOWN
    loss: Loss | None = None
    reason: str = ""
    held: Hold | None = None
    """Why nobody is sent for it, while it is due."""


INSPECTION_RESULTS: Final = (
    Inspection.FAULT_FOUND,
    Inspection.NO_FAULT_FOUND,
    Inspection.DAMAGED,
    Inspection.MODIFIED,
)
"""What an inspection may find; the other values of that fact follow from a return without one."""

_S, _R = ReturnState, ReturnRefusal
OWED_STATES: Final = frozenset({_S.DUE, _S.SHIPPED, _S.NOT_RETURNED})
"""The unit is still to come."""
OUTCOME_STATES: Final = frozenset({_S.RECEIVED, _S.INSPECTED, _S.NOT_RETURNED, _S.WRITTEN_OFF})
"""What became of the unit is known, as far as it goes."""

Cell: TypeAlias = ReturnState | ReturnRefusal | None


def _row(*cells: Cell) -> Mapping[ReturnSaid, Cell]:
    return dict(zip(ReturnSaid, cells, strict=True))


# Read a row as: in this state, when it is said … None: nothing changes. Columns in the order of `ReturnSaid`:
# ship, receive, inspect, lapse, write off, call off.
RETURN_TABLE: Final[Mapping[ReturnState, Mapping[ReturnSaid, Cell]]] = {
    _S.DUE: _row(_S.SHIPPED, _S.RECEIVED, _R.NOT_RECEIVED, _S.NOT_RETURNED, _S.WRITTEN_OFF, _S.CALLED_OFF),
    # What the customer has handed over is no longer late by their doing; and it is on its way, whatever is decided.
    _S.SHIPPED: _row(None, _S.RECEIVED, _R.NOT_RECEIVED, None, _S.WRITTEN_OFF, None),
    # Received again: an accessory that was missing has come.
    _S.RECEIVED: _row(None, _S.RECEIVED, _S.INSPECTED, None, _R.RECEIVED_ALREADY, None),
    _S.INSPECTED: _row(None, _S.INSPECTED, _S.INSPECTED, None, _R.RECEIVED_ALREADY, None),
    _S.NOT_RETURNED: _row(_S.SHIPPED, _S.RECEIVED, _R.NOT_RECEIVED, None, _S.WRITTEN_OFF, _S.CALLED_OFF),
    _S.WRITTEN_OFF: _row(_S.SHIPPED, _S.RECEIVED, _R.NOT_RECEIVED, None, None, None),
    _S.CALLED_OFF: _row(_R.NOT_OWED, _R.NOT_OWED, _R.NOT_OWED, None, _R.NOT_OWED, None),
}

_REFUSED: Final[Mapping[ReturnRefusal, str]] = {
    _R.NOT_RECEIVED: "it has not been received yet",
    _R.RECEIVED_ALREADY: "it has been received, so it is not lost",
    _R.NOT_OWED: "the unit is owed no more",
}


def next_return_state(standing: UnitReturn, said: ReturnSaid) -> ReturnState | None:
    """The state after it; None when it changes nothing. Raises Conflict with a `ReturnRefusal` as its code."""
    cell = RETURN_TABLE[standing.state][said]
    if isinstance(cell, ReturnRefusal):
        raise Conflict(cell, f"Return {standing.number} ({standing.state}): {_REFUSED[cell]}")
    return cell


def return_facts(standing: UnitReturn) -> tuple[Fact, ...]:
    """What a return says to the judgement of the charge: what became of the unit, and of its accessories."""
    return tuple(_facts(standing))


def _facts(standing: UnitReturn) -> Iterator[Fact]:
    found = _found(standing)
    if found is not None:
        yield _fact(standing, FactName.INSPECTION, found)
    if standing.state in (ReturnState.RECEIVED, ReturnState.INSPECTED):
        short = set(standing.missing) | set(standing.damaged)
        value = Accessories.SHORT if short - {Part.UNIT} else Accessories.WHOLE
        yield _fact(standing, FactName.ACCESSORIES, value)


def _found(standing: UnitReturn) -> Inspection | None:
    if standing.state is ReturnState.INSPECTED:
        return standing.result
    if standing.state is ReturnState.RECEIVED:
        return Inspection.RETURNED
    kept = standing.state is ReturnState.WRITTEN_OFF and standing.loss is Loss.NEVER_RETURNED
    return Inspection.NEVER_RETURNED if kept or standing.state is ReturnState.NOT_RETURNED else None


def _fact(standing: UnitReturn, name: FactName, value: Inspection | Accessories) -> Fact:
    return Fact(
        name=name,
        value=value,
        source=Source.INSPECTION,
        time=as_datetime(standing.changed_at),
        author=standing.changed_by,
    )
