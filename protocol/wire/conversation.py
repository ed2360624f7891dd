"""What both ends of an open WebSocket do alike."""

from enum import Enum
from typing import Final

from websockets.exceptions import ProtocolError
from websockets.frames import Close, Frame, Opcode
from websockets.protocol import Side

from protocol.version import MAX_FRAME_BYTES
from protocol.wire.events import Ended, Ending, Event, LocalError, Pong, Text
from protocol.wire.frames import Frames, Parsing, let_go

try:
    from websockets.speedups import apply_mask
except ImportError:  # a platform for which websockets has no compiled part
    from websockets.utils import apply_mask

_WHOLE_TEXT: Final = 0x81
_PONG: Final = 0x8A
_LENGTH_IN_2: Final = 126
_MAX_CONTROL_BYTES: Final = 125


class Phase(Enum):
    """Where a conversation stands: opening, open, closed by us but not yet by the peer, over."""

    OPENING = "opening"
    OPEN = "open"
    CLOSING = "closing"
    OVER = "over"


OPENING, OPEN, CLOSING, OVER = Phase


class Conversation:
    """One end of an open WebSocket, bytes in and events out.

    websockets' parser exists only while it has something in hand: a frame in pieces, a message in fragments, a close.
    A whole text frame or pong, which is nearly all that ever comes, is read here; so a quiet session keeps no parser
    and a busy one does not pay for a generator at each frame.
    """

    __slots__ = ("_parser", "_phase", "_writes")
    _side: Side
    _mask_bit: int

    def __init__(self) -> None:
        self._parser: Parsing | None = None
        self._writes: list[bytes] | None = None
        self._phase = OPENING

    @property
    def phase(self) -> Phase:
        return self._phase

    def receive(self, data: bytes) -> list[Event]:
        """Take what the peer sent; answer what it means, in order. Never raises; after `Ended` answers nothing."""
        events: list[Event] = []
        if self._parser is None and self._phase is OPEN:
            taken = self._take_whole_frames(data, events)
            if taken == len(data):
                return events
            data = data[taken:]
        elif self._phase is OPENING:
            return self._receive_opening(data)
        elif self._phase is OVER:
            return events
        events += self._parse(data)
        return events

    def receive_eof(self) -> list[Event]:
        """The stream ended; answers `Ended` unless the conversation had ended before."""
        if self._phase is OVER:
            return []
        self._over()
        return [Ended(code=1006, reason=Ending.NO_CLOSE_FRAME.value, by_peer=True)]

    def send_text(self, payload: bytes) -> None:
        """Send one message of valid UTF-8. Raises `LocalError` if not open, or if it is larger than a frame may be."""
        if self._phase is not OPEN:
            raise LocalError(f"the conversation is {self._phase.value}")
        if len(payload) > MAX_FRAME_BYTES:
            raise LocalError(f"{len(payload)} bytes are more than a frame may hold")
        self._write(self._whole_text(payload))

    def ping(self, payload: bytes = b"") -> None:
        """Ask for a sign of life. Raises `LocalError` if not open, or for a payload above 125 bytes."""
        if self._phase is not OPEN or len(payload) > _MAX_CONTROL_BYTES:
            raise LocalError("cannot ping now, or not with so many bytes")
        # Not through the parser: there is none while a session is quiet, and no pong is matched with its ping.
        self._write(Frame(Opcode.PING, payload).serialize(mask=self._side is Side.CLIENT))

    def close(self, code: int, reason: str = "") -> None:
        """Say goodbye. What the peer still says is told until it agrees (`Ended`). Harmless when closing or over.

        Raises `LocalError` while opening, for a code that no close frame may carry, or a reason above 123 bytes.
        """
        if self._phase is OPENING:
            raise LocalError("the conversation is opening")
        if self._phase is not OPEN:
            return
        try:
            if len(Close(code, reason).serialize()) > _MAX_CONTROL_BYTES:
                raise LocalError("the reason is too long")
        except ProtocolError as error:
            raise LocalError(str(error)) from error
        parser = self._parser = self._parser or Frames(self._side)
        parser.send_close(code, reason)
        self._write(parser.take_writes())
        self._phase = CLOSING

    def outgoing(self) -> bytes:
        """Hand over, once, the bytes to send to the peer."""
        writes, self._writes = self._writes, None
        if writes is None:
            return b""
        return writes[0] if len(writes) == 1 else b"".join(writes)

    def _receive_opening(self, data: bytes) -> list[Event]:
        raise NotImplementedError

    def _whole_text(self, payload: bytes) -> bytes:
        raise NotImplementedError

    def _take_whole_frames(self, data: bytes, events: list[Event]) -> int:
        """Read the leading frames that are whole, short, final, and text or pong; answer how many bytes they took.

        Anything else, bad UTF-8 included, is left to the parser, which knows what to answer.
        """
        size = len(data)
        mask_bit = self._mask_bit
        at = 0
        while at + 2 <= size and ((first := data[at]) == _WHOLE_TEXT or first == _PONG):
            length = data[at + 1] ^ mask_bit
            head = at + 2
            if length >= _LENGTH_IN_2:
                if length != _LENGTH_IN_2 or at + 4 > size or first == _PONG:
                    break
                length = data[at + 2] << 8 | data[at + 3]
                head = at + 4
            body = head + 4 if mask_bit else head
            end = body + length
            if end > size:
                break
            payload = data[body:end]
            if mask_bit:
                payload = apply_mask(payload, data[head:body])
            if first == _PONG:
                events.append(Pong(payload=payload))
            elif payload.isascii() or _is_utf8(payload):
                events.append(Text(payload=payload))
            else:
                break
            at = end
        return at

    def _parse(self, data: bytes) -> list[Event]:
        parser = self._parser = self._parser or Frames(self._side)
        parser.receive_data(data)
        return self._settle(parser)

    def _settle(self, parser: Parsing) -> list[Event]:
        """Take over what the parser found and wrote, and let it go when it rests."""
        found = parser.take_found()
        if parser.writes:
            self._write(parser.take_writes())
        if parser.over:
            self._over()
        elif parser.at_rest():
            self._let_go()
        return found

    def _write(self, data: bytes) -> None:
        if self._writes is None:
            self._writes = [data]
        else:
            self._writes.append(data)

    def _over(self) -> None:
        self._phase = OVER
        self._let_go()

    def _let_go(self) -> None:
        if self._parser is not None:
            let_go(self._parser)
            self._parser = None


def _is_utf8(payload: bytes) -> bool:
    try:
        payload.decode()
    except UnicodeDecodeError:
        return False
    return True
