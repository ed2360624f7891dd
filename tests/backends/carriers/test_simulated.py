from pathlib import Path

import msgspec
import pytest

from servicehost.backends.carriers.book import Collection, Delivery
from servicehost.backends.carriers.simulated import Conduct, SimulatedCarrier
from servicehost.domain.errors import Invalid
from servicehost.domain.miss import MissReason
from servicehost.ports.carrier import (
    Carrier,
    CarrierNotice,
    CarrierOrder,
    CarrierUnreachable,
    CollectionOrder,
    NoticeKind,
)
from tests.builders.world import HandClock

ORDER = CarrierOrder(
    order_id="exchange-1",
    method="sendback",
    service_code="nxe000000001",
    distribution_id="d",
    model_serial="m-s",
    address="",
    attendee="",
)


class Setting:
    def __init__(self, conduct: Conduct) -> None:
        self.clock = HandClock()
        self.delivered: list[str] = []
        self.simulated = SimulatedCarrier(self.clock, conduct, lambda order: self.delivered.append(order.order_id))
        self.carrier: Carrier = self.simulated

    async def told(self) -> list[NoticeKind]:
        notices = await self.carrier.notices()
        await self.carrier.acknowledge([notice.message_id for notice in notices])
        return [notice.kind for notice in notices]


async def test_it_accepts_and_arrives_after_its_travel_each_told_once() -> None:
    setting = Setting(Conduct(travel_s=60))
    await setting.carrier.order(ORDER)
    told = [await setting.told(), await setting.told()]
    setting.clock.now_ms += 60_000

    assert told == [[NoticeKind.ACCEPTED], []]
    assert [await setting.told(), await setting.told()] == [[NoticeKind.ARRIVED], []]
    assert setting.delivered == ["exchange-1"]


async def test_one_order_placed_twice_is_one_errand() -> None:
    setting = Setting(Conduct(travel_s=0))
    await setting.carrier.order(ORDER)
    await setting.carrier.order(ORDER)

    assert await setting.told() == [NoticeKind.ACCEPTED, NoticeKind.ARRIVED]
    assert setting.delivered == ["exchange-1"]


async def test_what_is_not_acknowledged_is_told_again_under_the_same_name() -> None:
    setting = Setting(Conduct(travel_s=0))
    await setting.carrier.order(ORDER)
    first: list[CarrierNotice] = list(await setting.carrier.notices())

    assert list(await setting.carrier.notices()) == first


async def test_it_can_speak_twice_late_or_never() -> None:
    twice, late, never = (
        Setting(Conduct(travel_s=0, **more)) for more in ({"echoes": 1}, {"notice_delay_s": 5}, {"speaks": False})
    )
    for setting in (twice, late, never):
        await setting.carrier.order(ORDER)

    assert [await twice.told() for _ in range(3)] == [[NoticeKind.ACCEPTED, NoticeKind.ARRIVED]] * 2 + [[]]
    assert await late.told() == [NoticeKind.ACCEPTED]
    late.clock.now_ms += 5_000
    assert await late.told() == [NoticeKind.ARRIVED]
    assert await never.told() == []
    assert never.delivered == ["exchange-1"]


async def test_an_errand_called_off_in_time_never_arrives() -> None:
    setting = Setting(Conduct(travel_s=60))
    await setting.carrier.order(ORDER)
    await setting.carrier.call_off("exchange-1")
    await setting.carrier.call_off("exchange-2")
    setting.clock.now_ms += 60_000

    assert await setting.told() == [NoticeKind.ACCEPTED]
    assert setting.delivered == []


async def test_it_refuses_when_told_to_and_cannot_be_reached_when_told_so() -> None:
    setting = Setting(Conduct(refuses=True))
    await setting.carrier.order(ORDER)
    assert await setting.told() == [NoticeKind.REFUSED]

    setting.simulated.conduct = msgspec.structs.replace(setting.simulated.conduct, reachable=False)
    with pytest.raises(CarrierUnreachable):
        await setting.carrier.order(ORDER)


COLLECTION = CollectionOrder(
    order_id="return-1",
    service_code="nxe000000001",
    distribution_id="d",
    model_serial="m-s",
    address="",
    accessories=("ac_adapter", "lan_cable"),
)


async def test_it_collects_what_comes_back_and_brings_it_after_its_time() -> None:
    setting = Setting(Conduct(return_s=60))
    await setting.carrier.collect(COLLECTION)
    await setting.carrier.collect(COLLECTION)
    assert await setting.told() == [NoticeKind.ACCEPTED, NoticeKind.COLLECTED]
    setting.clock.now_ms += 60_000
    assert await setting.told() == [NoticeKind.BROUGHT_BACK]
    assert setting.delivered == []


async def test_a_box_that_is_not_returned_is_never_spoken_of_and_one_called_off_stays() -> None:
    kept = Setting(Conduct())
    await kept.carrier.collect(COLLECTION)
    assert await kept.told() == [NoticeKind.ACCEPTED]
    stays = Setting(Conduct(return_s=0))
    await stays.carrier.collect(COLLECTION)
    await stays.carrier.call_off("return-1")
    assert await stays.told() == [NoticeKind.ACCEPTED]


async def test_an_accessory_that_is_not_in_the_box_is_named_if_it_belongs_to_it() -> None:
    setting = Setting(Conduct(return_s=0, missing=("ac_adapter", "antenna")))
    await setting.carrier.collect(COLLECTION)
    assert [notice.missing for notice in await setting.carrier.notices()] == [(), (), ("ac_adapter",)]


