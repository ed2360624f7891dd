"""Leaving: in what order, with what under way, and by when."""

import asyncio
from collections.abc import Callable

from protocol.codes import CloseCode
from protocol.messages import ConfigOffer, Event, OfferAnswer
from protocol.states import Kind
from servicehost.sessions.drain import Drain
from tests.builders.doors import Door, MemoryUnit

OFFER = ConfigOffer(push=1, revision=1, digest="sha256:" + "0" * 64, body="x")


def begin(door: Door) -> Drain:
    drain = Drain(door.shared, asyncio.get_running_loop().create_future())
    drain.begin()
    return drain


async def pass_time(door: Door, seconds: float, *units: MemoryUnit) -> None:
    for _ in range(round(seconds * 4)):
        door.time.run_for(0.25)
        for unit in units:
            unit.settle()
        await asyncio.sleep(0)


def hang_up(unit: MemoryUnit) -> None:
    """The unit has agreed to the close; its end of the connection goes."""
    if unit.transport.eof and not unit.transport.closed:
        unit.connection.eof_received()
        unit.transport.close()


def drawn(*values: float) -> Callable[[float, float], float]:
    """Chance that draws these shares, then halves."""
    shares = list(values)

    def uniform(least: float, most: float) -> float:
        return least + (most - least) * (shares.pop(0) if shares else 0.5)

    return uniform


async def test_goodbyes_are_spread_over_the_time_given_and_say_when_to_dial_again() -> None:
    door = Door(drain_over_s=20.0, drain_redial_spread_s=4.0)
    units = [await door.welcomed(number) for number in range(1, 5)]
    door.shared.uniform = drawn(0.1, 0.4, 0.7, 0.9)
    begin(door)
    seen = []
    for _ in range(4):
        await pass_time(door, 5.0, *units)
        seen.append(sum(unit.closed_with == CloseCode.DRAINING for unit in units))
    assert seen == [1, 2, 3, 4]
    assert [goodbye.redial_after_s for unit in units for goodbye in unit.goodbyes] == [2, 2, 2, 2]
    assert {code for code, _ in door.endings} == {CloseCode.DRAINING}


async def test_a_drain_is_finished_when_the_last_connection_is_gone() -> None:
    door = Door()
    unit = await door.welcomed()
    drain = begin(door)
    await pass_time(door, 11.0, unit)
    assert not drain.finished.done()
    hang_up(unit)
    await pass_time(door, 0.5)
    assert drain.finished.done()


async def test_an_empty_host_is_drained_at_once() -> None:
    door = Door()
    drain = begin(door)
    door.time.run_for(0.25)
    assert drain.finished.done()


async def test_an_answer_that_is_owed_is_sent_before_the_goodbye() -> None:
    door = Door()
    unit = await door.welcomed()
    door.desk.hold.add("take_event")
    await unit.say(Event(sequence=1, sub_type="link_up"))
    begin(door)
    await pass_time(door, 15.0, unit)
    assert door.endings == []
    door.desk.held[0].set_result(None)
    await unit.rest()
    assert [frame.get("method", "answer") for frame in unit.frames] == ["answer", "answer", "goodbye"]
    assert unit.heard(Kind.EVENT_ANSWER) != []
    assert unit.closed_with == CloseCode.DRAINING


async def test_an_offer_under_way_is_waited_for_and_nothing_new_is_offered() -> None:
    door = Door()
    door.desk.offers[1] += [OFFER]
    unit = await door.welcomed()
    begin(door)
    await pass_time(door, 15.0, unit)
    assert door.endings == []
    door.desk.offers[1].append(ConfigOffer(push=2, revision=2, digest=OFFER.digest, body="y"))
    await unit.answer(OfferAnswer(outcome="accepted"))
    assert len(door.desk.named("take_offer_answer")) == 1
    assert len(unit.heard(Kind.OFFER)) == 1
    assert unit.closed_with == CloseCode.DRAINING


async def test_an_offer_that_stays_unanswered_is_waited_for_until_the_end_of_the_spread_only() -> None:
    door = Door(drain_over_s=20.0)
    door.desk.offers[1] += [OFFER]
    unit = await door.welcomed()
    begin(door)
    await pass_time(door, 19.5, unit)
    assert door.endings == []
    await pass_time(door, 1.0, unit)
    assert unit.closed_with == CloseCode.DRAINING


async def test_everything_is_cut_by_the_end_whatever_is_still_under_way() -> None:
    door = Door(drain_over_s=20.0, drain_close_by_s=28.0)
    unit = await door.welcomed()
    door.desk.hold.add("take_event")
    await unit.say(Event(sequence=1, sub_type="link_up"))
    drain = begin(door)
    await pass_time(door, 27.5, unit)
    assert door.endings == []
    await pass_time(door, 1.0, unit)
    assert door.endings == [(CloseCode.DRAINING, "draining")]
    assert drain.finished.done()


async def test_a_hello_that_comes_during_the_drain_is_sent_to_come_back() -> None:
    door = Door()
    unit = door.dial()
    begin(door)
    await unit.hello()
    assert unit.refusals == ["draining"]
    assert unit.goodbyes[0].redial_after_s == 2
    assert door.desk.named("phone_home") == []
    assert door.endings == [(CloseCode.DRAINING, "draining")]


async def test_a_handshake_has_until_the_end_of_the_spread() -> None:
    door = Door(drain_over_s=3.0)
    door.dial(silent=True)
    drain = begin(door)
    door.time.run_for(2.75)
    assert door.endings == []
    door.time.run_for(1.0)
    assert door.endings == [(CloseCode.DRAINING, "draining")]
    assert drain.finished.done()
