"""`ports.place_writes.PlaceWrites` for a transaction."""

from collections.abc import Callable
from typing import Any, TypeVar

from servicehost.backends.sql.addresses import AddressRows
from servicehost.backends.sql.rights import RightRows
from servicehost.domain.declared_location import DeclaredLocation
from servicehost.domain.shipping_address import ShippingAddress

__all__ = ["SqlPlaceWrites"]

T = TypeVar("T")


class SqlPlaceWrites:
    """The transaction brings `_do`."""

    async def _do(self, call: Callable[..., T], *arguments: Any, **named: Any) -> T:
        raise NotImplementedError

    async def add_declared_location(self, declared: DeclaredLocation) -> DeclaredLocation:
        return await self._do(RightRows.add_declared_location, declared)

    async def add_shipping_address(self, address: ShippingAddress) -> ShippingAddress:
        return await self._do(AddressRows.add_shipping_address, address)
