"""A unit that knows one address from birth gets all the way to its session, and again when nobody tells it where."""

import asyncio
from pathlib import Path

import pytest

from adapter_sim.fleet import Fleet, FleetPlan
from adapter_sim.happenings import Happening
from adapter_sim.location import LocationService, LocationUnreachable
from adapter_sim.timers import LoopTimers
from adapter_sim.world import World as SimulatedWorld
from tests.journeys.waiting import until
from tests.journeys.world import Post, World


class Unit:
    """One simulated unit whose whole knowledge is `url` and the root certificate."""

    def __init__(self, world: World, folder: Path, url: str) -> None:
        self.told: list[Happening] = []
        anchors = world.host.folder / "authority" / "root.pem"
        plan = FleetPlan(hosts=(), state=folder, anchors=anchors, location=LocationService(url), spread_s=0.0)
        timers = LoopTimers(asyncio.get_running_loop())
        self.fleet = Fleet(plan, SimulatedWorld(timers=timers, tell=self.told.append))

    async def welcomed(self, post: Post) -> list[Happening]:
        """Power on, and off again once it was welcomed; what happened until then."""
        assert await self.fleet.add(post.entry)

        async def look() -> bool:
            return any(one.what == "welcomed" for one in self.told)

        await until(look, "the unit was welcomed")
        await self.fleet.stop()
        return self.told


async def test_from_one_address_to_a_session(world: World, tmp_path: Path) -> None:
    post = await world.new_unit()
    url = f"https://127.0.0.1:{world.host.bootstrap_port}"
    told = await Unit(world, tmp_path / "state", url).welcomed(post)
    learned = next(one for one in told if one.what == "location_learned")
    assert learned.fields["hosts"] == (f"wss://127.0.0.1:{world.host.adapters_port}",)

    told = await Unit(world, tmp_path / "state", "https://127.0.0.1:1").welcomed(post)
    assert [one.fields["source"] for one in told if one.what == "location_learned"] == ["flash"]


async def test_a_path_that_is_none_is_answered_with_those_there_are(world: World) -> None:
    anchors = (world.host.folder / "authority" / "root.pem").read_text()
    service = LocationService(f"https://127.0.0.1:{world.host.bootstrap_port}/.well-known/nothing")
    with pytest.raises(LocationUnreachable, match="http_404"):
        await service.ask(anchors)
    files = LocationService(f"https://127.0.0.1:{world.host.bootstrap_port}/files/firmware")
    with pytest.raises(LocationUnreachable, match="http_403"):
        await files.ask(anchors)
