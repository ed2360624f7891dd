"""Stock by depot: what lies where, what is moved, what is low, and which unit is taken for an exchange."""

import pytest

from servicehost.backends.sql.reads import open_reads
from servicehost.domain.compatibility import MisfitCode
from servicehost.domain.contract import EVERYTHING
from servicehost.domain.custody import Holder, Place, Thing, whereabouts
from servicehost.domain.errors import Conflict, Forbidden, NotFound
from servicehost.domain.exchange import ExchangeState
from servicehost.domain.spare import Spare
from servicehost.operations.reserve_unit import Choice
from servicehost.operations.set_terms import Terms
from tests.builders.stories import SENDBACK, tell, until
from tests.builders.world import CODE as ADAPTER
from tests.builders.world import DISPATCHER, MANAGER, MODEL, NEW, NEW_2, OLD, OTHER_MODEL, World, distribution_id

S = ExchangeState
SWAPS_REASON = "nearer to the customers"


async def _spare(world: World, unit_id: int) -> Spare:
    found = await world.store.batch(EVERYTHING, lambda batch: batch.spare(unit_id))
    assert found is not None
    return found


async def _where(world: World, unit_id: int) -> Place | None:
    chains = await world.store.batch(EVERYTHING, lambda batch: batch.chains([unit_id]))
    return whereabouts(chains.get(Thing(unit_id=unit_id), []))


async def _depots(world: World) -> None:
    await world.ops.swaps.open_depot(DISPATCHER, "east", "East", "東京都, Tokyo")
    await world.ops.swaps.open_depot(DISPATCHER, "west", "West", "大阪府")


async def _low(world: World) -> list[dict[str, object]]:
    reads = open_reads(world.database)
    try:
        events = await reads.events(EVERYTHING, limit=500)
    finally:
        await reads.close()
    return [one.detail for one in events if one.sub_type == "stock_low"]


async def test_a_spare_is_carried_to_another_depot_and_its_custody_with_it(case_world: World) -> None:
    await _depots(case_world)
    moved = await case_world.ops.swaps.move_spare(DISPATCHER, distribution_id(NEW), "east", SWAPS_REASON)
    assert moved.depot == "east"
    assert await _where(case_world, NEW) == Place(holder=Holder.STOCK, name="east")
    again = await case_world.ops.swaps.move_spare(DISPATCHER, distribution_id(NEW), "east", SWAPS_REASON)
    assert again == moved
    await case_world.ops.swaps.move_spare(DISPATCHER, distribution_id(NEW), "main", "")
    assert await _where(case_world, NEW) == Place(holder=Holder.STOCK)


@pytest.mark.parametrize(
    ("unit_id", "depot", "code"),
    [(NEW, "north", "depot_not_found"), (OLD, "east", "spare_not_found"), (99, "east", "spare_not_found")],
)
async def test_a_move_that_cannot_be_is_refused_by_name(case_world: World, unit_id: int, depot: str, code: str) -> None:
    await _depots(case_world)
    with pytest.raises(NotFound) as refused:
        await case_world.ops.swaps.move_spare(DISPATCHER, distribution_id(unit_id), depot, "")
    assert refused.value.code == code


async def test_what_is_set_aside_leaves_by_its_exchange_and_by_no_move(case_world: World) -> None:
    await _depots(case_world)
    await until(case_world, SENDBACK, S.ORDERED)
    with pytest.raises(Conflict) as refused:
        await case_world.ops.swaps.move_spare(DISPATCHER, distribution_id(NEW), "east", "")
    assert refused.value.code == "unit_reserved"


async def test_nobody_but_a_dispatcher_moves_stock(case_world: World) -> None:
    with pytest.raises(Forbidden):
        await case_world.ops.swaps.move_spare(MANAGER, distribution_id(NEW), "main", "")


async def test_a_unit_is_taken_into_stock_where_it_is_said_and_is_not_moved_by_saying_otherwise(
    case_world: World,
) -> None:
    await _depots(case_world)
    await case_world.store.batch(EVERYTHING, lambda batch: batch.drop_spare(NEW))
    stocked = await case_world.ops.stock_unit(DISPATCHER, distribution_id(NEW), "west", "2.0")
    assert (stocked.depot, stocked.firmware) == ("west", "2.0")
    with pytest.raises(Conflict) as refused:
        await case_world.ops.stock_unit(DISPATCHER, distribution_id(NEW), "east")
    assert refused.value.code == "stocked_elsewhere"
    with pytest.raises(NotFound):
        await case_world.ops.stock_unit(DISPATCHER, distribution_id(NEW_2), "north")


