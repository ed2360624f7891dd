"""Deadlines, slow readers and the ways in which a connection can end; every second of them is told, none is waited."""

import pytest

from protocol.codes import CloseCode
from protocol.messages import ConfigOffer, Event, Report
from protocol.wire.events import Ended, TlsEnded
from protocol.wire.stack import HostWire
from tests.builders.certificates import theirs
from tests.builders.doors import Door, MemoryUnit, distribution_id
from tests.builders.wires import unit_context

LOST = CloseCode.CONNECTION_LOST
BIG = ConfigOffer(push=1, revision=1, digest="sha256:" + "0" * 64, body="x" * 100_000)


def pass_time(door: Door, seconds: float, *units: MemoryUnit) -> None:
    """Tick by tick, with the units answering what they hear."""
    for _ in range(round(seconds * 4)):
        door.time.run_for(0.25)
        for unit in units:
            unit.settle()


# -- the way in -------------------------------------------------------------------------------------------------


async def test_a_connection_that_sends_nothing_is_cut_after_the_client_hello_deadline() -> None:
    door = Door()
    unit = door.dial(silent=True)
    door.time.run_for(4.75)
    assert door.endings == []
    door.time.run_for(0.5)
    assert door.endings == [(CloseCode.HANDSHAKE_TIMEOUT, "no_client_hello")]
    assert unit.transport.aborted
    assert (door.admission.handshakes, len(door.wheel)) == (0, 0)


async def test_half_a_client_hello_does_not_move_its_deadline() -> None:
    door = Door()
    unit = door.dial(silent=True)
    unit.wire.start()
    door.time.run_for(4.0)
    unit.connection.data_received(unit.wire.outgoing()[:100])
    door.time.run_for(1.25)
    assert door.endings == [(CloseCode.HANDSHAKE_TIMEOUT, "no_client_hello")]


async def test_the_handshake_deadline_counts_from_the_client_hello() -> None:
    door = Door()
    unit = door.dial(silent=True)
    unit.wire.start()
    door.time.run_for(4.0)
    unit.connection.data_received(unit.wire.outgoing())
    door.time.run_for(14.75)
    assert door.endings == []
    door.time.run_for(0.5)
    assert door.endings == [(CloseCode.HANDSHAKE_TIMEOUT, "handshake_unfinished")]


async def test_a_unit_that_does_not_say_hello_is_told_so_and_closed() -> None:
    door = Door()
    unit = door.dial()
    pass_time(door, 14.75, unit)
    assert door.endings == []
    pass_time(door, 0.5, unit)
    assert door.endings == [(CloseCode.GREETING_TIMEOUT, "no_hello")]
    assert unit.closed_with == CloseCode.GREETING_TIMEOUT
    assert door.desk.failed[0][3] == distribution_id(1)


async def test_a_slow_desk_is_not_held_against_the_unit() -> None:
    door = Door()
    door.desk.hold.add("phone_home")
    unit = door.dial()
    await unit.hello()
    pass_time(door, 100.0, unit)  # it answers the pings meanwhile
    assert door.endings == []


async def test_a_failed_handshake_sends_its_alert_before_the_connection_goes() -> None:
    door = Door()
    unit = door.dial(context=unit_context(theirs().unit(distribution_id(1), model_serial="SA-1")))
    assert door.endings == [(CloseCode.TLS_REFUSED, "foreign_certificate")]
    [ended] = [event for event in unit.events if isinstance(event, TlsEnded)]
    assert ended.alert == "unknown_ca"
    assert unit.transport.eof
    assert not unit.transport.closed
    door.time.run_for(3.25)
    assert unit.transport.aborted
    assert door.admission.handshakes == 0


async def test_a_unit_without_a_certificate_hears_the_alert_that_says_so() -> None:
    door = Door()
    unit = door.dial(context=unit_context(None))
    assert door.endings == [(CloseCode.TLS_REFUSED, "no_certificate")]
    assert [event.alert for event in unit.events if isinstance(event, TlsEnded)] == ["certificate_required"]


