"""How a push goes on after it was stored."""

from typing import Any

import msgspec
import pytest

from protocol.codes import CloseCode
from protocol.messages import ModuleState
from servicehost.domain.contract import EVERYTHING
from servicehost.domain.errors import NotFound
from servicehost.domain.push import Phase
from servicehost.operations.take_progress import Step, take_progress
from servicehost.ports.desk import Fence, Stale
from tests.builders.estate import DIGEST, a_push
from tests.builders.units import a_mark, a_progress
from tests.operations.conftest import NOW, World

OTHER = "sha256:" + "0" * 64


async def take(world: World, fence: Fence, *said: Any) -> list[Any]:
    steps = [Step(fence=fence, said=one) for one in said]
    return await world.batch(lambda batch: take_progress(batch, steps, NOW))


async def running(world: World) -> Fence:
    """The push runs on trial, and the host has said yes."""
    number = world.one.push.push
    await world.save(world.one.push, phase=Phase.STORED, outcome="accepted")
    state = ModuleState(running=a_mark(), confirmed=a_mark(OTHER), startup=a_mark(OTHER), trial=number)
    return (await world.hello(world.one, state)).fence


async def test_what_is_confirmed_ends_well_and_becomes_the_startup_config(world: World) -> None:
    fence = await running(world)
    assert await take(world, fence, a_progress(world.one.push.push, "confirmed")) == [None]
    push = await world.push(world.one.push.push)
    assert (push.phase, push.outcome) == (Phase.CONFIRMED, "accepted")
    assert await world.startup(world.one) == DIGEST
    view = await world.reads.unit(EVERYTHING, world.one.unit.distribution_id)
    assert view is not None
    (state,) = view.modules
    assert (state.confirmed, state.running, state.trial) == (state.startup, state.startup, None)
    assert state.confirmed is not None
    assert state.confirmed.digest == DIGEST


@pytest.mark.parametrize(("word", "phase"), [("reverted", Phase.REVERTED), ("refused", Phase.REFUSED)])
async def test_what_failed_ends_with_its_reason_and_the_startup_config_stays(
    world: World, word: str, phase: Phase
) -> None:
    fence = await running(world)
    assert await take(world, fence, a_progress(world.one.push.push, word, reason="management_path_lost")) == [None]
    push = await world.push(world.one.push.push)
    assert (push.phase, push.reason) == (phase, "management_path_lost")
    assert await world.startup(world.one) is None
    view = await world.reads.unit(EVERYTHING, world.one.unit.distribution_id)
    assert view is not None
    (state,) = view.modules
    assert state.running is not None
    assert state.running.digest == OTHER
    assert state.last_failed is not None
    assert (state.last_failed.push, state.last_failed.reason) == (push.push, "management_path_lost")
    assert f"push_{word}" in await world.event_names()


async def test_progress_said_again_is_taken_again_and_changes_nothing(world: World) -> None:
    fence = await running(world)
    said = a_progress(world.one.push.push, "confirmed")
    assert await take(world, fence, said, said) == [None, None]
    assert (await world.event_names()).count("push_confirmed") == 1
    before = world.dump()
    assert await take(world, fence, said, a_progress(world.one.push.push, "reverted")) == [None, None]
    assert world.dump() == before


@pytest.mark.parametrize("phase", [Phase.QUEUED, Phase.OFFERED, Phase.STORED])
async def test_a_unit_that_confirms_before_the_host_said_yes_proves_nothing(world: World, phase: Phase) -> None:
    fence = (await world.hello(world.one)).fence
    await world.save(world.one.push, phase=phase)
    before = world.dump()
    said = [a_progress(world.one.push.push, "confirmed"), a_progress(world.one.push.push, "running")]
    assert await take(world, fence, *said) == [None, None]
    assert world.dump() == before


@pytest.mark.parametrize("wrong", ["nobody's", "another adapter's", "another digest"])
async def test_progress_of_no_push_of_this_unit_changes_nothing(world: World, wrong: str) -> None:
    fence = await running(world)
    said = {
        "nobody's": a_progress(99, "confirmed"),
        "another adapter's": a_progress(world.two.push.push, "reverted"),
        "another digest": a_progress(world.one.push.push, "confirmed", digest=OTHER),
    }[wrong]
    before = world.dump()
    (refused,) = await take(world, fence, said)
    assert isinstance(refused, NotFound)
    assert refused.code == "unknown_push"
    assert world.dump() == before


async def test_progress_of_a_session_that_was_taken_over_changes_nothing(world: World) -> None:
    old = await running(world)
    await running(world)
    before = world.dump()
    (stale,) = await take(world, old, a_progress(world.one.push.push, "confirmed"))
    assert isinstance(stale, Stale)
    assert stale.code is CloseCode.TAKEN_OVER
    assert world.dump() == before


async def test_progress_of_a_unit_whose_binding_changed_changes_nothing(world: World) -> None:
    fence = await running(world)
    async with world.store.transaction(EVERYTHING) as tx:
        await tx.unbind(world.one.binding.number, 5)
        await tx.bind(msgspec.structs.replace(world.one.binding, bound_at=6))
    before = world.dump()
    (stale,) = await take(world, fence, a_progress(world.one.push.push, "confirmed"))
    assert isinstance(stale, Stale)
    assert stale.code is CloseCode.UNBOUND
    assert world.dump() == before


async def test_only_the_module_that_was_pushed_is_changed(world: World) -> None:
    number = world.one.push.push
    await world.save(world.one.push, phase=Phase.STORED)
    other = ModuleState(module=1, running=a_mark(OTHER))
    fence = (await world.hello(world.one, ModuleState(running=a_mark(), trial=number), other)).fence
    await take(world, fence, a_progress(number, "confirmed"))
    states = (await world.batch(lambda batch: batch.modules_of({fence.unit_id})))[fence.unit_id]
    assert [state.running.digest for state in states if state.running] == [DIGEST, OTHER]


async def test_two_units_confirm_in_one_batch(world: World) -> None:
    fences = []
    for estate in (world.one, world.two):
        await world.save(estate.push, phase=Phase.STORED)
        state = ModuleState(running=a_mark(), trial=estate.push.push)
        fences.append((await world.hello(estate, state)).fence)
    steps = [
        Step(fence=fence, said=a_progress(estate.push.push, "confirmed"))
        for fence, estate in zip(fences, (world.one, world.two), strict=True)
    ]
    assert await world.batch(lambda batch: take_progress(batch, steps, NOW)) == [None, None]
    assert [await world.startup(estate) for estate in (world.one, world.two)] == [DIGEST, DIGEST]


async def test_the_push_that_waited_is_offered_once_the_trial_has_ended(world: World) -> None:
    fence = await running(world)
    async with world.store.transaction(EVERYTHING) as tx:
        (waiting,) = await tx.add_pushes([a_push(world.one.service_code, world.one.management_code)])
    await take(world, fence, a_progress(world.one.push.push, "confirmed"))
    found = await world.batch(lambda batch: batch.open_pushes({world.one.service_code}))
    assert found == {world.one.service_code: [waiting]}
