"""An open WebSocket: messages, fragments, control frames, closes, and what breaks the rules. Both ends, without TLS."""

import gc
from collections.abc import Callable

import pytest
from websockets.frames import Close, Frame, Opcode
from websockets.protocol import Protocol
from websockets.streams import StreamReader

from protocol.version import MAX_FRAGMENTS, MAX_FRAME_BYTES
from protocol.wire.conversation import Conversation, Phase
from protocol.wire.events import Ended, Event, LocalError, Ping, Pong, Text
from protocol.wire.websocket import HostWebSocket, UnitWebSocket
from tests.builders.wires import byte_by_byte, whole

Cut = Callable[[bytes], list[bytes]]
CUTS = pytest.mark.parametrize("cut", [whole, byte_by_byte])


def opened() -> tuple[HostWebSocket, UnitWebSocket]:
    host, unit = HostWebSocket(), UnitWebSocket("localhost:8443")
    host.receive(unit.outgoing())
    host.accept()
    unit.receive(host.outgoing())
    return host, unit


def deliver(taker: Conversation, data: bytes, cut: Cut = whole) -> list[Event]:
    return [event for piece in cut(data) for event in taker.receive(piece)]


def from_unit(opcode: Opcode, data: bytes, fin: bool = True) -> bytes:
    return Frame(opcode, data, fin).serialize(mask=True)


def fragmented(parts: list[bytes], opcode: Opcode = Opcode.TEXT) -> bytes:
    """One message in as many frames as there are parts."""
    last = len(parts) - 1
    return b"".join(from_unit(Opcode.CONT if at else opcode, part, at == last) for at, part in enumerate(parts))


@CUTS
@pytest.mark.parametrize("size", [0, 1, 125, 126, 4096, 65_535, 65_536])
def test_a_message_arrives_as_it_was_sent_in_both_directions(size: int, cut: Cut) -> None:
    host, unit = opened()
    payload = bytes(97 + at % 26 for at in range(size))
    unit.send_text(payload)
    assert deliver(host, unit.outgoing(), cut) == [Text(payload=payload)]
    host.send_text(payload)
    assert deliver(unit, host.outgoing(), cut) == [Text(payload=payload)]


def test_the_largest_message_passes_and_one_byte_more_is_too_large() -> None:
    host, unit = opened()
    payload = b"x" * MAX_FRAME_BYTES
    unit.send_text(payload)
    assert deliver(host, unit.outgoing()) == [Text(payload=payload)]
    (ended,) = deliver(host, from_unit(Opcode.TEXT, payload + b"x"))
    assert isinstance(ended, Ended)
    assert (ended.code, ended.reason, ended.by_peer) == (1009, "frame_too_large", False)


def test_a_message_announced_as_enormous_is_refused_before_it_is_sent() -> None:
    host, _ = opened()
    (ended,) = deliver(host, b"\x81\xff" + (1 << 40).to_bytes(8, "big"))
    assert isinstance(ended, Ended)
    assert ended.reason == "frame_too_large"


def test_sending_more_than_a_frame_may_hold_is_a_mistake_of_the_owner() -> None:
    host, _ = opened()
    with pytest.raises(LocalError):
        host.send_text(b"x" * (MAX_FRAME_BYTES + 1))


@CUTS
def test_several_messages_keep_their_order_whatever_stands_between_them(cut: Cut) -> None:
    host, _ = opened()
    stream = (
        from_unit(Opcode.TEXT, b"one")
        + from_unit(Opcode.TEXT, "二".encode())
        + from_unit(Opcode.PING, b"?")
        + from_unit(Opcode.TEXT, b"three")
        + fragmented([b"fo", b"", b"ur"])
        + from_unit(Opcode.PONG, b"!")
        + from_unit(Opcode.TEXT, b"five")
    )
    assert deliver(host, stream, cut) == [
        Text(payload=b"one"),
        Text(payload="二".encode()),
        Ping(payload=b"?"),
        Text(payload=b"three"),
        Text(payload=b"four"),
        Pong(payload=b"!"),
        Text(payload=b"five"),
    ]


@CUTS
def test_control_frames_may_stand_between_fragments(cut: Cut) -> None:
    host, unit = opened()
    stream = (
        from_unit(Opcode.TEXT, b"he", fin=False)
        + from_unit(Opcode.PING, b"x")
        + from_unit(Opcode.CONT, b"llo", fin=True)
    )
    assert deliver(host, stream, cut) == [Ping(payload=b"x"), Text(payload=b"hello")]
    assert deliver(unit, host.outgoing()) == [Pong(payload=b"x")]


