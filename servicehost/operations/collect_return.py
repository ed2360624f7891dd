"""The carrier is asked to collect a unit that is to come back, and tells what became of it."""

from servicehost.domain.charge_proposal import ReturnPolicy
from servicehost.domain.contract import EVERYTHING
from servicehost.domain.custody import Part
from servicehost.domain.destination import Destination
from servicehost.domain.errors import Conflict, Invalid
from servicehost.domain.unit_return import OWED_STATES, Loss, ReturnState, UnitReturn
from servicehost.operations.casework import Word, tell, the_exchange
from servicehost.operations.destinations import hold_collection, origin_of
from servicehost.operations.returning import (
    Gone,
    Receipt,
    Shipment,
    accessories_of,
    receive,
    return_event,
    ship,
    the_return,
    write_off,
)
from servicehost.ports.carrier import Carrier, CarrierNotice, CollectionOrder, NoticeKind
from servicehost.ports.clock import Clock
from servicehost.ports.store import Batch, Store

__all__ = ["call_off_collection", "collect_returns", "collected_return", "take_collection_notice"]

_PREFIX = "return-"


def collected_return(order: str) -> int | None:
    """The return of an order's name; None when it is no name of ours."""
    number = order.removeprefix(_PREFIX)
    return int(number) if number != order and number.isdecimal() and len(number) < 19 else None  # noqa: PLR2004 - 63 bits


async def collect_returns(exchange: int, *, store: Store, clock: Clock, carrier: Carrier, policy: ReturnPolicy) -> None:
    """Ask the carrier to collect what is due of an exchange and serves no adapter any more: a unit that is to be sent
    back once its replacement works is not taken away before. Where nobody knows from where, it is held, by name.
    Harmless twice. Raises CarrierUnreachable."""
    now = clock.wall()

    def work(batch: Batch) -> list[CollectionOrder]:
        free = [one for one in batch.returns_of_exchange(exchange) if _is_free(batch, one)]
        there = origin_of(batch, the_exchange(batch, exchange))
        for one in free:
            hold_collection(batch, one, there, now)
        return [] if there.hold is not None else [_order(batch, one, there, policy) for one in free]

    for order in await store.batch(EVERYTHING, work):
        await carrier.collect(order)


def _is_free(batch: Batch, one: UnitReturn) -> bool:
    return one.state is ReturnState.DUE and batch.binding_of_unit(one.unit_id) is None


async def call_off_collection(number: int, *, carrier: Carrier) -> None:
    """Tell the carrier that nothing is to be collected any more. Raises CarrierUnreachable."""
    await carrier.call_off(f"{_PREFIX}{number}")


def _order(batch: Batch, one: UnitReturn, there: Destination, policy: ReturnPolicy) -> CollectionOrder:
    unit = batch.units_by_id([one.unit_id])[one.unit_id]
    return CollectionOrder(
        order_id=f"{_PREFIX}{one.number}",
        service_code=one.service_code,
        distribution_id=unit.distribution_id,
        model_serial=f"{unit.model}-{unit.serial}",
        address=there.address,
        addressee=there.addressee,
        addressee_telephone=there.telephone,
        accessories=tuple(part.value for part in accessories_of(batch, one, policy)),
    )


def take_collection_notice(batch: Batch, number: int, notice: CarrierNotice, word: Word, policy: ReturnPolicy) -> None:
    """Take what the carrier says of a return; what comes too late is told to people. Raises NotFound."""
    one = the_return(batch, number)
    try:
        after = _taken(batch, one, notice, word, policy)
    except (Conflict, Invalid):
        after = one
    if after == one and notice.kind is not NoticeKind.ACCEPTED:
        detail = {"state": one.state, "order": notice.order_id[:64]}
        late = Word(by=word.by, at=word.at, reason=notice.kind)
        tell(batch, [return_event(one, "carrier_notice_without_effect", late, detail)])


def _taken(batch: Batch, one: UnitReturn, notice: CarrierNotice, word: Word, policy: ReturnPolicy) -> UnitReturn:
    if notice.kind is NoticeKind.COLLECTED:
        return ship(batch, one, Shipment(reference=notice.order_id, note=notice.text), word, policy)
    if notice.kind is NoticeKind.BROUGHT_BACK:
        missing = tuple(Part(name) for name in notice.missing if name in set(Part))
        return receive(batch, one, Receipt(missing=missing, note=notice.text), word, policy)
    if notice.kind is NoticeKind.LOST and one.state in OWED_STATES:
        return write_off(batch, one, Gone(loss=Loss.LOST_BY_CARRIER, reason=notice.text), word, policy)
    return one