FETCH = CollectionOrder(
    order_id="collection-1",
    service_code="nxe000000001",
    distribution_id="d",
    model_serial="m-s",
    address="",
    accessories=("ac_adapter", "lan_cable"),
)


def numbered(number: int) -> CarrierOrder:
    return msgspec.structs.replace(ORDER, order_id=f"exchange-{number}")


async def test_its_first_deliveries_go_as_they_are_told_to_and_the_rest_as_usual() -> None:
    setting = Setting(Conduct(travel_s=60, late_by_s=30, deliveries=(Delivery.LATE, Delivery.LOST)))
    for number in (1, 2, 3):
        await setting.carrier.order(numbered(number))
    await setting.told()
    setting.clock.now_ms += 60_000
    assert [(one.order_id, one.kind) for one in await setting.carrier.notices()] == [
        ("exchange-2", NoticeKind.LOST),
        ("exchange-3", NoticeKind.ARRIVED),
    ]
    setting.clock.now_ms += 30_000
    assert setting.delivered == ["exchange-3"]
    assert NoticeKind.ARRIVED in await setting.told()
    assert setting.delivered == ["exchange-3", "exchange-1"]


async def test_a_box_that_nobody_hands_over_stays_and_one_comes_back_short() -> None:
    conduct = Conduct(return_s=0, collections=(Collection.NOT_RETURNED, Collection.SHORT))
    setting = Setting(conduct)
    for number in (1, 2, 3):
        await setting.carrier.collect(msgspec.structs.replace(FETCH, order_id=f"collection-{number}"))
    back = [one for one in await setting.carrier.notices() if one.kind is NoticeKind.BROUGHT_BACK]
    assert [(one.order_id, one.missing) for one in back] == [("collection-2", ("ac_adapter",)), ("collection-3", ())]


async def test_a_book_in_a_file_outlives_the_process_errand_by_errand(tmp_path: Path) -> None:
    clock, book, delivered = HandClock(), tmp_path / "book.json", list[str]()

    def born() -> SimulatedCarrier:
        conduct = Conduct(travel_s=60, return_s=60, deliveries=(Delivery.USUAL, Delivery.LOST))
        return SimulatedCarrier(clock, conduct, lambda order: delivered.append(order.order_id), book)

    first = born()
    await first.order(ORDER)
    await first.collect(FETCH)
    await first.acknowledge([one.message_id for one in await first.notices()])
    clock.now_ms += 60_000
    second = born()
    assert {one.kind for one in await second.notices()} == {
        NoticeKind.ARRIVED,
        NoticeKind.BROUGHT_BACK,
    }
    await second.order(ORDER)
    await second.order(numbered(2))
    clock.now_ms += 60_000
    third = born()
    assert NoticeKind.LOST in {one.kind for one in await third.notices()}
    assert delivered == ["exchange-1"]


async def test_a_book_that_cannot_be_read_or_written_is_named(tmp_path: Path) -> None:
    book = tmp_path / "book.json"
    book.write_text("{")
    with pytest.raises(Invalid, match=r"book\.json: this is no book"):
        SimulatedCarrier(HandClock(), book=book)
    nowhere = SimulatedCarrier(HandClock(), book=tmp_path / "no folder" / "book.json")
    with pytest.raises(CarrierUnreachable, match="cannot be written"):
        await nowhere.order(ORDER)


async def test_a_late_driver_says_so_and_why_when_it_should_have_been_there() -> None:
    conduct = Conduct(travel_s=60, late_by_s=30, deliveries=(Delivery.LATE,), tells_times=True)
    setting = Setting(conduct)
    began = setting.clock.now_ms
    await setting.carrier.order(ORDER)
    departed = (await setting.carrier.notices())[-1]
    assert (departed.kind, departed.estimated_at) == (NoticeKind.DEPARTED, began + 60_000)
    setting.clock.now_ms += 60_000
    delayed = (await setting.carrier.notices())[-1]
    assert (delayed.kind, delayed.estimated_at) == (NoticeKind.ESTIMATED, began + 90_000)
    assert delayed.reason is MissReason.TRAFFIC
    setting.clock.now_ms += 30_000
    arrived = (await setting.carrier.notices())[-1]
    assert (arrived.kind, arrived.at) == (NoticeKind.ARRIVED, began + 90_000)


async def test_a_driver_who_finds_nobody_comes_again_once_something_else_is_agreed() -> None:
    setting = Setting(Conduct(travel_s=60, deliveries=(Delivery.NOBODY_THERE,)))
    await setting.carrier.order(ORDER)
    await setting.carrier.change(msgspec.structs.replace(ORDER, change=1))
    setting.clock.now_ms += 3_600_000
    (missed,) = [one for one in await setting.carrier.notices() if one.kind is NoticeKind.MISSED]
    assert missed.reason is MissReason.ATTENDEE_ABSENT
    await setting.told()
    assert (await setting.told(), setting.delivered) == ([], [])

    await setting.carrier.change(msgspec.structs.replace(ORDER, change=1))
    assert await setting.told() == []
    await setting.carrier.change(msgspec.structs.replace(ORDER, change=2))
    setting.clock.now_ms += 60_000
    assert await setting.told() == [NoticeKind.ARRIVED]
    assert setting.delivered == ["exchange-1"]