async def test_what_is_not_tls_is_refused_and_counted() -> None:
    door = Door()
    unit = door.dial(silent=True)
    unit.connection.data_received(b"GET / HTTP/1.1\r\n\r\n")
    assert door.endings == [(CloseCode.TLS_REFUSED, "protocol")]
    assert door.meter.counts["handshakes_total", "tls_refused"] == 1
    assert door.meter.counts["endings_total", "tls_refused"] == 1


async def test_a_peer_that_goes_before_its_client_hello_is_counted_as_lost() -> None:
    door = Door()
    unit = door.dial(silent=True)
    unit.connection.eof_received()
    assert door.endings == [(LOST, "eof_in_handshake")]


# -- silence ----------------------------------------------------------------------------------------------------


async def test_a_silent_unit_is_pinged_and_cut_within_45_seconds() -> None:
    door = Door()
    unit = await door.welcomed()
    unit.deaf = True
    door.time.run_for(34.75)
    assert door.shared.unheard == 0
    door.time.run_for(0.25)
    assert door.shared.unheard == 1
    door.time.run_for(9.75)
    assert door.endings == []
    door.time.run_for(0.25)
    assert door.endings == [(CloseCode.SILENT, "ping_unanswered")]
    assert unit.transport.aborted
    assert (door.shared.unheard, len(door.shared.registry), len(door.wheel)) == (0, 0, 0)


async def test_limits_shorter_than_the_one_before_hold_from_the_first_moment() -> None:
    door = Door(greeting_due_s=1.0, ping_after_s=1.0, pong_due_s=1.0)
    unit = await door.welcomed()
    unit.deaf = True
    door.dial(2)  # says no hello
    door.time.run_for(1.25)
    assert [code for code, _ in door.endings] == [CloseCode.GREETING_TIMEOUT]
    door.time.run_for(1.25)
    assert [code for code, _ in door.endings] == [CloseCode.SILENT, CloseCode.GREETING_TIMEOUT]


async def test_an_answered_ping_and_any_frame_keep_a_session() -> None:
    door = Door()
    unit = await door.welcomed()
    pass_time(door, 200.0, unit)
    assert door.endings == []
    await unit.say(Report(uptime_s=1))
    for _ in range(4):
        door.time.run_for(34.0)
        await unit.say(Report(uptime_s=1))
        assert door.shared.unheard == 0
    assert door.endings == []


async def test_the_hosts_own_sleep_makes_nobody_silent() -> None:
    door = Door()
    unit = await door.welcomed()
    unit.deaf = True
    door.time.run_for(30.0)
    door.time.sleep_through(600.0)
    assert door.endings == []
    door.time.run_for(14.0)
    assert door.endings == []
    door.time.run_for(1.0)
    assert door.endings == [(CloseCode.SILENT, "ping_unanswered")]


async def test_when_many_fall_silent_together_none_of_them_is_blamed() -> None:
    door = Door()
    units = [await door.welcomed(number) for number in range(1, 13)]
    for unit in units:
        unit.deaf = True
    door.time.run_for(46.0)
    assert {code for code, _ in door.endings} == {CloseCode.HOST_UNHEARD}
    assert len(door.endings) == 12


async def test_a_unit_that_falls_silent_alone_later_is_blamed_again() -> None:
    door = Door()
    for number in range(1, 13):
        (await door.welcomed(number)).deaf = True
    door.time.run_for(46.0)
    lonely = await door.welcomed(20)
    pass_time(door, 60.0, lonely)
    lonely.deaf = True
    door.time.run_for(81.0)
    assert door.endings[-1] == (CloseCode.SILENT, "ping_unanswered")


async def test_a_fault_at_a_deadline_ends_only_the_session_it_happened_in() -> None:
    door = Door(reconcile_every_s=20.0)
    unit, other = await door.welcomed(1), await door.welcomed(2)
    unit.connection._wire = Unpingable(unit.connection._wire)  # type: ignore[assignment]  # fails in one verb only
    pass_time(door, 36.0, unit, other)
    assert door.endings == [(CloseCode.HOST_FAULT, "host_fault")]
    assert len(door.shared.registry) == 1
    assert door.faults == []


# -- slow readers -----------------------------------------------------------------------------------------------


