"""Units answer offers."""

from typing import Any

import pytest

from protocol.codes import CloseCode, ErrorCode
from protocol.messages import OfferAnswer, Rejected
from protocol.session import RefusedByPeer
from servicehost.domain.contract import EVERYTHING
from servicehost.domain.errors import NotFound
from servicehost.domain.push import Phase
from servicehost.operations.take_answers import Answer, take_answers
from servicehost.ports.desk import Fence, Stale
from tests.operations.conftest import NOW, World

ACCEPTED = OfferAnswer(outcome="accepted")
REFUSED = OfferAnswer(outcome="refused", reason="no_space")
SUBSTITUTED = OfferAnswer(
    outcome="substituted", rejected=(Rejected(parameter="mtu", reason="too_large", substitution="1500"),)
)


async def take(world: World, fence: Fence, *said: Any, push: int | None = None) -> list[Any]:
    number = world.one.push.push if push is None else push
    answers = [Answer(fence=fence, push=number, said=one) for one in said]
    return await world.batch(lambda batch: take_answers(batch, answers, NOW))


@pytest.mark.parametrize(
    ("said", "phase", "outcome", "reason"),
    [
        (ACCEPTED, Phase.STORED, "accepted", None),
        (SUBSTITUTED, Phase.STORED, "substituted", None),
        (REFUSED, Phase.REFUSED, "refused", "no_space"),
        (OfferAnswer(outcome="refused"), Phase.REFUSED, "refused", "refused"),
        (RefusedByPeer(code=ErrorCode.INVALID_PARAMS, reason="bad_params"), Phase.REFUSED, "refused", "bad_params"),
        (RefusedByPeer(code=ErrorCode.BUSY, reason="busy"), Phase.QUEUED, None, None),
    ],
)
async def test_an_answer_is_written(
    world: World, said: object, phase: Phase, outcome: str | None, reason: str | None
) -> None:
    fence = (await world.hello(world.one)).fence
    assert await take(world, fence, said) == [None]
    push = await world.push(world.one.push.push)
    assert (push.phase, push.outcome, push.reason) == (phase, outcome, reason)


async def test_what_the_unit_did_not_take_as_written_is_kept(world: World) -> None:
    await take(world, (await world.hello(world.one)).fence, SUBSTITUTED)
    (rejected,) = (await world.push(world.one.push.push)).rejected
    assert (rejected.parameter, rejected.reason, rejected.substitution) == ("mtu", "too_large", "1500")


async def test_a_refusal_is_told_with_the_unit_it_came_from(world: World) -> None:
    await take(world, (await world.hello(world.one)).fence, REFUSED)
    (event,) = await world.reads.events(world.one.scope, newest_first=True, limit=1)
    assert (event.sub_type, event.reason, event.unit_id) == ("push_refused", "no_space", world.one.unit.unit_id)


async def test_the_same_answer_twice_is_taken_once(world: World) -> None:
    fence = (await world.hello(world.one)).fence
    await take(world, fence, ACCEPTED)
    before = world.dump()
    assert await take(world, fence, ACCEPTED, ACCEPTED) == [None, None]
    assert world.dump() == before


async def test_of_two_answers_in_one_batch_the_second_finds_what_the_first_made(world: World) -> None:
    fence = (await world.hello(world.one)).fence
    assert await take(world, fence, REFUSED, ACCEPTED) == [None, None]
    assert (await world.push(world.one.push.push)).phase is Phase.REFUSED  # ended phases never change


@pytest.mark.parametrize("whose", ["nobody's", "another adapter's"])
async def test_an_answer_to_a_push_not_made_for_this_unit_changes_nothing(world: World, whose: str) -> None:
    fence = (await world.hello(world.one)).fence
    before = world.dump()
    (refused,) = await take(world, fence, ACCEPTED, push=world.two.push.push if whose == "another adapter's" else 99)
    assert isinstance(refused, NotFound)
    assert refused.code == "unknown_push"
    assert world.dump() == before


async def test_an_answer_of_a_session_that_lost_its_place_changes_nothing(world: World) -> None:
    old = (await world.hello(world.one)).fence
    now = (await world.hello(world.one)).fence
    before = world.dump()
    (stale,) = await take(world, old, ACCEPTED)
    assert isinstance(stale, Stale)
    assert stale.code is CloseCode.TAKEN_OVER
    assert world.dump() == before
    async with world.store.transaction(EVERYTHING) as tx:
        await tx.unbind(world.one.binding.number, 5)
    before = world.dump()
    (stale,) = await take(world, now, ACCEPTED)
    assert isinstance(stale, Stale)
    assert stale.code is CloseCode.UNBOUND
    assert world.dump() == before
