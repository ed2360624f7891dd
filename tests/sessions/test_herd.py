"""A herd is heard a part at a time: what comes in a turn that has had its share waits, in order, and is not lost."""

import gc

from protocol.codes import CloseCode
from protocol.messages import Event, Report
from protocol.states import Kind
from servicehost.sessions.connection import Connection
from servicehost.sessions.session import Session
from tests.builders.doors import HELLO, Door, MemoryUnit

REPORT = Report(uptime_s=1)
SECOND = Event(sequence=2, sub_type="second")


def fill_the_turn(door: Door) -> None:
    """Somebody before us has used the share of this turn."""
    door.turns.full()
    door.worked_s += 1.0


def speak(unit: MemoryUnit, *messages: Report | Event) -> None:
    """The unit's bytes arrive, in the turn that is under way."""
    for message in messages:
        unit.wire.send_text(unit.engine.say(message))
        unit.connection.data_received(unit.wire.outgoing())


async def test_what_comes_in_a_full_turn_waits_for_the_next_one_and_the_kernel_keeps_the_rest() -> None:
    door = Door()
    unit = await door.welcomed()
    fill_the_turn(door)
    speak(unit, REPORT, SECOND)
    assert (door.desk.reports, door.desk.named("take_event")) == (0, [])
    assert not unit.transport.reading
    await unit.rest()
    assert door.desk.reports == len(door.desk.named("take_event")) == 1
    assert unit.transport.reading


async def test_a_herd_that_dials_is_met_one_after_the_other() -> None:
    door = Door()
    fill_the_turn(door)
    units = [door.dial(number) for number in (1, 2, 3)]
    assert door.meter.counts.get(("handshakes_total", "opened"), 0) == 0
    assert len(door.turns) == 3
    for unit in units:
        await unit.rest()
        await unit.say(HELLO)
    assert all(unit.heard(Kind.WELCOME) for unit in units)


async def test_what_a_unit_said_before_it_went_counts() -> None:
    door = Door()
    unit = await door.welcomed()
    fill_the_turn(door)
    speak(unit, SECOND)
    unit.transport.reset()
    await unit.rest()
    assert len(door.desk.named("take_event")) == 1
    assert door.endings == [(CloseCode.CONNECTION_LOST, "connection_reset")]


async def test_the_end_of_the_stream_comes_after_what_was_before_it() -> None:
    door = Door()
    unit = await door.welcomed()
    fill_the_turn(door)
    speak(unit, SECOND)
    assert unit.connection.eof_received()
    assert (door.endings, unit.transport.closed) == ([], False)
    await unit.rest()
    assert len(door.desk.named("take_event")) == 1
    assert door.endings == [(CloseCode.CONNECTION_LOST, "no_close_frame")]
    assert unit.transport.closed


async def test_a_herd_that_is_lost_is_let_go_a_part_at_a_time() -> None:
    door = Door()
    units = [await door.welcomed(number) for number in (1, 2, 3)]
    fill_the_turn(door)
    for unit in units:
        unit.transport.reset()
    assert (door.endings, door.admission.sessions) == ([], 3)
    await units[0].rest()
    assert door.endings == [(CloseCode.CONNECTION_LOST, "connection_reset")] * 3
    assert (door.admission.sessions, len(door.shared.connections), len(door.wheel)) == (0, 0, 0)


async def test_an_ending_that_was_decided_meanwhile_keeps_its_name() -> None:
    door = Door()
    unit = await door.welcomed()
    fill_the_turn(door)
    unit.transport.reset()
    unit.connection.end(CloseCode.REVOKED, "revoked")
    await unit.rest()
    assert door.endings == [(CloseCode.REVOKED, "revoked")]


async def test_waiting_its_turn_is_no_silence() -> None:
    door = Door()
    unit = await door.welcomed()
    door.time.run_for(door.settings.ping_after_s - 1.0)
    fill_the_turn(door)
    speak(unit, REPORT)
    door.time.run_for(2.0)
    assert door.shared.unheard == 0


async def test_a_session_that_is_over_needs_no_collector() -> None:
    door = Door()
    unit = await door.welcomed()
    gc.collect()
    gc.disable()
    try:
        before = alive()
        unit.transport.reset()
        await unit.rest()
        door.dial(2).transport.reset()
        del unit
        assert alive() == before - 2
    finally:
        gc.enable()


def alive() -> int:
    return sum(isinstance(one, Connection | Session) for one in gc.get_objects())
