"""The database cannot grow any more: everybody is told so, nobody is thrown out, and nothing acknowledged is lost."""

import asyncio
import secrets

import pytest

from adapter_sim.deeds import RaiseEvent, ReportNow
from adapter_sim.enrol import BootstrapDoor, EnrolmentFailed, enrol
from adapter_sim.identity import Identity
from adapter_sim.shelf import Shelf
from servicehost.demo.api import ApiError
from tests.builders.databases import pages_of
from tests.journeys.configs import good
from tests.journeys.waiting import until
from tests.journeys.world import Post, World

ROOM_PAGES = 40
SIZES = (40_000, 8_000, 3_000, 1_000, 300)


async def restart(world: World, *settings: str) -> None:
    assert await world.host.stop() == 0, world.host.last_words()
    world.host.settings = list(settings)
    await world.host.start()


async def save(world: World, post: Post, size: int) -> int:
    """Save a working config of that size; its revision."""
    body = f"# {secrets.token_hex(size // 2)}\n{good('large')}"
    base = f"adapters/{post.service_code}/config"
    seen = (await world.manager.get(f"{base}/modules"))["revision"] or 0
    answer = await world.manager.put_seen(f"{base}/working", {"body": body}, {"If-Match": f'"{seen}"'})
    return int(answer["revision"])


async def fill(world: World, post: Post) -> tuple[list[int], ApiError]:
    """Save configs, large ones and then small ones, until none fits; what was saved, and the last refusal."""
    saved: list[int] = []
    refused: ApiError | None = None
    for size in SIZES:
        try:
            while True:
                saved.append(await save(world, post, size))
        except ApiError as error:
            refused = error
    assert refused is not None
    return saved, refused


async def no_event_fits(world: World, post: Post) -> list[str]:
    """Let the unit raise events until one is put off; the texts of those that were taken."""
    taken: list[str] = []
    while True:
        text = f"event-{len(taken)}"
        world.units.do(RaiseEvent(sub_type="link_down", text=text), post.unit)

        async def fate() -> str | None:
            if world.units.count(post.unit, "request_postponed"):
                return "postponed"
            return "taken" if world.adapter(post).box.events.head is None else None

        if await until(fate, "the event was taken or put off") == "postponed":
            return taken
        taken.append(text)


async def test_a_full_database_is_said_to_everybody_and_forgets_nothing(own_world: World) -> None:
    world = own_world
    posts = await world.in_service(3)
    before = [push["push"] for push in await world.manager.all("pushes")]
    database = world.host.folder / "store" / "servicehost.sqlite3"
    assert await world.host.stop() == 0
    world.host.settings = [f"store.max_page_count={pages_of(database) + ROOM_PAGES}"]
    for post in posts:
        world.units.passed_over(post.unit)
    await world.host.start()
    for post in posts:
        await world.units.until(post.unit, "welcomed")

    saved, refused = await fill(world, posts[0])
    assert (refused.status, refused.code) == (507, "store_full")
    assert len(saved) >= 3
    taken = await no_event_fits(world, posts[1])
    postponed = [one.fields for one in world.units.told[posts[1].unit] if one.what == "request_postponed"]
    assert (postponed[0]["reason"], postponed[0]["request"]) == ("store_full", "event")

    # People and machines are still answered, and units keep their sessions.
    with pytest.raises(ApiError) as order:
        await world.push(posts[2], good("does-not-fit" * 400))
    assert (order.value.status, order.value.code) == (507, "store_full")
    assert await world.readiness() == 200
    assert len(await world.manager.all("adapters")) == len(posts)
    world.units.do(ReportNow(), posts[2].unit)
    epochs = [(await world.presence(post, "connected"))["session"]["epoch"] for post in posts]
    assert [world.adapter(post).stage for post in posts] == ["serving"] * 3

    # A host with more room: everything goes on.
    await restart(world)
    for post, epoch in zip(posts, epochs, strict=True):
        unit = await world.presence(post, "connected")
        assert unit["session"]["epoch"] >= epoch
    waiting = f"event-{len(taken)}"
    world.units.timers.skip(100)  # what was put off is said again
    await world.event("link_down", detail_text=waiting)
    told = [event["detail"]["text"] for event in await world.events("link_down")]
    assert told == [*taken, waiting]
    revisions = [
        one["revision"] for one in await world.manager.all(f"adapters/{posts[0].service_code}/config/revisions")
    ]
    assert set(saved) <= set(revisions)
    assert before == [push["push"] for push in await world.manager.all("pushes")]
    push = await world.push(posts[2], good("fits-again"))
    await world.phase(push, "confirmed")


async def test_a_unit_that_comes_to_a_full_host_is_told_when_to_come_back_at_either_door(own_world: World) -> None:
    world = own_world
    [post] = await world.in_service()
    late = await world.new_post()
    database = world.host.folder / "store" / "servicehost.sqlite3"
    await restart(world, f"store.max_page_count={pages_of(database) + ROOM_PAGES}")
    await fill(world, post)
    await no_event_fits(world, post)

    with pytest.raises(EnrolmentFailed) as not_now:
        await enrolled(world, late)
    assert not_now.value.reason == "store_full"
    assert not_now.value.retry_after_s is not None
    unit = await world.raw.dial(late.unit)
    unit.say_hello()
    answer = await unit.json()
    assert answer["error"]["data"]["reason"] == "store_full"
    assert 30 <= answer["error"]["data"]["redial_after_s"] <= 90
    await unit.closed()
    await restart(world)
    assert (await enrolled(world, late)).enrolled  # with the token that was not used up
    assert (await (await world.raw.dial(late.unit)).greet()).session_epoch == 1


async def enrolled(world: World, post: Post) -> Identity:
    anchors = world.host.folder / "authority" / "root.pem"
    door = BootstrapDoor(f"https://127.0.0.1:{world.host.bootstrap_port}", anchors)
    identity = Identity(Shelf(world.host.folder.parent / "late"))
    await asyncio.to_thread(enrol, post.entry, identity, door)
    return identity
