"""Units: the physical boxes. A unit serves an adapter while it is bound to it."""

from enum import StrEnum

import msgspec

from servicehost.domain.fact_kind import Channel, Coverage, Item, Ownership

__all__ = ["Adapter", "Binding", "Life", "Unit"]


class Life(StrEnum):
    """Where a unit stands in its life."""

    REGISTERED = "registered"
    """Entered; serves nobody and has served nobody since it was last entered."""
    BOUND = "bound"
    REPLACED = "replaced"
    """Another unit has taken its place; bound again if that one is dead on arrival."""
    RETURNED = "returned"
    RETIRED = "retired"
    LOST = "lost"
    STOLEN = "stolen"
    """Reported stolen: no config is ever handed out to it again."""


class Unit(msgspec.Struct, frozen=True, kw_only=True):
    """One box, known by its Distribution ID; model and serial are what is printed on it."""

    unit_id: int
    distribution_id: str
    model: str
    serial: str
    registered_at: int
    ownership: Ownership = Ownership.RENTAL
    channel: Channel = Channel.DIRECT
    life: Life = Life.REGISTERED
    life_since: int = 0
    life_reason: str = ""
    held_at: int | None = None
    """Since when two boxes are held that share this identity; None once a person has looked."""


class Adapter(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """What an operator manages: it lives on when its unit is exchanged; config, pushes and status hang on it.

    As JSON it is an array of these fields, as rows are.
    """

    service_code: str
    management_code: str
    memo: str
    created_at: int
    startup_revision: int | None = None
    startup_digest: str | None = None
    item: Item = Item.ENTRY
    option: bool = False
    declared_location: str = ""
    coverage: Coverage | None = None
    out_of_service_at: int | None = None
    """When its contract ends or has ended; its unit is then told so and dials slowly."""
    site_name: str = ""
    """As the order had it. The memo begins with it and goes its own way."""
    brought_in: str | None = None
    """Model-serial of the customer's own unit, as the order had it; None: the provider supplies one."""
    option_ends_at: int | None = None
    end_carried_at: int | None = None
    """When the host has carried the end of its contract out."""
    mobile: bool = False
    """Whether the mobile access option is on: any unit that serves it must have a mobile line."""

    def has_ended(self, now: int) -> bool:
        """Whether its contract's end has come."""
        return self.out_of_service_at is not None and self.out_of_service_at <= now


class Binding(msgspec.Struct, frozen=True, kw_only=True):
    """A unit serves an adapter, from one instant until another. `number` grows and fences what sessions write."""

    number: int
    service_code: str
    management_code: str
    unit_id: int
    bound_at: int
    reason: str
    unbound_at: int | None = None
    unbound_reason: str | None = None