async def test_what_a_unit_says_on_the_shelf_is_its_firmware(case_world: World) -> None:
    await case_world.passes(1)
    await case_world.hello(NEW, firmware="3.1")
    assert (await _spare(case_world, NEW)).firmware == "3.1"
    assert (await _spare(case_world, NEW_2)).firmware == ""
    reads = open_reads(case_world.database)
    counts = [(one.model, one.firmware, one.free) for one in await reads.stock_counts(EVERYTHING)]
    (only,) = await reads.spares(EVERYTHING, model=MODEL, firmware="3.1", depot="main")
    await reads.close()
    assert counts == [(MODEL, "", 1), (MODEL, "3.1", 1), ("SA-X9", "", 1)]
    assert only.unit_id == NEW


async def test_the_nearest_depot_sends_the_unit_and_the_case_says_why(case_world: World) -> None:
    await _depots(case_world)
    await case_world.ops.swaps.move_spare(DISPATCHER, distribution_id(NEW), "west", "")
    await case_world.ops.swaps.move_spare(DISPATCHER, distribution_id(NEW_2), "east", "")
    await case_world.ops.set_terms(DISPATCHER, ADAPTER, Terms(declared_location="東京都千代田区 1"))
    await until(case_world, SENDBACK, S.ORDERED)
    assert (await case_world.exchange()).new_unit_id == NEW_2
    reads = open_reads(case_world.database)
    view = await reads.exchange(EVERYTHING, 1)
    await reads.close()
    assert view is not None
    (reservation,) = view.reservations
    assert (reservation.depot, reservation.override) == ("east", "")
    assert "東京都" in reservation.why.ja
    assert [one.code for one in reservation.misfits] == [MisfitCode.FIRMWARE_UNKNOWN]


async def test_a_depot_that_runs_low_says_so_once_for_each_unit_that_leaves_it(case_world: World) -> None:
    await _depots(case_world)
    await case_world.ops.swaps.set_stock_threshold(DISPATCHER, "main", MODEL, 2)
    assert await _low(case_world) == []
    await case_world.ops.swaps.move_spare(DISPATCHER, distribution_id(NEW_2), "east", "")
    await case_world.ops.swaps.move_spare(DISPATCHER, distribution_id(OTHER_MODEL), "east", "")
    await tell(case_world, SENDBACK[:5])
    assert [(one["free"], one["least"]) for one in await _low(case_world)] == [(1, 2), (0, 2)]
    await case_world.ops.swaps.set_stock_threshold(DISPATCHER, "main", MODEL, 0)
    reads = open_reads(case_world.database)
    assert await reads.stock_thresholds(EVERYTHING) == []
    await reads.close()


async def _heard_old(world: World, firmware: str) -> None:
    await world.hello(OLD, firmware=firmware)
    await world.says(OLD, "self_test_failed", "self_test")
    await tell(world, SENDBACK[2:4])


async def test_an_older_firmware_is_not_taken_by_itself_and_named_only_with_a_reason(case_world: World) -> None:
    await case_world.passes(1)
    for unit_id in (NEW, NEW_2):
        await case_world.hello(unit_id, firmware="1.0")
    await _heard_old(case_world, "2.0")
    await case_world.workers()
    assert (await case_world.exchange()).state is S.JUDGED
    with pytest.raises(Conflict) as refused:
        await case_world.ops.reserve_unit(DISPATCHER, 1, Choice(distribution_id=distribution_id(NEW)))
    assert refused.value.code == "does_not_fit"
    assert "firmware_older: 2.0 / 1.0" in refused.value.text

    choice = Choice(distribution_id=distribution_id(NEW), override=True, reason="it will be brought up by hand")
    taken = await case_world.ops.reserve_unit(DISPATCHER, 1, choice)
    assert (taken.new_unit_id, taken.expected_firmware) == (NEW, "1.0")
    reads = open_reads(case_world.database)
    view = await reads.exchange(EVERYTHING, 1)
    await reads.close()
    assert view is not None
    assert view.reservations[-1].override == "it will be brought up by hand"


async def test_a_newer_firmware_is_taken_and_told(case_world: World) -> None:
    await case_world.passes(1)
    for unit_id in (NEW, NEW_2):
        await case_world.hello(unit_id, firmware="2.1")
    await _heard_old(case_world, "2.0")
    await case_world.workers()
    exchange = await case_world.exchange()
    assert (exchange.state, exchange.expected_firmware) == (S.ORDERED, "2.1")
