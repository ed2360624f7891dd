"""The story with a carrier on the other side of HTTP."""

from pathlib import Path

import msgspec
import pytest

from servicehost.domain.contract import EVERYTHING
from servicehost.domain.exchange import ExchangeState
from servicehost.domain.reaction import Retry
from servicehost.ports.carrier import CarrierNotice, CarrierUnreachable, NoticeKind
from tests.builders.carrier_house import open_house
from tests.builders.stories import SENDBACK, until
from tests.builders.world import DISPATCHER, MANAGER, NEW_2, OTHER_CODE, OTHER_TENANT, World


async def test_what_the_carrier_will_not_take_is_parked_by_name_sent_again_and_one_errand(tmp_path: Path) -> None:
    world = World(tmp_path, retry=Retry(tries=2, first_wait_ms=1, longest_wait_ms=1))
    async with open_house(world.clock, tmp_path) as (house, carrier, _):
        world.hires(carrier)
        await world.found()
        house.moods.extend(["500", "answer lost"])
        await until(world, SENDBACK, ExchangeState.RESERVED)
        await world.ops.run_reactions()
        await world.passes(1)
        await world.ops.run_reactions()
        (parked,) = await world.reads.reactions(EVERYTHING, parked=True)
        assert (parked.operation, parked.failure) == ("order_exchange", "carrier_unreachable")

        await world.ops.resend_reaction(DISPATCHER, parked.number)
        await world.ops.run_reactions()
        assert (await world.exchange()).state is ExchangeState.ORDERED
        assert (len(house.came), list(house.book)) == (2, ["exchange-1"])

        notice = CarrierNotice(message_id="m1", order_id="exchange-1", kind=NoticeKind.ARRIVED)
        await world.ops.errands.take_signed_notice(notice, "digest")
        assert (await world.exchange()).state is ExchangeState.ARRIVED
        await world.ops.cancel_exchange(MANAGER, 1, "it works again")
        await world.ops.run_reactions()
        assert "exchange-1" in house.called_off
    await world.close()


async def test_an_order_that_the_carrier_rejects_stands_in_no_other_s_way(tmp_path: Path) -> None:
    world = World(tmp_path)
    async with open_house(world.clock, tmp_path) as (house, carrier, _):
        world.hires(carrier)
        await world.found()
        await until(world, SENDBACK, ExchangeState.ORDERED)
        first = await world.exchange()
        second = msgspec.structs.replace(
            first, service_code=OTHER_CODE, management_code=OTHER_TENANT, fault=None, new_unit_id=NEW_2
        )
        await world.store.batch(EVERYTHING, lambda batch: batch.add_exchange(second))
        await world.passes(7_200)
        house.moods.append("422")
        with pytest.raises(CarrierUnreachable) as failed:
            await world.ops.chase_orders(3_600_000)
        assert failed.value.code == "carrier_rejects"
        assert [one["id"] for one in house.came] == ["exchange-1:ordered", "exchange-2:ordered"]
        assert await world.ops.chase_orders(3_600_000) == 2
        assert list(house.book) == ["exchange-1", "exchange-2"]
    await world.close()
