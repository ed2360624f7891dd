"""Dialogues of one session, over real TLS and WebSocket layers joined in memory."""

from protocol.messages import Event
from protocol.states import Kind
from tests.builders.doors import Door


async def test_a_unit_that_says_hello_is_welcomed() -> None:
    door = Door()
    unit = await door.welcomed()
    assert unit.heard(Kind.WELCOME)[0].session_epoch == 1
    assert len(door.shared.registry) == 1


async def test_an_event_is_answered_only_when_the_desk_has_it() -> None:
    door = Door()
    unit = await door.welcomed()
    door.desk.hold.add("take_event")
    await unit.say(Event(sequence=1, sub_type="link_up"))
    assert unit.heard(Kind.EVENT_ANSWER) == []
    door.desk.held[0].set_result(None)
    await unit.rest()
    assert len(unit.heard(Kind.EVENT_ANSWER)) == 1
