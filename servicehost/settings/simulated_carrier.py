"""Settings of the simulated carrier, for demonstrations and tests: what goes wrong with its errands."""

from typing import Annotated, Literal

import msgspec

__all__ = ["SimulatedCarrierSettings"]


class SimulatedCarrierSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[simulated_carrier]`: how the errands of the simulated carrier go; see [carrier] and carrier_travel_s."""

    deliveries: tuple[Literal["usual", "late", "nobody_there", "lost"], ...] = ()
    """How its first deliveries go, one after the other; the rest go as usual."""
    late_by_s: Annotated[float, msgspec.Meta(ge=0, le=31_536_000)] = 3_600.0
    """How much longer a late delivery takes."""
    collections: tuple[Literal["usual", "not_returned", "short"], ...] = ()
    """How its first collections go: usual, nobody hands the box over, or an accessory is missing."""
