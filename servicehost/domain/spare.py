"""Spares: units in the provider's stock, and the one that is set aside for an exchange."""

import enum

import msgspec

from servicehost.domain.compatibility import Misfit
from servicehost.domain.rule import Text

__all__ = ["Reservation", "Spare", "SpareState"]


class SpareState(enum.StrEnum):
    """`out`: it has left the house and serves nobody; a dispatcher takes it back into stock when it returns."""

    FREE = "free"
    RESERVED = "reserved"
    OUT = "out"


class Spare(msgspec.Struct, frozen=True, kw_only=True):
    """One unit in stock. A unit that serves an adapter is none.

    `depot` is where it lies, or lay before it left. `firmware` is what the unit has said itself since it lies there,
    else what was recorded when it was stocked; empty: nobody knows.
    """

    unit_id: int
    distribution_id: str
    model: str
    state: SpareState
    stocked_at: int
    exchange: int | None = None
    management_code: str | None = None
    depot: str = "main"
    firmware: str = ""


class Reservation(msgspec.Struct, frozen=True, kw_only=True):
    """Why this unit was set aside for an exchange: how it was chosen, what does not fit, and who took it all the same.

    `override` is the reason why blocking misfits were overridden; empty: there was none.
    """

    exchange: int
    management_code: str
    unit_id: int
    distribution_id: str
    depot: str
    at: int
    by: str
    why: Text
    misfits: tuple[Misfit, ...] = ()
    override: str = ""
    reservation: int = 0
