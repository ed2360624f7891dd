"""A simulated carrier on the clock it is given: for demonstrations and tests, and honest about being neither fast nor
reliable when told so."""

from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from servicehost.backends.carriers.book import Book, Collection, Delivery, Errand
from servicehost.ports.carrier import CarrierNotice, CarrierOrder, CarrierUnreachable, CollectionOrder, NoticeKind
from servicehost.ports.clock import Clock

__all__ = ["Conduct", "SimulatedCarrier"]


class Conduct(msgspec.Struct, frozen=True, kw_only=True):
    """How it behaves. `travel_s` None: it never arrives and never says so. `echoes`: how often it tells each thing
    under a new look at its messages although it was acknowledged. `speaks` False: it delivers without a word.

    What it is to collect it has in its hands at once and brings back after `return_s`; None: the box is not returned,
    it stays where it is. `missing` names accessories that are not in the box.

    `deliveries` and `collections` say how the first errands go, one after the other; the rest go as usual. A late one
    takes `late_by_s` longer."""

    travel_s: float | None = 0.0
    notice_delay_s: float = 0.0
    echoes: int = 0
    refuses: bool = False
    reachable: bool = True
    speaks: bool = True
    return_s: float | None = None
    missing: tuple[str, ...] = ()
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
        self._enter(Errand(taken_at=self._clock.wall(), delivery=order, brings=going))

    async def collect(self, order: CollectionOrder) -> None:
        """See the port. Raises as `order` does."""
        turn = sum(one.collection is not None for one in self._book.errands.values())
        going = self.conduct.collections[turn] if turn < len(self.conduct.collections) else Collection.USUAL
        self._enter(Errand(taken_at=self._clock.wall(), collection=order, fetches=going))

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
        since_s = (now - errand.taken_at) / 1000
        if errand.collection is not None:
            told = self._told_of_collection(errand, errand.collection, since_s)
        else:
            told = self._told_of_delivery(errand, since_s)
        return told if self.conduct.speaks else []

    def _told_of_delivery(self, errand: Errand, since_s: float) -> list[CarrierNotice]:
        kinds = [NoticeKind.ACCEPTED]
        travel = self.conduct.travel_s
        if travel is not None and errand.brings is Delivery.LATE:
            travel += self.conduct.late_by_s
        if travel is not None and since_s >= travel and not errand.called_off:
            if errand.brings is Delivery.LOST:
                return [_notice(errand, kind) for kind in (*kinds, NoticeKind.LOST)]
            self._hand_over(errand)
            if since_s >= travel + self.conduct.notice_delay_s:
                kinds.append(NoticeKind.ARRIVED)
        return [_notice(errand, kind) for kind in kinds]

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
    order_id = errand.order_id
    return CarrierNotice(message_id=f"{order_id}/{kind}", order_id=order_id, kind=kind)
