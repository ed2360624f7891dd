"""The part of MQTT 3.1.1 that the load needs, without I/O: packets to bytes, bytes to packets.

CONNECT (no will, no password), SUBSCRIBE to one topic, PUBLISH at QoS 0 and 1, their answers, and PING. Section numbers
are those of the OASIS standard.
"""

from collections.abc import Callable
from typing import NamedTuple

QOS_MAX = 1
_CONTINUE = 0x80
_FIRST = tuple(bytes((first,)) for first in range(256))


class MqttError(ValueError):
    """The bytes are not a packet of MQTT 3.1.1, or one that this codec does not speak."""


class Connect(NamedTuple):
    """§3.1, always with a clean session."""

    client_id: str
    keep_alive_s: int


class ConnAck(NamedTuple):
    """§3.2; code 0 is accepted."""

    code: int
    session_present: bool = False


class Subscribe(NamedTuple):
    """§3.8, one topic filter."""

    packet_id: int
    topic: str
    qos: int


class SubAck(NamedTuple):
    """§3.9; code 0x80 is refused, otherwise the QoS granted."""

    packet_id: int
    code: int


class Publish(NamedTuple):
    """§3.3; a packet_id is there at QoS 1 alone."""

    topic: str
    payload: bytes
    qos: int = 0
    packet_id: int | None = None


class PubAck(NamedTuple):
    """§3.4."""

    packet_id: int


class PingReq(NamedTuple):
    """§3.12."""


class PingResp(NamedTuple):
    """§3.13."""


class Disconnect(NamedTuple):
    """§3.14."""


Packet = Connect | ConnAck | Subscribe | SubAck | Publish | PubAck | PingReq | PingResp | Disconnect


def encode(packet: Packet) -> bytes:
    """The bytes of a packet; `MqttError` if its values have no place on the wire."""
    first, body = _ENCODERS[type(packet)](packet)
    return _FIRST[first] + _length(len(body)) + body


class Decoder:
    """Bytes in, whole packets out; keeps at most one unfinished packet."""

    __slots__ = ("_rest",)

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> list[Packet]:
        """The packets that `data` completes, in order; `MqttError` if the peer does not speak our MQTT."""
        buffer = self._rest + data if self._rest else data
        packets: list[Packet] = []
        at = 0
        while (frame := _frame(buffer, at)) is not None:
            start, end = frame
            packets.append(_decode(buffer[at], buffer[start:end]))
            at = end
        self._rest = buffer[at:]
        return packets


def _frame(buffer: bytes, at: int) -> tuple[int, int] | None:
    """Where the body of the packet at `at` starts and ends, or None if it is not all there (§2.2.3)."""
    length = 0
    for digit in range(4):
        index = at + 1 + digit
        if index >= len(buffer):
            return None
        length |= (buffer[index] & ~_CONTINUE) << 7 * digit
        if not buffer[index] & _CONTINUE:
            return (index + 1, index + 1 + length) if index + 1 + length <= len(buffer) else None
    raise MqttError("a remaining length of more than four bytes")


def _length(number: int) -> bytes:
    if number < _CONTINUE:
        return bytes((number,))
    digits = bytearray()
    while True:
        number, digit = divmod(number, 128)
        digits.append(digit | _CONTINUE if number else digit)
        if not number:
            break
    if len(digits) > 4:
        raise MqttError("a packet of more than 256 MiB")
    return bytes(digits)


def _text(text: str) -> bytes:
    raw = text.encode()
    if len(raw) > 0xFFFF:
        raise MqttError("a text of more than 65,535 bytes")
    return _number(len(raw)) + raw


def _number(number: int) -> bytes:
    return number.to_bytes(2, "big")


def _encode_connect(packet: Connect) -> tuple[int, bytes]:
    level, clean_session = 4, 2
    return 0x10, _text("MQTT") + bytes((level, clean_session)) + _number(packet.keep_alive_s) + _text(packet.client_id)


def _encode_publish(packet: Publish) -> tuple[int, bytes]:
    if not 0 <= packet.qos <= QOS_MAX or (packet.packet_id is not None) != bool(packet.qos):
        raise MqttError("a packet id goes with QoS 1, none with QoS 0, and there is no other")
    number = b"" if packet.packet_id is None else _number(packet.packet_id)
    return 0x30 | packet.qos << 1, _text(packet.topic) + number + packet.payload


_ENCODERS: dict[type, Callable[..., tuple[int, bytes]]] = {
    Connect: _encode_connect,
    ConnAck: lambda packet: (0x20, bytes((packet.session_present, packet.code))),
    Publish: _encode_publish,
    PubAck: lambda packet: (0x40, _number(packet.packet_id)),
    Subscribe: lambda packet: (0x82, _number(packet.packet_id) + _text(packet.topic) + bytes((packet.qos,))),
    SubAck: lambda packet: (0x90, _number(packet.packet_id) + bytes((packet.code,))),
    PingReq: lambda _: (0xC0, b""),
    PingResp: lambda _: (0xD0, b""),
    Disconnect: lambda _: (0xE0, b""),
}


def _decode(first: int, body: bytes) -> Packet:
    decoder = _DECODERS.get(first & 0xF0)
    if decoder is None:
        raise MqttError(f"packet type {first >> 4} is not spoken here")
    try:
        return decoder(first, body)
    except (IndexError, UnicodeDecodeError) as error:
        raise MqttError(f"a malformed packet of type {first >> 4}") from error


def _take_number(body: bytes, at: int) -> int:
    return body[at] << 8 | body[at + 1]


def _take_text(body: bytes, at: int) -> tuple[str, int]:
    end = at + 2 + _take_number(body, at)
    if end > len(body):
        raise IndexError("a text longer than its packet")
    return body[at + 2 : end].decode(), end


def _decode_connect(_: int, body: bytes) -> Packet:
    name, at = _take_text(body, 0)
    if name != "MQTT" or body[at] != 4 or body[at + 1] != 2:
        raise MqttError("only MQTT 3.1.1 with a clean session, no will and no password is spoken here")
    client_id, _end = _take_text(body, at + 4)
    return Connect(client_id, _take_number(body, at + 2))


def _decode_publish(first: int, body: bytes) -> Packet:
    topic, at = _take_text(body, 0)
    qos = first >> 1 & 3
    if qos == 0:
        return Publish(topic, body[at:])
    if qos > QOS_MAX:
        raise MqttError(f"QoS {qos} is not spoken here")
    return Publish(topic, body[at + 2 :], qos, _take_number(body, at))


def _decode_subscribe(_: int, body: bytes) -> Packet:
    topic, at = _take_text(body, 2)
    return Subscribe(_take_number(body, 0), topic, body[at])


_DECODERS: dict[int, Callable[[int, bytes], Packet]] = {
    0x10: _decode_connect,
    0x20: lambda _, body: ConnAck(body[1], bool(body[0])),
    0x30: _decode_publish,
    0x40: lambda _, body: PubAck(_take_number(body, 0)),
    0x80: _decode_subscribe,
    0x90: lambda _, body: SubAck(_take_number(body, 0), body[2]),
    0xC0: lambda _, body: PingReq(),
    0xD0: lambda _, body: PingResp(),
    0xE0: lambda _, body: Disconnect(),
}
