"""Shipping addresses: `ports.addresses` on one connection, and on SQLite's readers."""

from typing import Any, Final

import msgspec
from sqlalchemy import RowMapping, insert, select
from sqlalchemy.ext.asyncio import AsyncEngine

from servicehost.backends.sql import tables
from servicehost.backends.sql.area_tables import shipping_address
from servicehost.backends.sql.rows import Scoped
from servicehost.domain.address import Address
from servicehost.domain.contract import Scope
from servicehost.domain.errors import NotFound
from servicehost.domain.shipping_address import ShippingAddress

__all__ = ["AddressRows", "SqlAddressReads", "to_address"]

_shipping = shipping_address.c
_PARTS: Final = Address.__struct_fields__
_PLAIN: Final = tuple(name for name in ShippingAddress.__struct_fields__ if name != "address")


class AddressRows(Scoped):
    """Table `shipping_address`."""

    def add_shipping_address(self, address: ShippingAddress) -> ShippingAddress:
        self._own([address.management_code])
        mine = tables.adapter.c
        chosen = select(mine.management_code).where(mine.service_code == address.service_code)
        if self._on.execute(chosen).scalar() != address.management_code:
            raise NotFound("adapter_not_found", f"There is no adapter {address.service_code}")
        statement = insert(shipping_address).values(_row(address)).returning(_shipping.number)
        return msgspec.structs.replace(address, number=self._on.execute(statement).scalar_one())

    def shipping_address(self, service_code: str) -> ShippingAddress | None:
        chosen = select(shipping_address).where(
            _shipping.service_code == service_code, *self._within(_shipping.management_code)
        )
        row = self._on.execute(chosen.order_by(_shipping.number.desc()).limit(1)).mappings().first()
        return None if row is None or row["postal_code"] is None else to_address(row)


class SqlAddressReads:
    """Every method is one snapshot."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def shipping_addresses(
        self, scope: Scope, service_code: str, *, after: int = 0, limit: int = 100
    ) -> list[ShippingAddress]:
        chosen = select(shipping_address).where(_shipping.service_code == service_code, _shipping.number > after)
        if scope.management_code is not None:
            chosen = chosen.where(_shipping.management_code == scope.management_code)
        async with self._engine.connect() as on:
            rows = (await on.execute(chosen.order_by(_shipping.number).limit(limit))).mappings().all()
        return [to_address(row) for row in rows]


def _row(one: ShippingAddress) -> dict[str, Any]:
    plain = {name: getattr(one, name) for name in _PLAIN if name != "number"}
    return plain | {name: None if one.address is None else getattr(one.address, name) for name in _PARTS}


def to_address(row: RowMapping) -> ShippingAddress:
    parts = {name: row[name] for name in _PARTS}
    address = None if row["postal_code"] is None else Address(**parts)
    return ShippingAddress(address=address, **{name: row[name] for name in _PLAIN})
