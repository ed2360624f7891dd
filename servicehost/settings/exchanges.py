"""Settings of faults and exchanges."""

from typing import Annotated, Final, Literal

import msgspec

from servicehost.domain.compatibility import ModelFacts
from servicehost.domain.custody import Part

__all__ = ["ExchangesSettings"]

Every = Annotated[float, msgspec.Meta(ge=0.05, le=3_600)]
Yen = Annotated[int, msgspec.Meta(ge=0, le=100_000_000)]
_ACCESSORIES: Final = {"*": (Part.AC_ADAPTER,), "SA-W2": (Part.AC_ADAPTER, Part.LAN_CABLE)}


class ExchangesSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[exchanges]`: when faults are suspected, how exchanges are carried out, and how often the host looks."""

    silence_is_suspected_after_s: Annotated[float, msgspec.Meta(gt=0, le=604_800)] = 600.0
    """How long a unit is silent, by its own doing, before its adapter has a suspected fault."""
    boot_loop_starts: Annotated[int, msgspec.Meta(ge=2, le=100)] = 4
    """This many starts of its own within boot_loop_within_s are a boot loop, which opens a fault."""
    boot_loop_within_s: Annotated[int, msgspec.Meta(ge=1, le=86_400)] = 600
    """The time within which starts are counted."""
    triage_together_s: Annotated[int, msgspec.Meta(ge=1, le=86_400)] = 600
    """Adapters that fell silent within this time of each other are taken to have fallen silent together."""
    triage_push_before_s: Annotated[int, msgspec.Meta(ge=1, le=604_800)] = 1_800
    """A config pushed no longer than this before a fault began may have caused it."""
    carrier_travel_s: Annotated[float, msgspec.Meta(ge=0, le=31_536_000)] = 14_400.0
    """How long the simulated carrier travels before it says that a unit has arrived."""
    carrier_patience_s: Annotated[float, msgspec.Meta(ge=0.05, le=604_800)] = 3_600.0
    """An order that has not arrived is handed to the carrier again after this long, and is still one errand."""
    onsite_target_s: Annotated[float, msgspec.Meta(ge=60, le=31_536_000)] = 14_400.0
    """A driver should be on site so long after the order, unless an appointment says when: best effort, no promise."""
    delivery_target_days: Annotated[int, msgspec.Meta(ge=1, le=365)] = 3
    """What is shipped should be delivered so many days after the order: best effort, no promise."""
    desk_telephone: Annotated[str, msgspec.Meta(max_length=20, pattern="^[0-9+-]*$")] = ""
    """Telephone number of the dispatch desk, printed on work sheets; empty leaves it out."""
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
    return_due_days: Annotated[int, msgspec.Meta(ge=1, le=365)] = 14
    """A replaced unit that has not been sent back after this many days is a loss, to be charged or not by people."""
    accessories: dict[str, tuple[Part, ...]] = msgspec.field(default_factory=_ACCESSORIES.copy)
    """Main accessories lent and returned with a unit, by model; "*" is every other model."""
    prices: dict[str, dict[Part, Yen]] = {}
    """Yen charged for a lost or damaged unit and each accessory, by model: { SA-W2 = { unit = 0, ac_adapter = 0 } }."""
    price_tax: Literal["excluded", "included"] = "excluded"
    """Whether the prices include the consumption tax; it is said with every amount and changes none."""
    no_fault_found: Literal["charge", "waive", "ask"] = "ask"
    """A rented unit in which no fault is found after an exchange: propose a charge, none, or ask a dispatcher."""
    reopen_within_days: Annotated[int, msgspec.Meta(ge=0, le=365)] = 14
    """So long after its end an exchange can be taken up again; later it is a new fault that refers to the former."""
    models: dict[str, ModelFacts] = {}
    """What is known of models when units are compared: { SA-W2 = { ports = 5, mobile = true, power = "AC" } }."""
    returns_every_s: Every = 60.0
    """Pause between two looks for returns that are overdue and charges that wait for a price."""

    def __post_init__(self) -> None:
        """Raises ValueError when the longest wait is below the first, or an accessory is the unit."""
        if self.reaction_longest_wait_s < self.reaction_first_wait_s:
            raise ValueError("reaction_longest_wait_s must not be below reaction_first_wait_s")
        if any(Part.UNIT in listed for listed in self.accessories.values()):
            raise ValueError("accessories must not name the unit itself")
