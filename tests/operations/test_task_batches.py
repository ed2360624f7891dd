"""Tasks that are ordered together: named, counted, and taken back whole."""

import pytest

from servicehost.domain.contract import EVERYTHING
from servicehost.domain.people import Actor, Role
from servicehost.domain.task import TaskState
from servicehost.operations.order_task import TaskOrder
from tests.builders.tasks import PING
from tests.operations.conftest import World
from tests.operations.test_tasks import House, open_house

DISPATCHER = Actor(person_id=9, master_id="MID00000009", name="Dora", role=Role.DISPATCHER, management_code=None)


@pytest.fixture
async def house(world: World) -> House:
    return await open_house(world)


async def test_an_order_of_several_adapters_is_a_batch_in_each_contract(house: House) -> None:
    codes = [house.world.one.service_code, house.world.two.service_code]
    order = TaskOrder(service_codes=codes, work=PING, name="after the works", note="why")
    ordered = await house.catalogue.order_task(DISPATCHER, order)
    tenants = [one.task.management_code for one in ordered if one.task is not None]
    assert [one.task.batch for one in ordered if one.task is not None] == [1, 2]
    found = [one.batch for one in await house.world.reads.named_batches(EVERYTHING)]
    assert [one.management_code for one in found] == tenants
    assert {(one.name, one.kind, one.adapters, one.note) for one in found} == {("after the works", "ping", 1, "why")}


async def test_a_task_alone_is_of_no_batch_unless_it_is_named(house: House) -> None:
    alone = await house.ordered(house.world.one)
    assert (await house.task(alone)).batch is None
    named = await house.ordered(house.world.one, name="mine")
    assert (await house.task(named)).batch == 1


async def test_a_batch_without_a_name_is_called_as_its_kind(house: House) -> None:
    order = TaskOrder(service_codes=[house.world.one.service_code, "nxe000000099"], work=PING)
    await house.catalogue.order_task(house.manager(house.world.one), order)
    (only,) = await house.world.reads.named_batches(EVERYTHING)
    assert (only.batch.name, only.batch.adapters) == ("ping", 1)


async def test_what_waits_is_cancelled_what_runs_is_counted_and_ends_by_itself(house: House) -> None:
    world: World = house.world
    manager = house.manager(world.one)
    runs = await house.ordered(world.one, name="mine")
    fence = await house.fence(world.one)
    await house.given(fence)
    answer = await house.catalogue.cancel_batch(manager, 1)
    assert (answer.cancelled, answer.running) == (0, 1)
    assert "task_batch_cancelled" not in await world.event_names()
    waits = await house.ordered(world.one, name="more")
    answer = await house.catalogue.cancel_batch(manager, 2)
    assert (answer.cancelled, answer.running) == (1, 0)
    assert await house.stands(waits) == (TaskState.CANCELLED, "cancelled_by_operator")
    assert (await house.task(runs)).state is TaskState.IN_PROGRESS
    assert (await world.event_names())[-1] == "task_batch_cancelled"
    before = world.dump()
    again = await house.catalogue.cancel_batch(manager, 2)
    assert (again.cancelled, again.running) == (0, 0)
    assert world.dump() == before
