"""The host is killed in mid-push, again and again: nothing acknowledged is lost, nothing is applied twice."""

import asyncio
import random
from collections import Counter
from typing import Any

import aiohttp
import msgspec
import pytest

from adapter_sim.deeds import RaiseEvent
from adapter_sim.happenings import Happening
from servicehost.demo.api import ApiError
from tests.journeys.waiting import LIMIT_S, until
from tests.journeys.world import ENDED, Post, World, good_name

UNITS = 6
MOMENTS = 6 * UNITS
"""A round is killed after one of its first so many happenings: each unit is offered its push, begins the trial, ends
its session, dials, is welcomed and confirms."""


class Acknowledged(msgspec.Struct, kw_only=True):
    """What the host said yes to, and so must never lose."""

    pushes: dict[int, str] = {}
    """The digest of each push whose order was answered."""
    told_yes: set[int] = set()
    """Pushes that a welcome confirmed."""
    events: Counter[str] = msgspec.field(default_factory=Counter)
    """Texts of the events that units raised, each once."""


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("rounds", [5, pytest.param(100, marks=pytest.mark.slow)])
async def test_a_host_killed_in_mid_push_loses_nothing_acknowledged_and_applies_nothing_twice(
    own_world: World, rounds: int
) -> None:
    posts = await own_world.in_service(UNITS)
    acknowledged = Acknowledged()
    chance = random.Random(rounds)
    for number in range(rounds):
        try:
            await one_round(own_world, posts, acknowledged, chance, f"round-{number}")
        except AssertionError as error:
            raise AssertionError(f"round {number} of {rounds}: {error}") from error
    assert own_world.host.starts == rounds + 1
    await nothing_is_lost(own_world, posts, acknowledged)


async def one_round(world: World, posts: list[Post], kept: Acknowledged, chance: random.Random, name: str) -> None:
    moment = asyncio.Event()
    left = chance.randrange(MOMENTS)

    def count(happening: Happening) -> None:
        nonlocal left
        left -= 1
        if left <= 0:
            moment.set()

    world.units.listeners[:] = [count]
    for post in posts:
        text = f"{name}-{post.serial}"
        kept.events[text] += 1
        world.units.do(RaiseEvent(sub_type="link_down", text=text), post.unit)
    orders = asyncio.gather(*(order_some(world, post, kept, chance, name) for post in posts))
    if left:
        async with asyncio.timeout(LIMIT_S):
            await moment.wait()
    # Where in its own work the host is hit is left to the machine; so that it is not always the same place:
    await asyncio.sleep(chance.uniform(0.0, 0.02))
    world.host.kill()
    await orders
    note_yes(world, posts, kept)
    await world.host.start()
    await all_settled(world, posts)
    await each_runs_what_was_confirmed(world, posts)


async def order_some(world: World, post: Post, kept: Acknowledged, chance: random.Random, name: str) -> None:
    """One or two pushes; the answer of a killed host does not come, and then nothing was promised."""
    for part in range(chance.choice((1, 1, 2))):
        try:
            result = await world.order(post, good_name(f"{name}-{part}", post))
        except aiohttp.ClientError:
            return
        kept.pushes[result["push"]] = result["digest"]


def note_yes(world: World, posts: list[Post], kept: Acknowledged) -> None:
    for post in posts:
        confirmed = world.adapter(post).box.flash.confirmed_push
        if confirmed is not None:
            kept.told_yes.add(confirmed)


async def all_settled(world: World, posts: list[Post]) -> None:
    """Every unit is back, every push has reached an end, every event was answered."""

    async def look() -> bool:
        try:
            fleet = await world.manager.get("fleet")
        except (aiohttp.ClientError, ApiError):  # a request on a connection that the kill cut
            return False
        under_way = [phase for phase, count in fleet["pushes"].items() if count and phase not in ENDED]
        units = [world.adapter(post) for post in posts]
        return (
            not under_way
            and fleet["presence"] == {**fleet["presence"], "connected": len(posts)}
            and all(unit.stage == "serving" and unit.box.next_request() is None for unit in units)
        )

    await until(look, "the fleet is back and every push has ended")


async def each_runs_what_was_confirmed(world: World, posts: list[Post]) -> None:
    for post in posts:
        answer = await world.adapter_answer(post)
        flash = world.adapter(post).box.flash
        assert flash.startup is not None
        assert flash.trial is None
        assert flash.startup.mark.digest == answer["startup"]["digest"]
        assert flash.confirmed == flash.startup.mark
        module = answer["unit"]["modules"][0]
        assert module["running"] == module["startup"] == module["confirmed"] == answer["startup"]


async def nothing_is_lost(world: World, posts: list[Post], kept: Acknowledged) -> None:
    pushes: dict[int, dict[str, Any]] = {push["push"]: push for push in await world.manager.all("pushes")}
    for number, digest in kept.pushes.items():
        assert pushes[number]["digest"] == digest
    for push in pushes.values():
        # Each body is good: whatever was not replaced by a later order must have been confirmed.
        assert push["phase"] in ("confirmed", "superseded"), push
        # Nothing had to be brought back: no unit was ever given an older config than it had confirmed.
        assert push["kind"] == "operator", push
    assert {pushes[number]["phase"] for number in kept.told_yes} == {"confirmed"}
    trials = Counter(
        (one.unit, one.fields["push"])
        for post in posts
        for one in world.units.told[post.unit]
        if one.what == "trial_began"
    )
    assert [tried for tried, times in trials.items() if times > 1] == []
    told = Counter(event["detail"]["text"] for event in await world.events("link_down"))
    assert told == kept.events
    for post in posts:
        newest = max(number for number, push in pushes.items() if push["service_code"] == post.service_code)
        assert pushes[newest]["phase"] == "confirmed"
        assert (await world.adapter_answer(post))["startup"]["revision"] == pushes[newest]["revision"]
