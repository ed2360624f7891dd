"""What can go wrong with an exchange, each from the failure to the end it is named by: a real host, simulated units and
the simulated carrier, on loopback."""

import pytest

from adapter_sim.ailments import DeadOnArrival, FalseAlarm, WrongBox
from tests.journeys.errands import ERRANDS, begun, in_stock
from tests.journeys.waiting import until
from tests.journeys.world import World

SETTINGS = (*ERRANDS, "exchanges.no_fault_found=charge")
# Each test of its own host has one collection: the first is the one that nobody hands over.
OWN_SETTINGS = (*ERRANDS, "simulated_carrier.collections=not_returned")


async def test_a_replacement_that_is_dead_on_arrival_fails_by_that_name_and_the_next_one_ends_the_case(
    world: World,
) -> None:
    errand = await begun(world)
    dead = await in_stock(world)
    await errand.found("natural", "flash alarm")
    await errand.asked()
    assert await errand.delivered() == dead.unit
    await world.units.power_on(dead.entry, ailments=[DeadOnArrival()])
    failed = await errand.reported("dead_on_arrival")
    assert failed["reason"] == "dead_on_arrival"
    assert await errand.serves() == errand.post.unit
    await errand.return_("received", of=dead.unit)

    spare = await in_stock(world)
    await errand.asked()
    assert await errand.delivered() == spare.unit
    await errand.swapped_in(spare)
    assert await errand.serves() == spare.unit
    fault = await world.manager.get(f"faults/{errand.fault}")
    assert (fault["phase"], fault["reason"], len(fault["exchanges"])) == ("closed", "exchanged", 2)


@pytest.mark.slow
async def test_another_box_in_the_parcel_never_takes_the_adapter_over_and_the_errand_fails_as_wrong_model(
    world: World,
) -> None:
    errand = await begun(world)
    meant = await in_stock(world)
    other = await world.new_unit(model="SA-X9")
    await errand.found("natural", "flash alarm")
    await errand.asked()
    assert await errand.delivered() == meant.unit
    await world.units.power_on(meant.entry, ailments=[WrongBox(answers=other.entry)])
    await world.units.until(other.unit, "welcomed", standing="standby")
    await world.manager.post(f"exchanges/{errand.exchange}/swap", {})
    assert (await errand.view())["state"] == "arrived"
    failed = await errand.reported("wrong_model")
    assert (failed["reason"], failed["swapped_at"]) == ("wrong_model", None)
    assert await errand.serves() == errand.post.unit

    spare = await in_stock(world)
    await errand.asked()
    assert await errand.delivered() == spare.unit
    await errand.swapped_in(spare)
    assert await errand.serves() == spare.unit


async def test_a_unit_that_is_found_in_order_is_charged_as_the_policy_says(world: World) -> None:
    errand = await begun(world, ailments=[FalseAlarm()])
    spare = await in_stock(world)
    await errand.found("natural", "the self-test failed once")
    await errand.asked()
    await errand.delivered()
    await errand.swapped_in(spare)
    back = await errand.return_("received")
    await world.dispatcher.post(f"returns/{back['number']}/inspection", {"result": "no_fault_found", "by": "Bench"})
    charge = await errand.charge()
    assert (charge["rule"], charge["total"], charge["state"]) == ("rental_no_fault_found", 48_000, "proposed")


@pytest.mark.slow
async def test_a_box_that_nobody_hands_over_is_given_up_and_charged(own_world: World) -> None:
    world = own_world
    errand = await begun(world)
    spare = await in_stock(world)
    await errand.found("natural", "flash alarm")
    await errand.asked()
    await errand.delivered()
    await errand.swapped_in(spare)
    owed = await errand.return_("due")
    order = {"loss": "never_returned", "reason": "the site does not answer"}
    await world.dispatcher.post(f"returns/{owed['number']}/loss", order)
    await errand.return_("written_off")
    charge = await errand.charge()
    assert charge["rule"] == "rental_never_returned"
    assert {item["part"]: item["amount"] for item in charge["items"]} == {
        "unit": 48_000,
        "ac_adapter": 3_800,
        "lan_cable": 600,
    }


@pytest.mark.slow
async def test_errands_of_the_simulated_carrier_outlive_a_host_that_is_killed(own_world: World) -> None:
    world = own_world
    errand = await begun(world)
    spare = await in_stock(world)
    await errand.found("natural", "flash alarm")
    await errand.asked()
    await errand.is_("ordered", "arrived")
    world.host.kill()
    await world.host.start()
    assert await errand.delivered() == spare.unit
    orders = await world.events("exchange_ordered", service_code=errand.post.service_code)
    assert len(orders) == 1
    assert await until(lambda: _in_session(world, errand.post.unit), "the old unit is back")


async def _in_session(world: World, unit: str) -> bool:
    return bool((await world.dispatcher.get(f"units/{unit}"))["presence"] == "connected")
