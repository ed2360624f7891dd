"""What a session offers its unit next."""

import msgspec

from protocol.codes import CloseCode
from protocol.messages import ConfigOffer
from servicehost.domain.contract import EVERYTHING
from servicehost.domain.push import Phase
from servicehost.operations.work_due import mark_offered, work_due
from servicehost.ports.desk import Fence, Stale
from tests.builders.estate import BODY, DIGEST, a_push
from tests.builders.units import a_fence
from tests.operations.conftest import NOW, World


async def due(world: World, *fences: Fence) -> list[ConfigOffer | Stale | None]:
    return await world.batch(lambda batch: work_due(batch, fences))


async def test_the_push_that_waits_is_offered_with_its_body_until_it_is_answered(world: World) -> None:
    fence = (await world.hello(world.one)).fence
    offer = ConfigOffer(push=world.one.push.push, revision=1, digest=DIGEST, body=BODY, confirm_timeout_s=600)
    before = world.dump()
    assert await due(world, fence) == [offer]
    assert await due(world, fence) == [offer]
    assert world.dump() == before  # asking writes nothing


async def test_an_offer_that_is_not_answered_is_marked_and_offered_again(world: World) -> None:
    fence = (await world.hello(world.one)).fence
    (offer,) = await due(world, fence)
    assert isinstance(offer, ConfigOffer)
    await world.batch(lambda batch: mark_offered(batch, {offer.push}, NOW))
    assert (await world.push(offer.push)).phase is Phase.OFFERED
    assert await due(world, fence) == [offer]


async def test_an_answered_offer_keeps_its_phase_when_the_mark_comes_late(world: World) -> None:
    await world.save(world.one.push, phase=Phase.STORED)
    await world.batch(lambda batch: mark_offered(batch, {world.one.push.push}, NOW))
    assert (await world.push(world.one.push.push)).phase is Phase.STORED


async def test_nothing_is_offered_while_one_is_on_trial(world: World) -> None:
    fence = (await world.hello(world.one)).fence
    await world.save(world.one.push, phase=Phase.RUNNING)
    async with world.store.transaction(EVERYTHING) as tx:
        await tx.add_pushes([a_push(world.one.service_code, world.one.management_code)])
    assert await due(world, fence) == [None]


async def test_a_unit_on_stand_by_has_no_work(world: World) -> None:
    async with world.store.transaction(EVERYTHING) as tx:
        await tx.unbind(world.one.binding.number, 5)
    fence = (await world.hello(world.one)).fence
    assert fence.binding is None
    assert await due(world, fence) == [None]


async def test_each_session_of_a_batch_is_answered_by_itself(world: World) -> None:
    one, two = (await world.hello(world.one)).fence, (await world.hello(world.two)).fence
    first, stale, second = await due(world, one, msgspec.structs.replace(two, epoch=0), two)
    assert isinstance(first, ConfigOffer)
    assert isinstance(second, ConfigOffer)
    assert (first.push, second.push) == (world.one.push.push, world.two.push.push)
    assert isinstance(stale, Stale)


async def test_a_session_that_lost_its_place_is_told_so_and_changes_nothing(world: World) -> None:
    old = (await world.hello(world.one)).fence
    await world.hello(world.one)
    before = world.dump()
    (stale,) = await due(world, old)
    assert isinstance(stale, Stale)
    assert stale.code is CloseCode.TAKEN_OVER
    assert world.dump() == before


async def test_a_session_whose_binding_changed_is_told_so(world: World) -> None:
    fence = (await world.hello(world.one)).fence
    async with world.store.transaction(EVERYTHING) as tx:
        await tx.unbind(world.one.binding.number, 5)
    (stale,) = await due(world, fence)
    assert isinstance(stale, Stale)
    assert stale.code is CloseCode.UNBOUND


async def test_a_unit_nobody_knows_any_more_has_no_place(world: World) -> None:
    (stale,) = await due(world, msgspec.structs.replace(a_fence(world.one, 1), unit_id=99))
    assert isinstance(stale, Stale)
