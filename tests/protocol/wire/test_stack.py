"""TLS and WebSocket in one object, at both ends."""

import ssl
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from websockets.frames import Frame, Opcode

from protocol.wire.events import (
    Ended,
    Event,
    Handshaken,
    LocalError,
    Opened,
    Ping,
    Pong,
    Refused,
    Text,
    TlsEnded,
    TlsReason,
    Upgrade,
)
from protocol.wire.stack import HostWire, UnitWire
from protocol.wire.tls import TlsLayer
from tests.builders.certificates import ours, theirs
from tests.builders.wires import BOTH_VERSIONS, Joined, byte_by_byte, host_context, unit_context, whole

HOST = host_context()
UNIT = unit_context(ours().unit("D-0001"))
Cut = Callable[[bytes], list[bytes]]
CUTS = pytest.mark.parametrize("cut", [whole, byte_by_byte])


def kinds(events: list[Event]) -> list[type]:
    return [type(event) for event in events]


@CUTS
@pytest.mark.parametrize("version", BOTH_VERSIONS)
def test_a_session_opens_speaks_and_closes(version: ssl.TLSVersion, cut: Cut) -> None:
    joined = Joined(host_context(version=version), UNIT, cut=cut)
    joined.unit.send_text(b"hello")
    joined.host.ping(b"?")
    joined.settle()
    joined.host.send_text(b"welcome")
    joined.host.close(1012, "drain")
    joined.settle()
    assert kinds(joined.host_events) == [Handshaken, Upgrade, Text, Pong, Ended]
    assert kinds(joined.unit_events) == [Handshaken, Opened, Ping, Text, Ended]
    assert joined.host_events[-1] == Ended(code=1012, reason="drain", by_peer=False)
    assert joined.unit_events[-1] == Ended(code=1012, reason="drain", by_peer=True)
    assert joined.host.over
    assert joined.unit.over


def test_the_host_learns_who_came_and_how() -> None:
    handshaken = Joined(HOST, UNIT).host_events[0]
    assert isinstance(handshaken, Handshaken)
    assert handshaken.version == "TLSv1.3"
    assert not handshaken.resumed
    assert handshaken.certificate is not None


def test_what_a_unit_says_and_its_close_may_come_in_one_delivery() -> None:
    joined = Joined(HOST, UNIT)
    for payload in (b"one", b"two"):
        joined.unit.send_text(payload)
    joined.unit.close(1000, "done")
    events = joined.host.receive(joined.unit.outgoing())
    assert events == [Text(payload=b"one"), Text(payload=b"two"), Ended(code=1000, reason="done", by_peer=True)]


@pytest.mark.parametrize("version", BOTH_VERSIONS)
def test_a_foreign_unit_is_told_so_by_tls(version: ssl.TLSVersion) -> None:
    joined = Joined(host_context(version=version), unit_context(theirs().unit()))
    host_end, unit_end = joined.host_events[-1], joined.unit_events[-1]
    assert isinstance(host_end, TlsEnded)
    assert isinstance(unit_end, TlsEnded)
    assert host_end.reason is TlsReason.FOREIGN_CERTIFICATE
    assert (unit_end.reason, unit_end.alert) == (TlsReason.ALERT, "unknown_ca")
    assert joined.host.over
    assert joined.unit.over
    assert joined.host.receive_eof() == joined.unit.receive_eof() == []


def test_a_unit_without_a_certificate_is_told_so_by_tls() -> None:
    joined = Joined(HOST, unit_context(None))
    assert [type(event) for event in joined.host_events] == [TlsEnded]
    ended = joined.unit_events[-1]
    assert isinstance(ended, TlsEnded)
    assert ended.alert == "certificate_required"


def test_an_expired_unit_gets_as_far_as_being_told_so_by_name() -> None:
    joined = Joined(HOST, unit_context(ours().expired_unit()), accepts=False)
    assert kinds(joined.host_events) == [Handshaken, Upgrade]
    joined.host.refuse(status=403, code="certificate_expired")
    joined.settle()
    refused = joined.unit_events[-1]
    assert isinstance(refused, Refused)
    assert refused.code == "certificate_expired"
    assert joined.host.over
    assert joined.unit.over


