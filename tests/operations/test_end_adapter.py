import pytest

from protocol.codes import CloseCode
from servicehost.domain.contract import EVERYTHING
from servicehost.domain.errors import Forbidden, NotFound
from servicehost.operations.end_adapter import end_adapter, end_due_adapters
from servicehost.operations.work_due import work_due
from servicehost.ports.desk import NotAdmitted, Stale
from tests.builders.world import CODE, DISPATCHER, MANAGER, OLD, OTHER_CODE, World


async def end(world: World, at: int | None, code: str = CODE) -> int | None:
    adapter = await end_adapter(DISPATCHER, code, at, "over", store=world.store, clock=world.clock, line=world.line)
    return adapter.out_of_service_at


async def due(world: World) -> int:
    return await end_due_adapters(500, store=world.store, clock=world.clock, line=world.line)


async def test_an_end_that_has_come_closes_the_session_and_the_unit_is_told(case_world: World) -> None:
    welcomed = await case_world.hello(OLD)
    now = case_world.clock.wall()
    assert await end(case_world, now) == now
    assert case_world.line.ended == [(OLD, welcomed.fence.epoch + 2)]
    assert case_world.line.codes == [CloseCode.OUT_OF_SERVICE]
    (answer,) = await case_world.store.batch(EVERYTHING, lambda batch: work_due(batch, [welcomed.fence]))
    assert isinstance(answer, Stale)
    with pytest.raises(NotAdmitted) as refused:
        await case_world.hello(OLD)
    assert (refused.value.code, refused.value.reason) == (CloseCode.OUT_OF_SERVICE, "contract_ended")
    assert await case_world.bound() == OLD


async def test_an_end_to_come_closes_nothing_before_its_time_and_then_once(case_world: World) -> None:
    await end(case_world, case_world.clock.wall() + 60_000)
    await case_world.hello(OLD)
    assert (await due(case_world), case_world.line.ended) == (0, [])
    await case_world.passes(60)
    assert await due(case_world) == 1
    assert ([unit for unit, _ in case_world.line.ended], case_world.line.codes) == ([OLD], [CloseCode.OUT_OF_SERVICE])
    assert await due(case_world) == 0
    with pytest.raises(NotAdmitted):
        await case_world.hello(OLD)


async def test_an_end_taken_back_lets_the_unit_in_again(case_world: World) -> None:
    await end(case_world, case_world.clock.wall())
    assert await end(case_world, None) is None
    assert (await case_world.hello(OLD)).welcome.standing == "serving"


async def test_the_same_end_twice_is_recorded_once(case_world: World) -> None:
    now = case_world.clock.wall()
    await case_world.hello(OLD)
    await end(case_world, now)
    await end(case_world, now)
    assert len(case_world.line.ended) == 1


async def test_the_silence_of_a_unit_out_of_service_raises_no_suspicion(case_world: World) -> None:
    await case_world.hello(OLD)
    await end(case_world, case_world.clock.wall())
    await case_world.passes(3_600)
    assert (await case_world.ops.suspect_silence(600_000)).noted == 0


async def test_an_adapter_without_a_unit_ends_as_well(case_world: World) -> None:
    assert await end(case_world, 5, OTHER_CODE) == 5
    assert case_world.line.ended == []


async def test_only_a_dispatcher_ends_what_exists(case_world: World) -> None:
    with pytest.raises(Forbidden):
        await end_adapter(MANAGER, CODE, None, "", store=case_world.store, clock=case_world.clock, line=case_world.line)
    with pytest.raises(NotFound) as unknown:
        await end(case_world, None, "nxe999999999")
    assert unknown.value.code == "adapter_not_found"
