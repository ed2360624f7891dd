"""A unit's life: one table of where it stands and of what can be said of it.

What is said twice changes nothing; what does not fit is refused by name, with what to do instead. Bindings move a
life by themselves (bound, unbound, replaced); everything else is a person's word.
"""

import enum
from collections.abc import Mapping
from typing import Final, TypeAlias

from servicehost.domain.errors import Conflict, Forbidden
from servicehost.domain.people import Actor, Role
from servicehost.domain.unit import Life

__all__ = [
    "BINDABLE",
    "LIFE_TABLE",
    "MISSING",
    "PEOPLES_WORDS",
    "TOLD_AS",
    "LifeRefusal",
    "LifeSaid",
    "check_stock",
    "demand_word",
    "next_life",
]


class LifeSaid(enum.StrEnum):
    """What can be said of a unit."""

    BOUND = "bound"
    UNBOUND = "unbound"
    REPLACED = "replaced"
    RETURNED = "returned"
    RETIRED = "retired"
    LOST = "lost"
    STOLEN = "stolen"
    FOUND = "found"
    """It was lost or stolen and is in somebody's hands again."""
    REGISTERED = "registered"
    """It is to be used again: the only way back for one that was returned or retired."""


class LifeRefusal(enum.StrEnum):
    """Why something said of a unit is refused."""

    UNIT_BOUND = "unit_bound"
    UNIT_NOT_BOUND = "unit_not_bound"
    UNIT_REPLACED = "unit_replaced"
    UNIT_RETURNED = "unit_returned"
    UNIT_RETIRED = "unit_retired"
    UNIT_LOST = "unit_lost"
    UNIT_STOLEN = "unit_stolen"
    UNIT_NOT_MISSING = "unit_not_missing"


TOLD_AS: Final[Mapping[LifeRefusal, str]] = {
    LifeRefusal.UNIT_BOUND: "The unit serves an adapter; unbind it first",
    LifeRefusal.UNIT_NOT_BOUND: "The unit serves no adapter, so nothing can have replaced it; bind it first",
    LifeRefusal.UNIT_REPLACED: "Another unit has taken its place; record its return, then register it again",
    LifeRefusal.UNIT_RETURNED: "The unit was returned; register it again before it is used",
    LifeRefusal.UNIT_RETIRED: "The unit was retired; register it again before it is used",
    LifeRefusal.UNIT_LOST: "The unit is lost; if it has turned up, record that it was found first",
    LifeRefusal.UNIT_STOLEN: "The unit was reported stolen; if it has turned up, record that it was found first",
    LifeRefusal.UNIT_NOT_MISSING: "The unit is neither lost nor stolen; there is nothing to find",
}

Cell: TypeAlias = Life | LifeRefusal | None
_L, _R = Life, LifeRefusal


def _row(*cells: Cell) -> Mapping[LifeSaid, Cell]:
    return dict(zip(LifeSaid, cells, strict=True))


# Read a row as: at this point of its life, when it is said … None: nothing changes. The lines follow the order of
# `LifeSaid`: what bindings say, the ordinary ends, what is missing, the way back.
LIFE_TABLE: Final[Mapping[Life, Mapping[LifeSaid, Cell]]] = {
    _L.REGISTERED: _row(
        _L.BOUND, None, _R.UNIT_NOT_BOUND,
        _L.RETURNED, _L.RETIRED,
        _L.LOST, _L.STOLEN, _R.UNIT_NOT_MISSING,
        None,
    ),
    _L.BOUND: _row(
        None, _L.REGISTERED, _L.REPLACED,
        _R.UNIT_BOUND, _R.UNIT_BOUND,
        _L.LOST, _L.STOLEN, _R.UNIT_NOT_MISSING,
        _R.UNIT_BOUND,
    ),
    # Bound again when the one that took its place is dead on arrival.
    _L.REPLACED: _row(
        _L.BOUND, None, None,
        _L.RETURNED, _L.RETIRED,
        _L.LOST, _L.STOLEN, _R.UNIT_NOT_MISSING,
        _R.UNIT_REPLACED,
    ),
    _L.RETURNED: _row(
        _R.UNIT_RETURNED, None, _R.UNIT_NOT_BOUND,
        None, _L.RETIRED,
        _L.LOST, _L.STOLEN, _R.UNIT_NOT_MISSING,
        _L.REGISTERED,
    ),
    _L.RETIRED: _row(
        _R.UNIT_RETIRED, None, _R.UNIT_NOT_BOUND,
        _R.UNIT_RETIRED, None,
        _L.LOST, _L.STOLEN, _R.UNIT_NOT_MISSING,
        _L.REGISTERED,
    ),
    # A unit may be lost while an adapter is still bound to it: its binding can end, its life stays as it was reported.
    # What is found is in somebody's hands, no more: it was away, so it is used again only by a word of its own.
    _L.LOST: _row(
        _R.UNIT_LOST, None, None,
        _R.UNIT_LOST, _R.UNIT_LOST,
        None, _L.STOLEN, _L.RETURNED,
        _R.UNIT_LOST,
    ),
    _L.STOLEN: _row(
        _R.UNIT_STOLEN, None, None,
        _R.UNIT_STOLEN, _R.UNIT_STOLEN,
        _R.UNIT_STOLEN, None, _L.RETURNED,
        _R.UNIT_STOLEN,
    ),
}  # fmt: skip

BINDABLE: Final = frozenset(
    life for life, row in LIFE_TABLE.items() if not isinstance(row[LifeSaid.BOUND], LifeRefusal)
)
MISSING: Final = frozenset({Life.LOST, Life.STOLEN})
_PROVIDER: Final = frozenset({Role.DISPATCHER})
PEOPLES_WORDS: Final[Mapping[LifeSaid, frozenset[Role]]] = {
    LifeSaid.RETURNED: _PROVIDER,
    LifeSaid.RETIRED: _PROVIDER,
    # Whoever stands where the box has been is the first to know.
    LifeSaid.LOST: _PROVIDER | {Role.OPERATION_MANAGER},
    LifeSaid.STOLEN: _PROVIDER | {Role.OPERATION_MANAGER},
    LifeSaid.FOUND: _PROVIDER,
    LifeSaid.REGISTERED: _PROVIDER,
}


def next_life(life: Life, said: LifeSaid, *, serving: bool = False) -> Life | None:
    """The life after it was said, None when it changes nothing. `serving`: an adapter is still bound to the unit.

    Raises Conflict with a `LifeRefusal` as its code.
    """
    cell = LIFE_TABLE[life][said]
    if isinstance(cell, LifeRefusal):
        raise Conflict(cell, TOLD_AS[cell])
    if said is LifeSaid.FOUND and serving:
        return Life.BOUND
    return cell


def demand_word(actor: Actor, said: LifeSaid) -> None:
    """Raises Forbidden `no_right` unless the actor's role may say it; a binding's own words are nobody's."""
    if actor.role not in PEOPLES_WORDS.get(said, frozenset()):
        raise Forbidden("no_right", f"{actor.master_id} ({actor.role}) has no right to report a unit as {said}")


def check_stock(life: Life) -> None:
    """Raises Conflict with a `LifeRefusal` unless a unit of this life may lie in stock, ready to replace another."""
    if life is not Life.REGISTERED:
        refusal = LifeRefusal(f"unit_{life}")
        raise Conflict(refusal, TOLD_AS[refusal])
