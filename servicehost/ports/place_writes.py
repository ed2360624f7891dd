"""Where an adapter stands and is shipped to, written in the transaction that takes it up with its history."""

from typing import Protocol

from servicehost.domain.declared_location import DeclaredLocation
from servicehost.domain.shipping_address import ShippingAddress

__all__ = ["PlaceWrites"]


class PlaceWrites(Protocol):
    """In a person's transaction, within its scope."""

    async def add_declared_location(self, declared: DeclaredLocation) -> DeclaredLocation:
        """As in a batch."""
        ...

    async def add_shipping_address(self, address: ShippingAddress) -> ShippingAddress:
        """As in a batch."""
        ...
