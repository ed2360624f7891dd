"""Settings of faults and exchanges."""

from typing import Annotated

import msgspec

__all__ = ["ExchangesSettings"]

Every = Annotated[float, msgspec.Meta(ge=0.05, le=3_600)]


class ExchangesSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[exchanges]`: when faults are suspected, how exchanges are carried out, and how often the host looks."""

    silence_is_suspected_after_s: Annotated[float, msgspec.Meta(gt=0, le=604_800)] = 600.0
    """How long a unit is silent, by its own doing, before its adapter has a suspected fault."""
    boot_loop_starts: Annotated[int, msgspec.Meta(ge=2, le=100)] = 4
    """This many starts of its own within boot_loop_within_s are a boot loop, which opens a fault."""
    boot_loop_within_s: Annotated[int, msgspec.Meta(ge=1, le=86_400)] = 600
    """The time within which starts are counted."""
    carrier_travel_s: Annotated[float, msgspec.Meta(ge=0, le=31_536_000)] = 14_400.0
    """How long the simulated carrier travels before it says that a unit has arrived; no other carrier is built in."""
    carrier_patience_s: Annotated[float, msgspec.Meta(ge=0.05, le=604_800)] = 3_600.0
    """An order that has not arrived is handed to the carrier again after this long, and is still one errand."""
    reaction_tries: Annotated[int, msgspec.Meta(ge=1, le=100)] = 5
    """How often a step that fails is tried before it is parked, to be sent again by a dispatcher."""
    reaction_first_wait_s: Annotated[float, msgspec.Meta(ge=0.001, le=86_400)] = 1.0
    """Wait after the first failed try; each later wait is twice as long."""
    reaction_longest_wait_s: Annotated[float, msgspec.Meta(ge=0.001, le=86_400)] = 60.0
    """Longest wait between two tries."""
    silence_every_s: Every = 5.0
    """Pause between two looks for units that fell silent or came back."""
    carrier_every_s: Every = 5.0
    """Pause between two looks at what the carrier has to tell."""
    swap_every_s: Every = 1.0
    """Pause between two looks for swaps that are due."""
    acceptance_every_s: Every = 1.0
    """Pause between two checks of units that were swapped in."""
    reaction_every_s: Every = 1.0
    """Pause between two looks for what follows from what has happened."""

    def __post_init__(self) -> None:
        """Raises ValueError when the longest wait is below the first."""
        if self.reaction_longest_wait_s < self.reaction_first_wait_s:
            raise ValueError("reaction_longest_wait_s must not be below reaction_first_wait_s")
