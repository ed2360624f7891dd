"""A simulated carrier on the clock it is given: for demonstrations and tests, and honest about being neither fast nor
reliable when told so."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import msgspec

from servicehost.backends.carriers.book import Book, Collection, Delivery, Errand
from servicehost.domain.errand import Driver
from servicehost.domain.miss import MissReason
from servicehost.ports.carrier import CarrierNotice, CarrierOrder, CarrierUnreachable, CollectionOrder, NoticeKind
from servicehost.ports.clock import Clock

__all__ = ["Conduct", "SimulatedCarrier"]

_DRIVER: Final = Driver(name="模擬 太郎", telephone="000-0000-0000", company="模擬運送")


class Conduct(msgspec.Struct, frozen=True, kw_only=True):
    """How it behaves. `travel_s` None: it never arrives and never says so. `echoes`: how often it tells each thing
    under a new look at its messages although it was acknowledged. `speaks` False: it delivers without a word.

    What it is to collect it has in its hands at once and brings back after `return_s`; None: the box is not returned,
    it stays where it is. `missing` names accessories that are not in the box.

    `deliveries` and `collections` say how the first errands go, one after the other; the rest go as usual. A late one
    takes `late_by_s` longer and says so, and why, when it should have been there; one that finds nobody there comes
    again when something else is agreed."""

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
    deliveries: tuple[Delivery, ...] = ()
    collections: tuple[Collection, ...] = ()
    late_by_s: float = 0.0


class SimulatedCarrier:
    """`ports.carrier.Carrier`. Without a file for its book it forgets everything when its process ends: orders are then
    placed again.

    `deliver` is called once for each errand that arrives, whether or not it is announced: it is where a
    demonstration plugs the box in.
    """

    def __init__(
        self,
        clock: Clock,
        conduct: Conduct | None = None,
        deliver: Callable[[CarrierOrder], None] | None = None,
        book: Path | None = None,
    ) -> None:
        """Raises Invalid `carrier_book_unreadable`; OSError."""
        self._clock = clock
        self.conduct = conduct or Conduct()
        self._deliver = deliver
        self._book = Book(book)

    async def order(self, order: CarrierOrder) -> None:
        """See the port. Raises CarrierUnreachable when told to be, or when its book of 10,000 errands is full."""
        turn = sum(one.delivery is not None for one in self._book.errands.values())
        going = self.conduct.deliveries[turn] if turn < len(self.conduct.deliveries) else Delivery.USUAL
        now = self._clock.wall()
        self._enter(Errand(taken_at=now, set_out_at=now, delivery=order, brings=going))

    async def change(self, order: CarrierOrder) -> None:
        """See the port. After a visit that came to nothing it sets out again. Raises as `order` does."""
        await self.order(order)
        errand, now = self._book.errands[order.order_id], self._clock.wall()
        if errand.delivery is None or order.change <= errand.delivery.change:
            return
        errand.delivery = order
        if errand.brings is Delivery.NOBODY_THERE and errand.visit == 1 and self._there(errand, now):
            errand.visit, errand.set_out_at = 2, now
        self._book.write()

    async def collect(self, order: CollectionOrder) -> None:
        """See the port. Raises as `order` does."""
        turn = sum(one.collection is not None for one in self._book.errands.values())
        going = self.conduct.collections[turn] if turn < len(self.conduct.collections) else Collection.USUAL
        self._enter(Errand(taken_at=self._clock.wall(), set_out_at=self._clock.wall(), collection=order, fetches=going))

    def _enter(self, errand: Errand) -> None:
        self._reach()
        if errand.order_id not in self._book.errands:
            self._book.enter(errand)

    async def call_off(self, order_id: str) -> None:
        """See the port."""
        self._reach()
        errand = self._book.errands.get(order_id)
        if errand is not None and not errand.delivered:
            errand.called_off = True
            self._book.write()

    async def recall(self, order_id: str) -> bool:
        """See the port: until the driver is there."""
        self._reach()
        errand = self._book.errands.get(order_id)
        if errand is None or errand.called_off:
            return True
        late = self.conduct.late_by_s if errand.brings is Delivery.LATE else 0.0
        if errand.delivered or self._there(errand, self._clock.wall(), later_s=late):
            return False
        await self.call_off(order_id)
        return True

    async def notices(self) -> Sequence[CarrierNotice]:
        """See the port."""
        self._reach()
        now = self._clock.wall()
        told = [notice for errand in self._book.errands.values() for notice in self._told(errand, now)]
        return [one for one in told if self._book.times_acknowledged(one.message_id) <= self.conduct.echoes]

    async def acknowledge(self, message_ids: Sequence[str]) -> None:
        """See the port."""
        self._book.acknowledge(list(message_ids))

    def _reach(self) -> None:
        if not self.conduct.reachable:
            raise CarrierUnreachable("the carrier does not answer")

    def _told(self, errand: Errand, now: int) -> list[CarrierNotice]:
        """What it says of one errand by now."""
        if self.conduct.refuses:
            return [_notice(errand, NoticeKind.REFUSED)]
        if errand.collection is not None:
            since_s = (now - errand.taken_at) / 1000
            told = self._told_of_collection(errand, errand.collection, since_s)
        else:
            told = self._told_of_delivery(errand, now)
        return told if self.conduct.speaks else []

    def _there(self, errand: Errand, now: int, *, later_s: float = 0.0) -> bool:
        """Whether the present visit has come to where it goes."""
        travel = self.conduct.travel_s
        return travel is not None and now - errand.set_out_at >= (travel + later_s) * 1000

    def _told_of_delivery(self, errand: Errand, now: int) -> list[CarrierNotice]:
        told = [_notice(errand, NoticeKind.ACCEPTED)]
        if self.conduct.tells_times and self.conduct.travel_s is not None:
            told.append(self._departed(errand))
        late_s = self.conduct.late_by_s if errand.brings is Delivery.LATE else 0.0
        if not self._there(errand, now) or errand.called_off:
            return told
        if errand.brings is Delivery.LOST:
            return [*told, _notice(errand, NoticeKind.LOST)]
        if errand.brings is Delivery.NOBODY_THERE and errand.visit == 1:
            missed = _notice(errand, NoticeKind.MISSED)
            return [*told, msgspec.structs.replace(missed, at=self._due(errand), reason=MissReason.ATTENDEE_ABSENT)]
        if late_s and self.conduct.tells_times:
            told.append(self._delayed(errand, late_s))
        if not self._there(errand, now, later_s=late_s):
            return told
        self._hand_over(errand)
        if self._there(errand, now, later_s=late_s + self.conduct.notice_delay_s):
            arrived = _notice(errand, NoticeKind.ARRIVED)
            at = self._due(errand, late_s) if self.conduct.tells_times else None
            told.append(msgspec.structs.replace(arrived, at=at))
        return told

    def _due(self, errand: Errand, later_s: float = 0.0) -> int:
        return errand.set_out_at + round(((self.conduct.travel_s or 0.0) + later_s) * 1000)

    def _departed(self, errand: Errand) -> CarrierNotice:
        notice = _notice(errand, NoticeKind.DEPARTED)
        due = self._due(errand)
        return msgspec.structs.replace(notice, at=errand.set_out_at, estimated_at=due, driver=_DRIVER)

    def _delayed(self, errand: Errand, late_s: float) -> CarrierNotice:
        notice = _notice(errand, NoticeKind.ESTIMATED)
        due = self._due(errand, late_s)
        return msgspec.structs.replace(notice, estimated_at=due, reason=MissReason.TRAFFIC)

    def _told_of_collection(self, errand: Errand, order: CollectionOrder, since_s: float) -> list[CarrierNotice]:
        notices = [_notice(errand, NoticeKind.ACCEPTED)]
        stays = self.conduct.return_s is None or errand.fetches is Collection.NOT_RETURNED
        if stays or errand.called_off:
            return notices
        notices.append(_notice(errand, NoticeKind.COLLECTED))
        if self.conduct.return_s is not None and since_s >= self.conduct.return_s:
            errand.delivered = True
            missing = order.accessories[:1] if errand.fetches is Collection.SHORT else self.conduct.missing
            back = _notice(errand, NoticeKind.BROUGHT_BACK)
            listed = tuple(name for name in missing if name in order.accessories)
            notices.append(msgspec.structs.replace(back, missing=listed))
        return notices

    def _hand_over(self, errand: Errand) -> None:
        if not errand.delivered and errand.delivery is not None:
            errand.delivered = True
            self._book.write()
            if self._deliver is not None:
                self._deliver(errand.delivery)


def _notice(errand: Errand, kind: NoticeKind) -> CarrierNotice:
    """Of a second visit everything but the acceptance is told anew."""
    again = f"/{errand.visit}" if errand.visit > 1 and kind is not NoticeKind.ACCEPTED else ""
    return CarrierNotice(message_id=f"{errand.order_id}{again}/{kind}", order_id=errand.order_id, kind=kind)
