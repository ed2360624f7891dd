"""What the store keeps of shipping addresses."""

from typing import Protocol

from servicehost.domain.contract import Scope
from servicehost.domain.shipping_address import ShippingAddress

__all__ = ["AddressReads", "Addresses"]


class Addresses(Protocol):
    """The part of the batch verb that keeps shipping addresses. Within the batch's scope."""

    def add_shipping_address(self, address: ShippingAddress) -> ShippingAddress:
        """With its number; numbers grow, and the newest of an adapter counts. Raises NotFound outside the scope."""
        ...

    def shipping_address(self, service_code: str) -> ShippingAddress | None:
        """The newest; None: there is none, or it was erased."""
        ...

    def erase_shipping_addresses(self, management_code: str) -> int:
        """Empty every address of that contract, and the words beside it; how many there were. Lines stay."""
        ...


class AddressReads(Protocol):
    """Snapshots, within the caller's scope."""

    async def shipping_addresses(
        self, scope: Scope, service_code: str, *, after: int = 0, limit: int = 100
    ) -> list[ShippingAddress]:
        """In the order in which they were said; at most `limit` after the number `after` (exclusive)."""
        ...
