"""The reserved unit is handed to the carrier, under a name that makes a repeated order one errand."""

import re

from servicehost.domain.contract import EVERYTHING
from servicehost.domain.exchange import Exchange, ExchangeState, Said
from servicehost.operations.casework import HOST, Word, move, the_exchange
from servicehost.ports.carrier import Carrier, CarrierOrder, CarrierUnreachable
from servicehost.ports.clock import Clock
from servicehost.ports.store import Batch, Store

__all__ = ["call_off_order", "chase_orders", "order_exchange", "order_id", "ordered_exchange", "ordered_round"]

_PREFIX = "exchange-"
_NAME = re.compile(f"{_PREFIX}([0-9]{{1,18}})(?:-([0-9]{{1,9}}))?", re.ASCII)


def order_id(exchange: int, round_: int = 1) -> str:
    """How the carrier knows the errand: each time round is one of its own."""
    return f"{_PREFIX}{exchange}" if round_ == 1 else f"{_PREFIX}{exchange}-{round_}"


def ordered_exchange(order: str) -> int | None:
    """The exchange of an order's name; None when it is no name of ours."""
    named = _NAME.fullmatch(order)
    return None if named is None else int(named[1])


def ordered_round(order: str) -> int:
    """Which time round of its exchange the order of that name belongs to."""
    named = _NAME.fullmatch(order)
    return 1 if named is None or named[2] is None else int(named[2])


async def order_exchange(exchange: int, *, store: Store, clock: Clock, carrier: Carrier) -> None:
    """Order what is reserved, and nothing else: of an exchange in any other state, this changes nothing.

    Raises CarrierUnreachable; killed in between, it is ordered again and is still one errand.
    """
    asked_at = clock.wall()
    order = await store.batch(EVERYTHING, lambda batch: _order(batch, exchange, {ExchangeState.RESERVED}))
    if order is None:
        return
    await carrier.order(order)

    def record(batch: Batch) -> None:
        standing = the_exchange(batch, exchange)
        if standing.state is ExchangeState.RESERVED and _order_of(batch, standing) == order:
            # From the instant of asking on, a hello of the new unit may be one from the site.
            move(batch, standing, Said.ORDER, Word(by=HOST, at=clock.wall()), ordered_at=asked_at)

    await store.batch(EVERYTHING, record)


async def chase_orders(patience_ms: int, limit: int = 100, *, store: Store, clock: Clock, carrier: Carrier) -> int:
    """Order again what was ordered so long ago without having arrived, in case the carrier lost it. How many.

    One that the carrier will not take stands in no other's way; then raises the last CarrierUnreachable.
    """
    before = clock.wall() - patience_ms

    def late(batch: Batch) -> list[CarrierOrder]:
        waiting = batch.exchanges_in([ExchangeState.ORDERED], limit)
        return [_order_of(batch, one) for one in waiting if one.changed_at <= before]

    orders = await store.batch(EVERYTHING, late)
    failed: CarrierUnreachable | None = None
    for order in orders:
        try:
            await carrier.order(order)
        except CarrierUnreachable as unreachable:
            failed = unreachable
    if failed is not None:
        raise failed
    return len(orders)


async def call_off_order(exchange: int, *, store: Store, carrier: Carrier) -> None:
    """Tell the carrier that an exchange is over, if it ever had something to carry. Raises CarrierUnreachable."""
    over = {ExchangeState.CANCELLED, ExchangeState.FAILED}
    order = await store.batch(EVERYTHING, lambda batch: _order(batch, exchange, over))
    if order is not None:
        await carrier.call_off(order.order_id)


def _order(batch: Batch, exchange: int, states: set[ExchangeState]) -> CarrierOrder | None:
    standing = the_exchange(batch, exchange)
    if standing.state not in states or standing.new_unit_id is None:
        return None
    return _order_of(batch, standing)


def _order_of(batch: Batch, exchange: Exchange) -> CarrierOrder:
    assert exchange.new_unit_id is not None  # noqa: S101 - what is reserved or ordered has a unit
    unit = batch.units_by_id([exchange.new_unit_id])[exchange.new_unit_id]
    adapter = batch.adapters([exchange.service_code])[0]
    return CarrierOrder(
        order_id=order_id(exchange.exchange, exchange.round),
        method=exchange.method or "",
        service_code=exchange.service_code,
        distribution_id=unit.distribution_id,
        model_serial=f"{unit.model}-{unit.serial}",
        address=adapter.declared_location,
        attendee=exchange.attendee,
    )
