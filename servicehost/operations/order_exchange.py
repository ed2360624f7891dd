"""The reserved unit is handed to the carrier, under a name that makes a repeated order one errand."""

import re

import msgspec

from servicehost.domain.contract import EVERYTHING
from servicehost.domain.errand import ErrandPolicy, appointment_of, target_of
from servicehost.domain.exchange import Exchange, ExchangeState, Said
from servicehost.operations.area_orders import settle_order
from servicehost.operations.casework import HOST, Word, move, the_exchange
from servicehost.operations.destinations import destination_of, hold_exchange, why_held
from servicehost.operations.errands import open_at_order, the_errand
from servicehost.ports.carrier import Carrier, CarrierOrder, CarrierUnreachable
from servicehost.ports.clock import Clock
from servicehost.ports.store import Batch, Store

__all__ = [
    "call_off_order",
    "change_order",
    "chase_orders",
    "order_exchange",
    "order_id",
    "ordered_exchange",
    "ordered_round",
]

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


async def order_exchange(exchange: int, *, store: Store, clock: Clock, carrier: Carrier, policy: ErrandPolicy) -> None:
    """Order what is reserved, and nothing else: of an exchange in any other state, this changes nothing.

    Where it goes must be known, and of its closed area it must be decided: else it is held, by name, and ordered when
    it is. Raises CarrierUnreachable; killed in between, it is ordered again and is still one errand.
    """
    asked_at = clock.wall()

    def work(batch: Batch) -> CarrierOrder | None:
        standing = the_exchange(batch, exchange)
        if standing.state is not ExchangeState.RESERVED or standing.new_unit_id is None:
            return None
        settle_order(batch, standing, batch.areas(), asked_at)
        hold = why_held(batch, standing)
        if hold is not None:
            hold_exchange(batch, standing, hold, asked_at)
            return None
        return _order_of(batch, standing, policy, asked_at)

    order = await store.batch(EVERYTHING, work)
    if order is None:
        return
    await carrier.order(order)

    def record(batch: Batch) -> None:
        standing = the_exchange(batch, exchange)
        if standing.state is ExchangeState.RESERVED and _same(_order_of(batch, standing, policy, asked_at), order):
            # From the instant of asking on, a hello of the new unit may be one from the site.
            sent_to = destination_of(batch, standing)
            word = Word(by=HOST, at=clock.wall())
            told = {"destination": sent_to.kind}
            moved = move(batch, standing, Said.ORDER, word, told, ordered_at=asked_at, destination=sent_to)
            open_at_order(batch, moved or standing, asked_at, policy)

    await store.batch(EVERYTHING, record)


async def change_order(exchange: int, *, store: Store, carrier: Carrier, policy: ErrandPolicy) -> None:
    """Tell the carrier what stands now of an errand that it has: the appointment, who attends, the target.

    Of one that it does not have yet the order will say so. Harmless twice. Raises CarrierUnreachable.
    """
    sent = {ExchangeState.ORDERED, ExchangeState.ARRIVED}
    order = await store.batch(EVERYTHING, lambda batch: _order(batch, exchange, sent, policy))
    if order is not None:
        await carrier.change(order)


async def chase_orders(
    patience_ms: int, limit: int = 100, *, store: Store, clock: Clock, carrier: Carrier, policy: ErrandPolicy
) -> int:
    """Order again what was ordered so long ago without having arrived, in case the carrier lost it. How many.

    One that the carrier will not take stands in no other's way; then raises the last CarrierUnreachable.
    """
    before = clock.wall() - patience_ms

    def late(batch: Batch) -> list[CarrierOrder]:
        waiting = batch.exchanges_in([ExchangeState.ORDERED], limit)
        # Where one went can have been erased with its contract: then there is nothing to say again.
        known = [one for one in waiting if destination_of(batch, one).hold is None]
        return [_order_of(batch, one, policy) for one in known if one.changed_at <= before]

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
    round_ = await store.batch(EVERYTHING, lambda batch: _round_sent(batch, exchange, over))
    if round_ is not None:
        await carrier.call_off(order_id(exchange, round_))


def _same(now: CarrierOrder, asked: CarrierOrder) -> bool:
    """Whether what was asked is still what is wanted. What is agreed meanwhile the carrier is told by itself."""
    agreed = {name: getattr(now, name) for name in ("attendee", "telephone", "window_from", "window_until")}
    return now == msgspec.structs.replace(asked, **agreed, target_at=now.target_at, change=now.change)


def _was_sent(batch: Batch, exchange: int, states: set[ExchangeState]) -> bool:
    standing = the_exchange(batch, exchange)
    return standing.state in states and standing.new_unit_id is not None


def _round_sent(batch: Batch, exchange: int, states: set[ExchangeState]) -> int | None:
    return the_exchange(batch, exchange).round if _was_sent(batch, exchange, states) else None


def _order(batch: Batch, exchange: int, states: set[ExchangeState], policy: ErrandPolicy) -> CarrierOrder | None:
    if not _was_sent(batch, exchange, states):
        return None
    return _order_of(batch, the_exchange(batch, exchange), policy)


def _order_of(batch: Batch, exchange: Exchange, policy: ErrandPolicy, asked_at: int | None = None) -> CarrierOrder:
    """`asked_at`: when it is ordered, if it is not yet."""
    assert exchange.new_unit_id is not None  # noqa: S101 - what is reserved or ordered has a unit
    unit = batch.units_by_id([exchange.new_unit_id])[exchange.new_unit_id]
    there = destination_of(batch, exchange)
    errand = the_errand(batch, exchange)
    appointment = appointment_of(errand)
    agreed = None if appointment is None else appointment.window
    attendee = None if appointment is None else appointment.attendee
    return CarrierOrder(
        order_id=order_id(exchange.exchange, exchange.round),
        method=exchange.method or "",
        service_code=exchange.service_code,
        distribution_id=unit.distribution_id,
        model_serial=f"{unit.model}-{unit.serial}",
        address=there.address,
        addressee=there.addressee,
        addressee_telephone=there.telephone,
        attendee=exchange.attendee,
        telephone="" if attendee is None else attendee.telephone,
        window_from=None if agreed is None else agreed.from_at,
        window_until=None if agreed is None else agreed.until_at,
        target_at=target_of(errand, exchange.method, exchange.ordered_at or asked_at, policy),
        change=errand.changed_at if errand.appointments or errand.missed_visits else 0,
    )