async def stalled(door: Door) -> MemoryUnit:
    """A unit in session that takes no byte of a large offer."""
    unit = await door.welcomed()
    unit.transport.give_room(0)
    door.desk.offers[1].append(BIG)
    door.shared.registry.nudge([1])
    await unit.rest()
    assert unit.transport.get_write_buffer_size() > 100_000
    return unit


async def test_a_unit_that_takes_no_byte_for_fifteen_seconds_is_cut_as_slow() -> None:
    door = Door()
    unit = await stalled(door)
    door.time.run_for(14.75)
    assert door.endings == []
    door.time.run_for(0.5)
    assert door.endings == [(CloseCode.SLOW, "write_stalled")]
    assert unit.transport.aborted


async def test_a_unit_that_takes_a_byte_now_and_then_is_not_slow() -> None:
    door = Door()
    unit = await stalled(door)
    for _ in range(20):
        door.time.run_for(14.0)
        unit.transport.give_room(1)
    assert door.endings == []
    unit.transport.give_room(None)
    await unit.rest()
    assert len(unit.frames) == 2  # the welcome and the offer


async def test_nothing_is_read_from_a_unit_that_takes_nothing() -> None:
    door = Door()
    unit = await stalled(door)
    assert not unit.transport.reading
    unit.transport.give_room(None)
    assert unit.transport.reading


async def test_silence_says_nothing_while_we_do_not_listen() -> None:
    door = Door()
    unit = await stalled(door)
    for _ in range(5):
        door.time.run_for(10.0)
        unit.transport.give_room(1)
    assert (door.endings, door.shared.unheard) == ([], 0)
    unit.transport.give_room(None)
    door.time.run_for(34.0)
    assert (door.endings, door.shared.unheard) == ([], 0)


async def test_what_waits_for_a_slow_unit_is_bounded_in_messages() -> None:
    door = Door(queue_messages=2)
    unit = await stalled(door)
    for _ in range(2):
        unit.connection.send(b"{}")
    assert door.endings == []
    unit.connection.send(b"{}")
    assert door.endings == [(CloseCode.SLOW, "outgoing_queue_full")]
    assert unit.transport.aborted


async def test_what_waits_for_a_slow_unit_is_bounded_in_bytes() -> None:
    door = Door(queue_bytes=100)
    unit = await stalled(door)
    unit.connection.send(b"{" + b" " * 98 + b"}")
    assert door.endings == []
    unit.connection.send(b" ")
    assert door.endings == [(CloseCode.SLOW, "outgoing_queue_full")]


async def test_answers_that_waited_come_in_order_when_the_unit_takes_bytes_again() -> None:
    door = Door()
    unit = await door.welcomed()
    door.desk.hold.add("take_event")
    await unit.say(Event(sequence=1, sub_type="link_up"))
    unit.transport.give_room(0)
    door.desk.offers[1].append(BIG)
    door.shared.registry.nudge([1])
    await unit.rest()
    door.desk.held[0].set_result(None)
    await unit.rest()
    unit.transport.give_room(None)
    await unit.rest()
    assert [frame.get("method", "answer") for frame in unit.frames] == ["answer", "config.offer", "answer"]


async def test_an_ending_takes_along_what_had_waited() -> None:
    door = Door()
    unit = await stalled(door)
    unit.connection.send(b'{"jsonrpc":"2.0","method":"report.request","params":{}}')
    assert unit.connection.session is not None
    unit.connection.session.leave(CloseCode.UNBOUND, "unbound")
    unit.transport.give_room(None)
    unit.settle()
    assert [frame["method"] for frame in unit.frames[1:]] == ["config.offer", "report.request", "goodbye"]
    assert unit.closed_with == CloseCode.UNBOUND


# -- the ways out -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "ending"),
    [
        (1000, (CloseCode.DONE, "closed_by_unit")),
        (1001, (CloseCode.DONE, "closed_by_unit")),
        (3999, (LOST, "closed_by_unit_3999")),
    ],
)
async def test_a_close_without_a_goodbye_is_named_by_its_code(code: int, ending: tuple[CloseCode, str]) -> None:
    door = Door()
    unit = await door.welcomed()
    unit.wire.close(code, "bye")
    unit.settle()
    assert door.endings == [ending]
    assert [event.code for event in unit.events if isinstance(event, Ended)] == [code]