def test_a_refused_units_stream_ends_with_a_close_notify() -> None:
    joined = Joined(HOST, UNIT, accepts=False)
    joined.host.refuse(status=503, code="busy", retry_after=30)
    layer = joined.unit._tls
    assert b"busy" in layer.receive(joined.host.outgoing())
    assert layer.ended


def test_the_last_close_frame_is_followed_by_a_close_notify() -> None:
    joined = Joined(HOST, UNIT)
    joined.unit.close(1000)
    joined.host.receive(joined.unit.outgoing())
    layer = joined.unit._tls
    assert layer.receive(joined.host.outgoing())[:2] == b"\x88\x02"
    assert layer.ended


def test_a_violation_reaches_the_unit_through_tls() -> None:
    joined = Joined(HOST, UNIT)
    joined.unit._tls.send(Frame(Opcode.BINARY, b"\x00").serialize(mask=True))
    (ended,) = joined.host.receive(joined.unit._tls.outgoing())
    assert ended == Ended(code=1003, reason="not_text", by_peer=False)
    assert joined.unit.receive(joined.host.outgoing()) == [Ended(code=1003, reason="not_text", by_peer=True)]


def test_a_tls_close_without_a_close_frame_is_an_ending_of_its_own() -> None:
    joined = Joined(HOST, UNIT)
    joined.unit.send_text(b"last words")
    last_words = joined.unit.outgoing()
    joined.unit._tls.close()
    events = joined.host.receive(last_words + joined.unit._tls.outgoing())
    assert events == [Text(payload=b"last words"), Ended(code=1006, reason="no_close_frame", by_peer=True)]


def test_a_tampered_record_ends_both_but_loses_nothing_that_came_before_it() -> None:
    joined = Joined(HOST, UNIT)
    joined.unit.send_text(b"sound")
    sound = joined.unit.outgoing()
    joined.unit.send_text(b"tampered")
    joined.host.send_text(b"what can no longer be sent")
    events = joined.host.receive(sound + joined.unit.outgoing()[:-1] + b"!")
    assert kinds(events) == [Text, TlsEnded]
    (ended,) = joined.unit.receive(joined.host.outgoing())
    assert isinstance(ended, TlsEnded)
    assert ended.alert == "bad_record_mac"


@pytest.mark.parametrize("stage", range(4))
def test_a_stream_that_ends_anywhere_is_told_once(stage: int) -> None:
    host, unit = HostWire(HOST), UnitWire(UNIT, "localhost", 8443)
    unit.start()
    for _ in range(stage):
        if any(isinstance(event, Upgrade) for event in host.receive(unit.outgoing())):
            host.accept()
        unit.receive(host.outgoing())
    for wire in (host, unit):
        (ended,) = wire.receive_eof()
        assert isinstance(ended, Ended | TlsEnded)
        assert wire.receive_eof() == wire.receive(b"late") == []


def test_the_client_hello_and_the_handshake_are_told_apart() -> None:
    host, unit = HostWire(HOST), UnitWire(UNIT, "localhost", 8443)
    unit.start()
    seen = [host.client_hello_seen]
    host.receive(unit.outgoing())
    seen += [host.client_hello_seen, host.handshaken]
    unit.receive(host.outgoing())
    host.receive(unit.outgoing())
    assert [*seen, host.handshaken, host.open] == [False, True, False, True, False]


def test_nothing_can_be_asked_of_a_wire_before_tls_stands() -> None:
    host = HostWire(HOST)
    verbs: list[Callable[[], None]] = [
        host.accept,
        host.ping,
        lambda: host.send_text(b"x"),
        lambda: host.close(1000),
        lambda: host.refuse(status=503, code="busy"),
    ]
    for verb in verbs:
        with pytest.raises(LocalError):
            verb()


