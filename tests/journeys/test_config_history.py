"""Configs over time, with a real host and real sockets: drift, comparing with what runs, the branch one sits on."""

from typing import Any

import aiohttp
import pytest

from adapter_sim.deeds import Mend, RevertAlways
from servicehost.demo.api import ApiError
from tests.journeys.configs import good
from tests.journeys.fleet import Units
from tests.journeys.world import Post, World

BEHIND = "127.0.0.2"


async def test_what_a_unit_runs_is_compared_and_previewed(world: World) -> None:
    [post] = await world.in_service()
    base = f"adapters/{post.service_code}/config"
    assert (await world.adapter_answer(post))["drift"] == []
    before = await world.manager.get(f"{base}/preview")
    assert [row["fate"] for row in before["items"]] == ["sent"]  # what runs can be pushed again
    world.units.do(RevertAlways(), post.unit)
    await world.phase(await world.push(post, good("second")), "reverted")
    found = await world.manager.get(f"{base}/diff", left="running", right="working")
    assert "+hostname second\n" in found["unified"]
    world.units.do(Mend(what="reverts"), post.unit)
    await world.phase(await push_working(world, post), "confirmed")
    assert (await world.manager.get(f"{base}/diff", left="running"))["same"]


async def push_working(world: World, post: Post, **more: Any) -> int:
    answer = await world.manager.post("pushes", {"service_codes": [post.service_code], **more})
    return int(answer["results"][0]["push"])


async def test_a_push_to_the_adapter_one_operates_through_asks_first(world: World) -> None:
    """The unit and the operator come from one address, as behind a router that both use."""
    post = await world.new_post()
    behind = Units(world.host, world.units.folder / "behind", source=BEHIND)
    await behind.power_on(post.entry)
    await behind.until(post.unit, "welcomed")
    order = {"service_codes": [post.service_code], "body": good("mine")}
    connector = aiohttp.TCPConnector(local_addr=(BEHIND, 0))
    headers = {"Authorization": f"Bearer {world.manager.token}"}
    async with aiohttp.ClientSession(connector=connector, headers=headers) as there:
        path = f"{world.host.api_base}/api/v1/pushes"
        async with there.post(path, json=order) as answer:
            said = await answer.json(content_type=None)
            assert (answer.status, said["code"]) == (409, "operating_through_adapter")
            assert post.service_code in said["detail"]
        assert await world.manager.get("pushes", service_code=post.service_code) == {"items": [], "next": None}
        async with there.post(path, json=order | {"through_acknowledged": True}) as answer:
            assert answer.status == 202
            push = (await answer.json())["results"][0]["push"]
    await world.phase(push, "confirmed")
    # From anywhere else nobody is asked.
    await world.phase(await world.push(post, good("theirs")), "confirmed")
    await behind.stop()


async def test_an_edit_without_having_seen_is_refused(world: World) -> None:
    [post] = await world.in_service()
    with pytest.raises(ApiError) as refused:
        await world.manager.put(f"adapters/{post.service_code}/config/working", {"body": good("blind")})
    assert (refused.value.status, refused.value.code) == (428, "if_match_required")
