"""A simulated carrier on the clock it is given: for demonstrations and tests, and honest about being neither fast nor
reliable when told so."""

from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from servicehost.domain.errand import Driver
from servicehost.ports.carrier import CarrierNotice, CarrierOrder, CarrierUnreachable, CollectionOrder, NoticeKind
from servicehost.ports.clock import Clock

__all__ = ["Conduct", "SimulatedCarrier"]

_MOST_ORDERS: Final = 10_000
_DRIVER: Final = Driver(name="模擬 太郎", telephone="000-0000-0000", company="模擬運送")


class Conduct(msgspec.Struct, frozen=True, kw_only=True):
    """How it behaves. `travel_s` None: it never arrives and never says so. `echoes`: how often it tells each thing
    under a new look at its messages although it was acknowledged. `speaks` False: it delivers without a word.

    What it is to collect it has in its hands at once and brings back after `return_s`; None: the box is not returned,
    it stays where it is. `missing` names accessories that are not in the box."""

    travel_s: float | None = 0.0
    notice_delay_s: float = 0.0
    echoes: int = 0
    refuses: bool = False
    reachable: bool = True
    speaks: bool = True
    return_s: float | None = None
    missing: tuple[str, ...] = ()
    tells_times: bool = False
    """Whether it says when it departs, when it thinks to arrive, and who drives."""


class _Errand(msgspec.Struct, kw_only=True):
    order: CarrierOrder | CollectionOrder
    taken_at: float
    taken_wall: int
    called_off: bool = False
    delivered: bool = False


class SimulatedCarrier:
    """`ports.carrier.Carrier`. It forgets everything when its process ends: orders are then placed again.

    `deliver` is called once for each errand that arrives, whether or not it is announced: it is where a
    demonstration plugs the box in.
    """

    def __init__(
        self, clock: Clock, conduct: Conduct | None = None, deliver: Callable[[CarrierOrder], None] | None = None
    ) -> None:
        self._clock = clock
        self.conduct = conduct or Conduct()
        self._deliver = deliver
        self._errands: dict[str, _Errand] = {}
        self._acknowledged: dict[str, int] = {}

    async def order(self, order: CarrierOrder) -> None:
        """See the port. Raises CarrierUnreachable when told to be, or when its book of 10,000 errands is full."""
        self._enter(order)

    async def change(self, order: CarrierOrder) -> None:
        """See the port. Raises as `order` does."""
        self._enter(order)
        errand = self._errands[order.order_id]
        if isinstance(errand.order, CarrierOrder) and order.change > errand.order.change:
            errand.order = order

    async def collect(self, order: CollectionOrder) -> None:
        """See the port. Raises as `order` does."""
        self._enter(order)

    def _enter(self, order: CarrierOrder | CollectionOrder) -> None:
        self._reach()
        if order.order_id not in self._errands:
            if len(self._errands) >= _MOST_ORDERS:
                raise CarrierUnreachable("the carrier's book is full")
            self._errands[order.order_id] = _Errand(
                order=order, taken_at=self._clock.monotonic(), taken_wall=self._clock.wall()
            )

    async def call_off(self, order_id: str) -> None:
        """See the port."""
        self._reach()
        errand = self._errands.get(order_id)
        if errand is not None and not errand.delivered:
            errand.called_off = True

    async def notices(self) -> Sequence[CarrierNotice]:
        """See the port."""
        self._reach()
        now = self._clock.monotonic()
        told = [notice for errand in self._errands.values() for notice in self._told(errand, now)]
        return [one for one in told if self._acknowledged.get(one.message_id, 0) <= self.conduct.echoes]

    async def acknowledge(self, message_ids: Sequence[str]) -> None:
        """See the port."""
        for message_id in message_ids:
            self._acknowledged[message_id] = self._acknowledged.get(message_id, 0) + 1

    def _reach(self) -> None:
        if not self.conduct.reachable:
            raise CarrierUnreachable("the carrier does not answer")

    def _told(self, errand: _Errand, now: float) -> list[CarrierNotice]:
        """What it says of one errand by now."""
        if self.conduct.refuses:
            return [_notice(errand, NoticeKind.REFUSED)]
        if isinstance(errand.order, CollectionOrder):
            return self._told_of_collection(errand, errand.order, now)
        travel, since = self.conduct.travel_s, now - errand.taken_at
        kinds = [NoticeKind.ACCEPTED, *[NoticeKind.DEPARTED] * (self.conduct.tells_times and travel is not None)]
        if travel is not None and since >= travel and not errand.called_off:
            self._hand_over(errand)
            if since >= travel + self.conduct.notice_delay_s:
                kinds.append(NoticeKind.ARRIVED)
        if not self.conduct.speaks:
            return []
        return [self._timed(errand, _notice(errand, kind), travel) for kind in kinds]

    def _timed(self, errand: _Errand, notice: CarrierNotice, travel_s: float | None) -> CarrierNotice:
        if not self.conduct.tells_times or travel_s is None:
            return notice
        there = errand.taken_wall + round(travel_s * 1000)
        if notice.kind is NoticeKind.DEPARTED:
            return msgspec.structs.replace(notice, at=errand.taken_wall, estimated_at=there, driver=_DRIVER)
        return msgspec.structs.replace(notice, at=there) if notice.kind is NoticeKind.ARRIVED else notice

    def _told_of_collection(self, errand: _Errand, order: CollectionOrder, now: float) -> list[CarrierNotice]:
        notices = [_notice(errand, NoticeKind.ACCEPTED)]
        if self.conduct.return_s is not None and not errand.called_off:
            notices.append(_notice(errand, NoticeKind.COLLECTED))
            if now - errand.taken_at >= self.conduct.return_s:
                errand.delivered = True
                missing = tuple(name for name in self.conduct.missing if name in order.accessories)
                notices.append(msgspec.structs.replace(_notice(errand, NoticeKind.BROUGHT_BACK), missing=missing))
        return notices if self.conduct.speaks else []

    def _hand_over(self, errand: _Errand) -> None:
        if not errand.delivered and isinstance(errand.order, CarrierOrder):
            errand.delivered = True
            if self._deliver is not None:
                self._deliver(errand.order)


def _notice(errand: _Errand, kind: NoticeKind) -> CarrierNotice:
    order_id = errand.order.order_id
    return CarrierNotice(message_id=f"{order_id}/{kind}", order_id=order_id, kind=kind)