def test_a_large_message_crosses_both_layers_both_ways() -> None:
    joined = Joined(HOST, UNIT)
    payload = b"x" * 256 * 1024
    joined.unit.send_text(payload)
    joined.host.send_text(payload)
    joined.settle()
    assert joined.host_events[-1] == joined.unit_events[-1] == Text(payload=payload)


def check_told(wire: HostWire, events: list[Event]) -> None:
    """At most one last event, nothing after it, and bytes that can be handed over whatever happened."""
    last = [event for event in events if isinstance(event, Ended | TlsEnded)]
    assert len(last) <= 1
    assert wire.over is bool(last)
    assert events[-1:] == last or not last
    assert isinstance(wire.outgoing(), bytes)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.binary(max_size=2000), max_size=5))
def test_random_bytes_on_the_stream_raise_nothing(pieces: list[bytes]) -> None:
    wire = HostWire(HOST)
    check_told(wire, [event for piece in pieces for event in wire.receive(piece)])


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 3), st.integers(0, 4000), st.integers(0, 255), st.binary(max_size=8))
def test_a_conversation_damaged_anywhere_raises_nothing(flight: int, at: int, change: int, more: bytes) -> None:
    host, unit = HostWire(HOST), UnitWire(UNIT, "localhost", 8443)
    unit.start()
    told: list[Event] = []
    for step in range(4):
        data = bytearray(unit.outgoing())
        if step == flight and data:
            data[at % len(data)] ^= change
            data += more
        events = host.receive(bytes(data))
        told += events
        if any(isinstance(event, Upgrade) for event in events) and not host.over:
            host.accept()
        unit.receive(host.outgoing())
        if unit.open:
            unit.send_text(b"report")
    check_told(host, told)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.binary(max_size=600), max_size=4), st.booleans())
def test_random_bytes_inside_of_tls_raise_nothing(pieces: list[bytes], opened: bool) -> None:
    joined = Joined(HOST, UNIT, accepts=opened)
    unit: TlsLayer = joined.unit._tls
    told: list[Event] = []
    for piece in pieces:
        unit.send(piece)
        told += joined.host.receive(unit.outgoing())
    check_told(joined.host, told)


frames = st.builds(
    Frame,
    opcode=st.sampled_from(list(Opcode)),
    data=st.one_of(st.binary(max_size=130), st.text(max_size=40).map(str.encode)),
    fin=st.booleans(),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(frames, max_size=6), st.lists(st.integers(1, 200), max_size=12))
def test_frames_mean_the_same_however_they_are_cut(sent: list[Frame], cuts: list[int]) -> None:
    mask = b"\x01\x02\x03\x04"
    stream = b"".join(serialize_unchecked(frame, mask) for frame in sent)
    at_once, in_pieces = Joined(HOST, UNIT), Joined(HOST, UNIT)
    told = [deliver(at_once, [stream]), deliver(in_pieces, cut_at(stream, cuts))]
    assert told[0] == told[1]


def deliver(joined: Joined, pieces: list[bytes]) -> list[Event]:
    layer = joined.unit._tls
    told: list[Event] = []
    for piece in pieces:
        layer.send(piece)
        told += joined.host.receive(layer.outgoing())
    return told


def cut_at(stream: bytes, sizes: list[int]) -> list[bytes]:
    pieces, at = [], 0
    for size in sizes:
        pieces.append(stream[at : at + size])
        at += size
    return [*pieces, stream[at:]]


def serialize_unchecked(frame: Frame, mask: bytes) -> bytes:
    """A masked frame as it stands, broken rules and all."""
    data = bytes(frame.data)
    size = bytes([0x80 | len(data)]) if len(data) < 126 else b"\xfe" + len(data).to_bytes(2, "big")
    masked = bytes(byte ^ mask[at % 4] for at, byte in enumerate(data))
    return bytes([frame.opcode | (0x80 if frame.fin else 0)]) + size + mask + masked
