"""A carrier tells something: taken once for each message, and heard without effect when it comes too late."""

from typing import Final

from servicehost.domain.charge_proposal import ReturnPolicy
from servicehost.domain.contract import EVERYTHING
from servicehost.domain.errors import Conflict, NotFound
from servicehost.domain.event import Event, EventClass, Severity
from servicehost.domain.exchange import Exchange, ExchangeState, Failure, Said
from servicehost.operations.casework import Word, exchange_event, move, tell
from servicehost.operations.collect_return import collected_return, take_collection_notice
from servicehost.operations.failing import fail
from servicehost.operations.order_exchange import ordered_exchange, ordered_round
from servicehost.ports.carrier import Carrier, CarrierNotice, NoticeKind
from servicehost.ports.cases import NoticeRow
from servicehost.ports.clock import Clock
from servicehost.ports.store import Batch, Store

__all__ = ["collect_notices", "take_carrier_notice"]

CARRIER: Final = "carrier"
_FAILURES: Final = {NoticeKind.REFUSED: Failure.CARRIER_REFUSED, NoticeKind.LOST: Failure.LOST_IN_TRANSIT}
_ON_ITS_WAY: Final = frozenset({ExchangeState.RESERVED, ExchangeState.ORDERED})


async def take_carrier_notice(
    notice: CarrierNotice, *, store: Store, clock: Clock, policy: ReturnPolicy | None = None
) -> Exchange:
    """The exchange after it. A message told before changes nothing; one that comes too late is told to people.

    Raises NotFound `unknown_order`.
    """
    now = clock.wall()
    number, returning = ordered_exchange(notice.order_id), collected_return(notice.order_id)

    def work(batch: Batch) -> Exchange:
        coming_back = None if returning is None else batch.unit_return(returning)
        about = number if coming_back is None else coming_back.exchange
        exchange = None if about is None else batch.exchange(about)
        if exchange is None:
            raise NotFound("unknown_order", f"No order {notice.order_id} was placed by us")
        row = NoticeRow(
            message_id=notice.message_id,
            management_code=exchange.management_code,
            exchange=exchange.exchange,
            kind=notice.kind,
            at=now,
        )
        if not batch.add_notice(row):
            return exchange
        if coming_back is None:
            return _take(batch, exchange, notice, now)
        word = Word(by=CARRIER, at=now)
        take_collection_notice(batch, coming_back.number, notice, word, policy or ReturnPolicy())
        return exchange

    return await store.batch(EVERYTHING, work)


def _take(batch: Batch, exchange: Exchange, notice: CarrierNotice, now: int) -> Exchange:
    failure = _FAILURES.get(notice.kind)
    if notice.kind is NoticeKind.ACCEPTED:
        return exchange
    if ordered_round(notice.order_id) != exchange.round:
        return _late(batch, exchange, notice, now)
    if failure is not None:
        if exchange.state in _ON_ITS_WAY:
            return fail(batch, exchange, failure, Word(by=CARRIER, at=now))
        return _late(batch, exchange, notice, now)
    try:
        after = move(batch, exchange, Said.ARRIVE, Word(by=CARRIER, at=now))
    except Conflict:
        after = None
    return after or _late(batch, exchange, notice, now)


def _late(batch: Batch, exchange: Exchange, notice: CarrierNotice, now: int) -> Exchange:
    word = Word(by=CARRIER, at=now, reason=notice.kind)
    tell(batch, [exchange_event(exchange, "carrier_notice_without_effect", word, {"state": exchange.state})])
    return exchange


async def collect_notices(*, store: Store, clock: Clock, carrier: Carrier, policy: ReturnPolicy | None = None) -> int:
    """Take whatever the carrier has to tell, and acknowledge what is durable. How many. Raises CarrierUnreachable."""
    notices = await carrier.notices()
    for notice in notices:
        try:
            await take_carrier_notice(notice, store=store, clock=clock, policy=policy)
        except NotFound as unknown:
            await _tell_unknown(store, notice, unknown, clock.wall())
    await carrier.acknowledge([notice.message_id for notice in notices])
    return len(notices)


async def _tell_unknown(store: Store, notice: CarrierNotice, unknown: NotFound, now: int) -> None:
    event = Event(
        at=now,
        class_=EventClass.OPERATION,
        sub_type="carrier_notice_unknown",
        severity=Severity.WARNING,
        actor=CARRIER,
        reason=unknown.code,
        detail={"order": notice.order_id[:64], "kind": notice.kind, "message": notice.message_id[:128]},
    )
    await store.batch(EVERYTHING, lambda batch: batch.add_events([event]))
