"""A host asks its units for younger certificates."""

from protocol.messages import Goodbye, Hello, Renew
from protocol.states import Kind
from tests.builders.doors import Door, MemoryUnit

ASKED = Renew(reason="anchor_change", within_s=60)


async def greeted(door: Door, *capabilities: str) -> MemoryUnit:
    unit = door.dial()
    await unit.say(Hello(firmware="1", boot_id="b", capabilities=capabilities))
    return unit


async def test_a_unit_that_can_be_asked_hears_it_at_once() -> None:
    door = Door()
    unit = await greeted(door, "config", "renew")
    door.shared.registry.renew([1, 99], ASKED)
    unit.settle()
    assert unit.heard(Kind.RENEW) == [ASKED]


async def test_a_unit_that_does_not_know_the_word_is_not_told_it() -> None:
    door = Door()
    unit = await greeted(door, "config")
    door.shared.registry.renew([1], ASKED)
    unit.settle()
    assert unit.heard(Kind.RENEW) == []


async def test_a_session_that_has_said_goodbye_is_left_in_peace() -> None:
    door = Door()
    unit = await greeted(door, "renew")
    session = door.shared.registry.get(1)
    assert session is not None
    await unit.say(Goodbye(code=1000, reason="power_off"))
    session.renew(ASKED)
    unit.settle()
    assert unit.heard(Kind.RENEW) == []
