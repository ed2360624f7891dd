"""Ten thousand tasks while connections are reset all the time: by the units' own log none is lost or run twice."""

import asyncio
import random
from collections import Counter

import pytest

from adapter_sim.endings import lost
from tests.journeys.world import World

UNITS, EACH = 25, 400
OWN_SETTINGS = (
    "pushes.look_every_s=1",
    "units.redial_spread_s=0.2",
    "units.redial_cap_s=1",
    f"tasks.queue_length={EACH}",
    "adapters_door.sessions_burst=5000",
    "adapters_door.sessions_per_s=5000",
)


@pytest.mark.slow
@pytest.mark.timeout(1_200)
async def test_ten_thousand_tasks_under_resets(own_world: World) -> None:
    world, chance = own_world, random.Random(7)
    posts = await world.new_posts(UNITS)
    codes = [post.service_code for post in posts]
    ordered: set[int] = set()
    for number in range(EACH):
        work = {"kind": "read_status", "request": f"{number}"}
        answer = await world.manager.post("tasks", {"service_codes": codes, "work": work})
        ordered |= {one["task"] for one in answer["results"]}
    assert len(ordered) == UNITS * EACH
    await world.power_on(*posts)  # all of them wait for it
    resets = 0
    while (counts := await _counts(world))["queued"] + counts["in_progress"]:
        for post in chance.sample(posts, 2):
            talk = world.adapter(post).talk
            if talk is not None and talk.link is not None:
                talk.link.abort(lost("reset"))
                resets += 1
        await asyncio.sleep(0.05)  # the pace of the resets, nothing is waited for
    assert resets > UNITS
    assert counts["succeeded"] == len(ordered)
    told = [one for post in posts for one in world.units.told[post.unit] if one.what == "task_ran"]
    times = Counter(int(str(one.fields["task"])) for one in told)
    assert set(times) == ordered
    assert set(times.values()) == {1}


async def _counts(world: World) -> dict[str, int]:
    counts: dict[str, int] = (await world.manager.get("tasks/counts"))["states"]
    return counts
