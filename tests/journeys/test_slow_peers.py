"""Peers that take no bytes, or send none: each is cut by name, and nobody else waits for them."""

import asyncio
import contextlib

from protocol.wire.stack import UnitWire
from tests.journeys.configs import good
from tests.journeys.world import World

SETTINGS = (
    "adapters_door.write_stall_s=1",
    "adapters_door.client_hello_due_s=1",
    "adapters_door.handshake_due_s=1",
    "adapters_door.max_handshakes=2",
)
LARGE = good("large") + "".join(f"# {number:060}\n" for number in range(3_000))


async def test_a_unit_that_takes_no_bytes_is_cut_as_slow_and_the_others_are_not_harmed(world: World) -> None:
    others = await world.in_service(3)
    slow = await world.new_post()
    before = await world.endings_counted("slow")
    unit = await world.raw.dial(slow.unit, narrow=True)
    await unit.greet()
    unit.read_no_more()
    await world.push(slow, LARGE)
    pushes = [await world.push(post, good("meanwhile")) for post in others]
    for push in pushes:
        await world.phase(push, "confirmed")
    ended = await world.event("session_ended", service_code=slow.service_code, reason="slow")
    assert ended["detail"]["text"] == "write_stalled"
    assert await world.endings_counted("slow") > before
    for post in others:
        assert (await world.unit(post))["presence"] == "connected"
        assert world.units.count(post.unit, "ended", reason="slow") == 0


async def test_connections_that_send_nothing_are_cut_in_time_and_make_room_for_a_unit(world: World) -> None:
    before = await world.endings_counted("handshake_timeout")
    held = [await world.raw.connect() for _ in range(2)]  # as many as may be in a handshake at once
    post = await world.new_post()
    assert (await (await world.raw.dial(post.unit)).greet()).session_epoch == 1
    for reader, _ in held:
        assert await gone(reader)
    event = await world.event("attempt_failed", reason="handshake_timeout")
    assert event["detail"]["text"] == "no_client_hello"
    assert await world.endings_counted("handshake_timeout") >= before + 2


async def test_a_handshake_that_stops_half_way_is_cut_in_time(world: World) -> None:
    reader, writer = await world.raw.connect()
    wire = UnitWire(world.raw.context(None), "127.0.0.1", world.host.adapters_port)
    wire.start()
    writer.write(wire.outgoing())
    assert await reader.read(65_536)  # the host's part of the handshake; ours does not follow
    assert await gone(reader)
    event = await world.event("attempt_failed", reason="handshake_timeout", detail_text="handshake_unfinished")
    assert event["actor"] == "host"


async def gone(reader: asyncio.StreamReader) -> bool:
    """Returns when the host has cut the connection."""
    with contextlib.suppress(ConnectionResetError):
        while await reader.read(65_536):
            pass
    return True
