"""What may be relied upon of a carrier, whichever it is."""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from pathlib import Path

import msgspec
import pytest

from servicehost.backends.carriers.simulated import Conduct, SimulatedCarrier
from servicehost.ports.carrier import Carrier, CarrierUnreachable
from tests.backends.carriers.test_webhook import COLLECTION, ORDER
from tests.builders.carrier_house import open_house
from tests.builders.world import HandClock


class Hired(msgspec.Struct, frozen=True, kw_only=True):
    """A carrier, what it has in its book, and how to make it fail."""

    carrier: Carrier
    errands: Callable[[], Collection[str]]
    stopped: Callable[[], Collection[str]]
    fails: Callable[[], None]


@pytest.fixture(params=["simulated", "webhook"])
async def hired(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Hired]:
    clock = HandClock()
    if request.param == "webhook":
        async with open_house(clock, tmp_path) as (house, carrier, _):
            yield Hired(
                carrier=carrier,
                errands=lambda: list(house.book),
                stopped=lambda: house.called_off & set(house.book),
                fails=lambda: house.moods.append("deaf"),
            )
        return
    simulated = SimulatedCarrier(clock, Conduct(travel_s=60))

    def fails() -> None:
        simulated.conduct = Conduct(reachable=False)

    yield Hired(
        carrier=simulated,
        errands=lambda: list(simulated._book.errands),
        stopped=lambda: {name for name, one in simulated._book.errands.items() if one.called_off},
        fails=fails,
    )


async def test_the_same_errand_asked_twice_is_one(hired: Hired) -> None:
    for _ in range(2):
        await hired.carrier.order(ORDER)
        await hired.carrier.collect(COLLECTION)
    assert hired.errands() == ["exchange-1", "return-1"]


async def test_errands_of_other_names_are_others(hired: Hired) -> None:
    await hired.carrier.order(ORDER)
    await hired.carrier.order(msgspec.structs.replace(ORDER, order_id="exchange-2"))
    assert hired.errands() == ["exchange-1", "exchange-2"]


async def test_an_errand_is_called_off_and_one_it_never_heard_of_is_none(hired: Hired) -> None:
    await hired.carrier.order(ORDER)
    for name in ("exchange-1", "exchange-1", "exchange-9"):
        await hired.carrier.call_off(name)
    assert set(hired.stopped()) == {"exchange-1"}
    assert hired.errands() == ["exchange-1"]


async def test_what_is_told_may_be_acknowledged_more_than_once_and_so_may_what_was_never_told(hired: Hired) -> None:
    await hired.carrier.order(ORDER)
    told = [notice.message_id for notice in await hired.carrier.notices()]
    await hired.carrier.acknowledge([*told, "never told"])
    await hired.carrier.acknowledge(told)
    assert await hired.carrier.notices() in ([], ())


@pytest.mark.parametrize(
    "asked",
    [lambda one: one.order(ORDER), lambda one: one.collect(COLLECTION), lambda one: one.call_off("exchange-1")],
    ids=["order", "collect", "call_off"],
)
async def test_one_that_cannot_be_reached_says_so_by_name(
    hired: Hired, asked: Callable[[Carrier], Awaitable[None]]
) -> None:
    hired.fails()
    with pytest.raises(CarrierUnreachable) as failed:
        await asked(hired.carrier)
    assert failed.value.code == "carrier_unreachable"
    assert hired.errands() == []