@CUTS
def test_as_many_fragments_as_allowed_pass_and_one_more_does_not(cut: Cut) -> None:
    host, _ = opened()
    assert deliver(host, fragmented([b"x"] * MAX_FRAGMENTS), cut) == [Text(payload=b"x" * MAX_FRAGMENTS)]
    (ended,) = deliver(host, fragmented([b"x"] * (MAX_FRAGMENTS + 1)), cut)
    assert isinstance(ended, Ended)
    assert (ended.code, ended.reason) == (1009, "too_many_fragments")


def test_fragments_that_add_up_to_too_much_are_too_large() -> None:
    host, _ = opened()
    half = b"x" * (MAX_FRAME_BYTES // 2)
    (ended,) = deliver(host, fragmented([half, half, b"x"]))
    assert isinstance(ended, Ended)
    assert ended.reason == "frame_too_large"


def test_a_character_cut_by_a_fragment_is_whole_again() -> None:
    host, _ = opened()
    sign = "号".encode()
    assert deliver(host, fragmented([sign[:1], sign[1:]])) == [Text(payload=sign)]


VIOLATIONS = {
    "binary": (from_unit(Opcode.BINARY, b"\x00"), 1003, "not_text"),
    "fragmented binary": (fragmented([b"a", b"b"], Opcode.BINARY), 1003, "not_text"),
    "not UTF-8": (from_unit(Opcode.TEXT, b"\xff\xfe"), 1007, "not_utf8"),
    "not UTF-8 in fragments": (fragmented([b"ok", b"\xc3"]), 1007, "not_utf8"),
    "unmasked": (Frame(Opcode.TEXT, b"plain").serialize(mask=False), 1002, "protocol_violation"),
    "reserved bit": (b"\xc1" + from_unit(Opcode.TEXT, b"x")[1:], 1002, "protocol_violation"),
    "unknown opcode": (b"\x83\x80\x00\x00\x00\x00", 1002, "protocol_violation"),
    "continuation of nothing": (from_unit(Opcode.CONT, b"x"), 1002, "protocol_violation"),
    "text within text": (
        from_unit(Opcode.TEXT, b"a", fin=False) + from_unit(Opcode.TEXT, b"b"),
        1002,
        "protocol_violation",
    ),
    "long ping": (b"\x89\xfe\x00\x7e" + bytes(4) + bytes(126), 1002, "protocol_violation"),
    "close code that none may send": (from_unit(Opcode.CLOSE, b"\x03\xee"), 1002, "protocol_violation"),
    "close within a message": (
        from_unit(Opcode.TEXT, b"a", fin=False) + from_unit(Opcode.CLOSE, b"\x03\xe8"),
        1002,
        "protocol_violation",
    ),
}


@CUTS
@pytest.mark.parametrize(("stream", "code", "reason"), VIOLATIONS.values(), ids=VIOLATIONS)
def test_a_violation_is_named_at_both_ends_and_nothing_after_it_counts(
    stream: bytes, code: int, reason: str, cut: Cut
) -> None:
    host, unit = opened()
    stream = from_unit(Opcode.TEXT, b"before") + stream + from_unit(Opcode.TEXT, b"after")
    before, ended = deliver(host, stream, cut)
    assert before == Text(payload=b"before")
    assert isinstance(ended, Ended)
    assert (ended.code, ended.reason, ended.by_peer) == (code, reason, False)
    assert host.phase is Phase.OVER
    assert deliver(host, from_unit(Opcode.TEXT, b"later"), cut) == []
    assert deliver(unit, host.outgoing()) == [Ended(code=code, reason=reason, by_peer=True)]


def test_the_unit_names_the_hosts_violations_too() -> None:
    host, unit = opened()
    ended = deliver(unit, from_unit(Opcode.TEXT, b"masked"))
    assert ended == [Ended(code=1002, reason="protocol_violation", by_peer=False, detail="incorrect masking")]
    assert deliver(host, unit.outgoing()) == [Ended(code=1002, reason="protocol_violation", by_peer=True)]


@pytest.mark.parametrize("closer", ["host", "unit"])
def test_a_close_is_agreed_on_and_told_once_at_each_end(closer: str) -> None:
    host, unit = opened()
    first, second = (host, unit) if closer == "host" else (unit, host)
    first.close(4001, "taken_over")
    first.close(1000, "a second close changes nothing")
    assert first.phase is Phase.CLOSING
    assert deliver(second, first.outgoing()) == [Ended(code=4001, reason="taken_over", by_peer=True)]
    assert deliver(first, second.outgoing()) == [Ended(code=4001, reason="taken_over", by_peer=False)]
    assert first.receive_eof() == second.receive_eof() == []
    assert first.outgoing() == b""


def test_a_close_without_a_code_is_told_as_1005() -> None:
    host, _ = opened()
    assert deliver(host, from_unit(Opcode.CLOSE, b"")) == [Ended(code=1005, reason="", by_peer=True)]


def test_what_crosses_our_close_is_still_told() -> None:
    host, unit = opened()
    host.close(1012, "drain")
    unit.send_text(b"crossing")
    unit.ping(b"x")
    crossing = unit.outgoing()
    assert deliver(host, crossing) == [Text(payload=b"crossing"), Ping(payload=b"x")]


def test_both_closing_at_once_end_alike() -> None:
    host, unit = opened()
    host.close(1012, "drain")
    unit.close(1001, "going")
    from_host, to_host = host.outgoing(), unit.outgoing()
    assert deliver(host, to_host) == [Ended(code=1001, reason="going", by_peer=False)]
    assert deliver(unit, from_host) == [Ended(code=1012, reason="drain", by_peer=False)]


def test_a_stream_that_ends_without_a_close_is_told_so() -> None:
    host, _ = opened()
    assert host.receive_eof() == [Ended(code=1006, reason="no_close_frame", by_peer=True)]
    assert host.receive_eof() == []


def test_a_ping_is_answered_by_itself_and_both_are_signs_of_life() -> None:
    host, unit = opened()
    host.ping(b"42")
    assert deliver(unit, host.outgoing()) == [Ping(payload=b"42")]
    assert deliver(host, unit.outgoing()) == [Pong(payload=b"42")]


@pytest.mark.parametrize(
    "mistake",
    [
        lambda end: end.ping(b"x" * 126),
        lambda end: end.close(1006),
        lambda end: end.close(42),
        lambda end: end.close(1000, "x" * 124),
        lambda end: (end.close(1000), end.send_text(b"late")),
        lambda end: (end.close(1000), end.ping()),
    ],
)
def test_a_mistake_of_the_owner_is_told_to_the_owner(mistake: Callable[[Conversation], object]) -> None:
    host, _ = opened()
    with pytest.raises(LocalError):
        mistake(host)


@pytest.mark.parametrize("verb", [lambda end: end.send_text(b"x"), lambda end: end.ping(), lambda end: end.close(1000)])
def test_nothing_can_be_said_before_the_opening(verb: Callable[[Conversation], object]) -> None:
    for end in (HostWebSocket(), UnitWebSocket("localhost:8443")):
        with pytest.raises(LocalError):
            verb(end)


def test_a_conversation_at_rest_keeps_no_parser() -> None:
    host, unit = opened()
    unit.send_text(b"x" * 70_000)
    unit.ping()
    deliver(host, unit.outgoing() + fragmented([b"a", b"b"]), byte_by_byte)
    deliver(unit, host.outgoing(), byte_by_byte)
    assert host._parser is None
    assert unit._parser is None


def test_a_close_frame_reads_as_any_other_would_write_it() -> None:
    host, _ = opened()
    assert deliver(host, from_unit(Opcode.CLOSE, Close(4000, "r").serialize())) == [
        Ended(code=4000, reason="r", by_peer=True)
    ]


@pytest.mark.parametrize("fail", [False, True])
def test_parsers_that_were_let_go_need_no_collector(fail: bool) -> None:
    gc.collect()
    gc.disable()
    try:
        host, unit = opened()
        deliver(host, fragmented([b"a", b"b"]))
        if fail:
            deliver(host, from_unit(Opcode.BINARY, b"x"))
        else:
            host.close(1000)
            unit.receive(host.outgoing())
            host.receive(unit.outgoing())
        assert host.phase is Phase.OVER
        del host, unit
        assert not any(isinstance(one, Protocol | StreamReader) for one in gc.get_objects())
    finally:
        gc.enable()
