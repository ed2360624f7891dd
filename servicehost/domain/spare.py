"""Spares: units in the provider's stock, and the one that is set aside for an exchange."""

import enum

import msgspec

__all__ = ["Spare", "SpareState"]


class SpareState(enum.StrEnum):
    """`out`: it has left the house and serves nobody; a dispatcher takes it back into stock when it returns."""

    FREE = "free"
    RESERVED = "reserved"
    OUT = "out"


class Spare(msgspec.Struct, frozen=True, kw_only=True):
    """One unit in stock. A unit that serves an adapter is none."""

    unit_id: int
    distribution_id: str
    model: str
    state: SpareState
    stocked_at: int
    exchange: int | None = None
    management_code: str | None = None
