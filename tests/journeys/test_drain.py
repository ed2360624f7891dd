"""The host leaves politely: not ready, no new sessions, goodbyes spread, what is under way finished."""

import pytest

from adapter_sim.deeds import RaiseEvent
from adapter_sim.happenings import Happening
from protocol.codes import CloseCode
from tests.journeys.configs import good
from tests.journeys.waiting import until
from tests.journeys.world import World

OWN_SETTINGS = (
    "adapters_door.drain_over_s=2",
    "adapters_door.drain_close_by_s=10",
    "adapters_door.drain_redial_spread_s=2",
)
UNITS = 8
SPREAD_S = 0.05


async def test_a_host_that_is_asked_to_leave_says_goodbye_to_each_and_finishes_what_it_began(own_world: World) -> None:
    world = own_world
    posts = await world.in_service(UNITS)
    trying, *others = posts
    still_serving: list[int] = []
    readiness: list[int] = []

    def note(one: Happening) -> None:
        if one.what == "ended" and one.fields["code"] == CloseCode.DRAINING:
            still_serving.append(sum(world.adapter(post).stage == "serving" for post in posts))

    async def not_ready() -> bool:
        readiness.append(await world.readiness())
        return readiness[-1] == 503

    world.units.listeners.append(note)
    push = await world.push(trying, good("while-leaving"))
    await world.units.until(trying.unit, "trial_began", push=push)
    world.host.ask_to_leave()
    for post in posts:
        world.units.do(RaiseEvent(sub_type="link_down", text=post.serial), post.unit)
    await until(not_ready, "/readyz says 503")
    assert await world.host.over(limit_s=30) == 0

    # Not all at once: when the first of them went, others were still being served.
    assert max(still_serving) >= 2
    for post in others:
        [goodbye] = [one.fields for one in world.units.told[post.unit] if one.fields.get("code") == CloseCode.DRAINING]
        wait_s, redial_s = goodbye["redial_after_s"], goodbye["redial_s"]
        assert isinstance(wait_s, int)
        assert isinstance(redial_s, float)
        assert wait_s <= redial_s <= wait_s + SPREAD_S + 0.001

    # What was under way when it left goes on where it was, and what units had to say is there, once.
    await world.host.start()
    for post in posts:
        await world.presence(post, "connected")
    await world.phase(push, "confirmed")

    async def all_said() -> bool:
        return all(world.adapter(post).box.next_request() is None for post in posts)

    await until(all_said, "the units have nothing left to say")
    told = [event["detail"]["text"] for event in await world.events("link_down")]
    assert sorted(told) == sorted(post.serial for post in posts)


async def test_a_second_signal_hurries_and_still_loses_nothing(own_world: World) -> None:
    world = own_world
    posts = await world.in_service(4)
    pushes = [await world.push(post, good("hurried")) for post in posts]
    for post, push in zip(posts, pushes, strict=True):
        await world.units.until(post.unit, "offered", push=push)
    assert await world.host.stop() == 0
    await world.host.start()
    for push in pushes:
        await world.phase(push, "confirmed")
    assert [world.units.count(post.unit, "trial_began") for post in posts] == [2] * 4


async def test_nobody_is_let_in_while_the_host_leaves(own_world: World) -> None:
    world = own_world
    posts = await world.in_service(4)
    late = await world.new_post()
    world.host.ask_to_leave()

    async def not_ready() -> bool:
        return await world.readiness() == 503

    await until(not_ready, "/readyz says 503")
    with pytest.raises(ConnectionError):
        await world.raw.dial(late.unit)
    assert await world.host.over(limit_s=30) == 0
    await world.host.start()
    for post in posts:
        await world.presence(post, "connected")
    assert (await (await world.raw.dial(late.unit)).greet()).session_epoch == 1
