"""What people must not miss is taken once, however often it is said."""

from typing import Any

from protocol.codes import CloseCode
from protocol.messages import Event
from servicehost.operations.take_events import Notice, take_events
from servicehost.ports.desk import Fence, Stale
from tests.operations.conftest import NOW, World

ALARM = Event(sequence=1, sub_type="hardware_alarm", component="flash", severity=2, text="worn out", time="1970")


def notice(fence: Fence, said: Event = ALARM, boot_id: str = "b1") -> Notice:
    return Notice(fence=fence, boot_id=boot_id, said=said)


async def take(world: World, *notices: Notice) -> list[Any]:
    return await world.batch(lambda batch: take_events(batch, notices, NOW))


async def alarms(world: World) -> int:
    return (await world.event_names()).count("hardware_alarm")


async def test_an_alarm_is_an_event_of_the_customer(world: World) -> None:
    assert await take(world, notice((await world.hello(world.one)).fence)) == [None]
    events = await world.reads.events(world.one.scope)
    (event,) = [one for one in events if one.sub_type == "hardware_alarm"]
    assert (event.sub_type, event.severity, event.reason, event.at) == ("hardware_alarm", 2, "flash", NOW)
    assert event.detail == {"component": "flash", "text": "worn out", "unit_time": "1970"}
    assert (event.unit_id, event.service_code) == (world.one.unit.unit_id, world.one.service_code)


async def test_the_same_boot_and_sequence_is_taken_once(world: World) -> None:
    fence = (await world.hello(world.one)).fence
    assert await take(world, notice(fence), notice(fence)) == [None, None]
    again = (await world.hello(world.one)).fence  # the answer was lost with the session
    assert await take(world, notice(again)) == [None]
    assert await alarms(world) == 1


async def test_another_boot_another_sequence_and_another_unit_are_events_of_their_own(world: World) -> None:
    one, two = (await world.hello(world.one)).fence, (await world.hello(world.two)).fence
    second = Event(sequence=2, sub_type="hardware_alarm")
    await take(world, notice(one), notice(one, boot_id="b2"), notice(one, second), notice(two))
    assert await alarms(world) == 4


async def test_an_event_of_a_session_that_lost_its_place_is_not_taken(world: World) -> None:
    old = (await world.hello(world.one)).fence
    new = (await world.hello(world.one)).fence
    stale, taken = await take(world, notice(old), notice(new))
    assert isinstance(stale, Stale)
    assert stale.code is CloseCode.TAKEN_OVER
    assert taken is None
    assert await alarms(world) == 1
