"""What a message of the carrier does, whichever way it came: taken once, and heard without effect when it is late."""

from typing import Final

from servicehost.domain.charge_proposal import ReturnPolicy
from servicehost.domain.errand import Milestone, time_of
from servicehost.domain.errors import Conflict, NotFound
from servicehost.domain.event import Event, EventClass, Severity
from servicehost.domain.exchange import Exchange, ExchangeState, Failure
from servicehost.domain.miss import MissReason
from servicehost.operations.casework import Word, exchange_event, tell
from servicehost.operations.collect_return import collected_return, take_collection_notice
from servicehost.operations.errands import ErrandReport, Miss, TimeWord, miss_visit, note_report, the_errand
from servicehost.operations.failing import fail
from servicehost.operations.order_exchange import ordered_exchange, ordered_round
from servicehost.ports.carrier import CarrierNotice, NoticeKind
from servicehost.ports.cases import NoticeRow
from servicehost.ports.store import Batch

__all__ = ["CARRIER", "take_once", "unknown_order_event"]

CARRIER: Final = "carrier"
_FAILURES: Final = {NoticeKind.REFUSED: Failure.CARRIER_REFUSED, NoticeKind.LOST: Failure.LOST_IN_TRANSIT}
_MILESTONES: Final = {
    NoticeKind.DEPARTED: Milestone.DEPARTED,
    NoticeKind.ARRIVED: Milestone.ARRIVED,
    NoticeKind.STARTED: Milestone.STARTED,
    NoticeKind.DONE: Milestone.DONE,
}
_ON_ITS_WAY: Final = frozenset({ExchangeState.RESERVED, ExchangeState.ORDERED})


def take_once(batch: Batch, notice: CarrierNotice, now: int, policy: ReturnPolicy, digest: str = "") -> Exchange:
    """The exchange after it; as it stands when the message was taken before.

    A message told before changes nothing; one that comes too late is told to people. Raises NotFound `unknown_order`.
    """
    returning = collected_return(notice.order_id)
    coming_back = None if returning is None else batch.unit_return(returning)
    about = ordered_exchange(notice.order_id) if coming_back is None else coming_back.exchange
    exchange = None if about is None else batch.exchange(about)
    if exchange is None:
        raise NotFound("unknown_order", f"No order {notice.order_id} was placed by us")
    row = NoticeRow(
        message_id=notice.message_id,
        management_code=exchange.management_code,
        exchange=exchange.exchange,
        kind=notice.kind,
        at=now,
        digest=digest,
    )
    if not batch.add_notice(row):
        return exchange
    if coming_back is None:
        return _take(batch, exchange, notice, now)
    take_collection_notice(batch, coming_back.number, notice, Word(by=CARRIER, at=now), policy)
    return exchange


def _take(batch: Batch, exchange: Exchange, notice: CarrierNotice, now: int) -> Exchange:
    failure = _FAILURES.get(notice.kind)
    word = Word(by=CARRIER, at=now)
    if ordered_round(notice.order_id) != exchange.round:
        return _late(batch, exchange, notice, now)
    if failure is not None:
        if exchange.state in _ON_ITS_WAY:
            return fail(batch, exchange, failure, word)
        return _late(batch, exchange, notice, now)
    try:
        if notice.kind is NoticeKind.MISSED:
            miss_visit(batch, exchange, Miss(reason=notice.reason or MissReason.CARRIER), word)
            return exchange
        return _reported(batch, exchange, notice, word)
    except Conflict:
        return _late(batch, exchange, notice, now)


def _reported(batch: Batch, exchange: Exchange, notice: CarrierNotice, word: Word) -> Exchange:
    """Raises Conflict when it has nothing to say any more."""
    milestone = _MILESTONES.get(notice.kind)
    times = []
    if milestone is not None:
        known = time_of(the_errand(batch, exchange), milestone) is not None
        if notice.at is None and (known or exchange.swapped_at is not None):
            raise Conflict("told_before", "It is known already, or long over, and this message says no instant")
        times.append(TimeWord(milestone=milestone, at=word.at if notice.at is None else notice.at))
    if notice.estimated_at is not None:
        times.append(TimeWord(milestone=Milestone.ARRIVED, at=notice.estimated_at, estimated=True))
    report = ErrandReport(times=tuple(times), driver=notice.driver, tracking=notice.tracking, reason=notice.reason)
    return exchange if report == ErrandReport() else note_report(batch, exchange, report, word)


def _late(batch: Batch, exchange: Exchange, notice: CarrierNotice, now: int) -> Exchange:
    word = Word(by=CARRIER, at=now, reason=notice.kind)
    tell(batch, [exchange_event(exchange, "carrier_notice_without_effect", word, {"state": exchange.state})])
    return exchange


def unknown_order_event(notice: CarrierNotice, unknown: NotFound, now: int) -> Event:
    """The carrier speaks of an order that we never placed: people should hear of it."""
    return Event(
        at=now,
        class_=EventClass.OPERATION,
        sub_type="carrier_notice_unknown",
        severity=Severity.WARNING,
        actor=CARRIER,
        reason=unknown.code,
        detail={"order": notice.order_id[:64], "kind": notice.kind, "message": notice.message_id[:128]},
    )