async def test_a_half_closed_connection_is_over_in_both_directions() -> None:
    door = Door()
    unit = await door.welcomed()
    unit.connection.eof_received()
    assert door.endings == [(LOST, "no_close_frame")]
    assert len(door.shared.registry) == 0


async def test_a_reset_is_told_from_an_end() -> None:
    door = Door()
    unit = await door.welcomed()
    unit.transport.reset()
    assert door.endings == [(LOST, "connection_reset")]
    assert (door.admission.sessions, len(door.shared.connections), len(door.wheel)) == (0, 0, 0)


async def test_a_unit_that_does_not_answer_a_close_is_cut_after_a_while() -> None:
    door = Door()
    unit = await door.welcomed()
    unit.deaf = True
    door.shared.registry.end(1, 9, CloseCode.UNBOUND)
    assert door.endings == [(CloseCode.UNBOUND, "unbound")]
    door.time.run_for(2.75)
    assert not unit.transport.closed
    door.time.run_for(0.5)
    assert unit.transport.aborted
    assert door.admission.sessions == 0


async def test_a_frame_too_large_ends_the_session_by_that_name() -> None:
    door = Door()
    unit = await door.welcomed()
    unit.connection.data_received(raw(unit, b"\x81\xff" + (300_000).to_bytes(8, "big") + bytes(4)))
    unit.settle()
    assert door.endings == [(CloseCode.TOO_LARGE, "frame_too_large")]
    assert unit.closed_with == CloseCode.TOO_LARGE


async def test_a_message_in_a_thousand_fragments_ends_the_session_by_that_name() -> None:
    door = Door()
    unit = await door.welcomed()
    unit.connection.data_received(raw(unit, b"\x01\x80" + bytes(4) + (b"\x00\x81" + bytes(4) + b" ") * 1000))
    unit.settle()
    assert door.endings == [(CloseCode.TOO_LARGE, "too_many_fragments")]


async def test_a_binary_message_ends_the_session_by_that_name() -> None:
    door = Door()
    unit = await door.welcomed()
    unit.connection.data_received(raw(unit, b"\x82\x81" + bytes(4) + b" "))
    assert door.endings == [(CloseCode.NOT_TEXT, "not_text")]


async def test_frames_that_come_after_the_end_in_one_delivery_are_dropped() -> None:
    door = Door()
    unit = await door.welcomed()
    unit.wire.send_text(b"{not json")
    unit.wire.send_text(unit.engine.say(Report(uptime_s=1)))
    unit.settle()
    assert door.desk.reports == 0
    assert door.endings == [(CloseCode.PROTOCOL_ERROR, "not_json")]


async def test_one_delivery_of_many_frames_is_answered_with_one_write() -> None:
    door = Door()
    unit = await door.welcomed()
    writes = unit.transport.writes
    for _ in range(10):
        unit.wire.send_text(b'{"jsonrpc":"2.0","id":1,"method":"reboot"}')
    unit.settle()
    assert len(unit.refusals) == 10
    assert unit.transport.writes == writes + 1


class Unpingable:
    """A wire that cannot ping."""

    def __init__(self, wire: HostWire) -> None:
        self.wire = wire

    def ping(self) -> None:
        raise RuntimeError("ping")

    def __getattr__(self, name: str) -> object:
        return getattr(self.wire, name)


def raw(unit: MemoryUnit, plaintext: bytes) -> bytes:
    """The ciphertext of bytes that are no lawful WebSocket."""
    unit.wire._tls.send(plaintext)
    return unit.wire._tls.outgoing()


@pytest.mark.parametrize(("code", "within_s"), [(CloseCode.REVOKED, 1.0), (CloseCode.UNBOUND, 3.5)])
async def test_a_unit_that_does_not_agree_to_its_end_keeps_its_socket_only_so_long(
    code: CloseCode, within_s: float
) -> None:
    door = Door()
    unit = await door.welcomed()
    unit.deaf = True
    door.shared.registry.end(1, below_epoch=2, code=code)
    assert door.endings == [(code, code.name.lower())]
    assert not unit.transport.closed
    door.time.run_for(within_s)
    assert unit.transport.aborted
