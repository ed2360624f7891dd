"""Rollouts of a real host over simulated adapters: one that cuts its canary off stops, and who is away follows."""

from typing import Any

from adapter_sim.deeds import CutPower, RestorePower
from tests.journeys.configs import CUTS_THE_PATH, good
from tests.journeys.waiting import until
from tests.journeys.world import Post, World

SETTINGS = ("pushes.look_every_s=1", "rollouts.look_every_s=0.2", "rollouts.lost_after_s=10")


async def started(world: World, posts: list[Post], body: str, **plan: Any) -> int:
    order = {
        "name": "a change",
        "targets": {"service_codes": [post.service_code for post in posts]},
        "content": {"module": 0, "body": body},
        "gate": {"soak_s": 0},
        **plan,
    }
    number = int((await world.manager.post("rollouts", order))["rollout"])
    await world.manager.post(f"rollouts/{number}/start", {}, if_match=1)
    return number


async def stands(world: World, number: int, state: str) -> dict[str, Any]:
    async def look() -> dict[str, Any] | None:
        found: dict[str, Any] = await world.manager.get(f"rollouts/{number}")
        return found if found["state"] == state else None

    return await until(look, f"rollout {number} is {state}")


async def members(world: World, number: int) -> list[tuple[str, str | None]]:
    found = await world.manager.get(f"rollouts/{number}/members")
    return [(one["state"], one["reason"]) for one in found["items"]]


async def test_a_config_that_cuts_its_canary_off_stops_there_and_the_rest_never_gets_it(world: World) -> None:
    posts = await world.in_service(3)
    number = await started(world, posts, CUTS_THE_PATH, waves=[{"count": 1}], confirm_timeout_s=5, gate={"soak_s": 0})
    paused = await stands(world, number, "paused")
    assert paused["reason"] == "gate_unmet"
    ((canary, _), *rest) = await members(world, number)
    assert canary == "failed"
    assert rest == [("waiting", None)] * 2
    for post in posts[1:]:
        assert (await world.adapter_answer(post))["startup"]["revision"] == 1
    await world.manager.post(f"rollouts/{number}/halt", {})


async def test_who_is_away_follows_when_it_comes(world: World) -> None:
    here, away = await world.in_service(2)
    world.units.do(CutPower(), away.unit)
    await world.presence(away, "disconnected")
    number = await started(world, [here, away], good("rolled-out"))

    async def follows() -> bool:
        return await members(world, number) == [("confirmed", None), ("away", "not_in_session")]

    await until(follows, "one has it and the other is away")
    world.units.do(RestorePower(), away.unit)
    finished = await stands(world, number, "finished")
    assert sum(wave["confirmed"] for wave in finished["tallies"]) == 2
    assert (await world.adapter_answer(away))["startup"]["revision"] == 2
