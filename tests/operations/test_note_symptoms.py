from servicehost.domain.contract import EVERYTHING
from servicehost.domain.fault import Fault, FaultPhase
from servicehost.domain.symptom import SymptomKind
from tests.builders.world import CODE, NEW, OLD, World


async def _fault(case_world: World) -> Fault | None:
    faults = await case_world.store.batch(EVERYTHING, lambda batch: batch.open_faults([CODE]))
    return faults.get(CODE)


async def _kinds(case_world: World) -> set[SymptomKind]:
    return await case_world.store.batch(EVERYTHING, lambda batch: batch.symptom_kinds(1))


async def test_a_hardware_alarm_opens_a_fault_at_once_and_later_ones_join_it(case_world: World) -> None:
    await case_world.hello(OLD)
    await case_world.says(OLD, "hardware_alarm", "flash", sequence=1)
    await case_world.says(OLD, "hardware_alarm", "flash", sequence=2)
    await case_world.says(OLD, "self_test_failed", "self_test", sequence=3)

    fault = await _fault(case_world)
    assert fault is not None
    assert (fault.fault, fault.phase, fault.unit_id) == (1, FaultPhase.OPEN, OLD)
    assert await _kinds(case_world) == {SymptomKind.HARDWARE_ALARM, SymptomKind.SELF_TEST_FAILED}


async def test_silence_joins_the_fault_that_an_alarm_opened(case_world: World) -> None:
    await case_world.hello(OLD)
    await case_world.says(OLD, "hardware_alarm", "flash")
    await case_world.falls_silent(OLD)
    await case_world.passes(601)
    await case_world.ops.suspect_silence(600_000)

    fault = await _fault(case_world)
    assert fault is not None
    assert fault.phase is FaultPhase.OPEN
    assert SymptomKind.SILENCE in await _kinds(case_world)


async def test_a_suspected_fault_closes_itself_only_once_the_unit_is_really_back(case_world: World) -> None:
    await case_world.hello(OLD)
    await case_world.falls_silent(OLD)
    await case_world.passes(601)
    await case_world.ops.suspect_silence(600_000)
    assert (await case_world.ops.suspect_silence(600_000)).came_back == 0

    await case_world.hello(OLD)
    assert (await case_world.ops.suspect_silence(600_000)).came_back == 1
    assert await _fault(case_world) is None


async def test_a_suspicion_that_became_a_fault_waits_for_people(case_world: World) -> None:
    await case_world.hello(OLD)
    await case_world.falls_silent(OLD)
    await case_world.passes(601)
    await case_world.ops.suspect_silence(600_000)
    await case_world.hello(OLD)
    await case_world.says(OLD, "hardware_alarm", "fan")
    await case_world.ops.suspect_silence(600_000)

    fault = await _fault(case_world)
    assert fault is not None
    assert fault.phase is FaultPhase.OPEN


async def test_a_unit_that_starts_again_and_again_is_a_boot_loop_but_one_that_redials_is_not(case_world: World) -> None:
    for _ in range(6):
        await case_world.hello(OLD, boot="same")
    assert await _fault(case_world) is None

    for boot in ("b2", "b3", "b4"):
        await case_world.passes(10)
        await case_world.hello(OLD, boot=boot, cause="watchdog")
    assert await _kinds(case_world) == {SymptomKind.BOOT_LOOP}


async def test_starts_spread_over_hours_are_no_boot_loop(case_world: World) -> None:
    for n in range(8):
        await case_world.passes(3_600)
        await case_world.hello(OLD, boot=f"b{n}")
    assert await _fault(case_world) is None


async def test_a_unit_on_stand_by_opens_no_fault(case_world: World) -> None:
    await case_world.hello(NEW)
    await case_world.says(NEW, "hardware_alarm", "flash")
    for boot in ("b2", "b3", "b4", "b5"):
        await case_world.hello(NEW, boot=boot)
    assert await _fault(case_world) is None


async def test_a_host_that_was_away_suspects_nobody_for_it(case_world: World) -> None:
    await case_world.hello(OLD)
    case_world.clock.now_ms += 3_600_000
    await case_world.store.begin_run("h", case_world.clock.wall())
    case_world.run_number += 1
    await case_world.passes(70)

    assert (await case_world.ops.suspect_silence(600_000)).noted == 0
    await case_world.passes(600)
    assert (await case_world.ops.suspect_silence(600_000)).noted == 1
