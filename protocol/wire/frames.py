"""websockets' frame parser, told our limits and our names."""

from collections.abc import Generator
from typing import Any, Final

from websockets.frames import CloseCode, Frame, Opcode
from websockets.protocol import OPEN, Protocol, Side
from websockets.streams import StreamReader

from protocol.version import MAX_FRAGMENTS, MAX_FRAME_BYTES
from protocol.wire.events import Ended, Ending, Event, Ping, Pong, Text

_NAMES: Final[dict[int, Ending]] = {
    CloseCode.PROTOCOL_ERROR: Ending.PROTOCOL_VIOLATION,
    CloseCode.INVALID_DATA: Ending.NOT_UTF8,
    CloseCode.MESSAGE_TOO_BIG: Ending.FRAME_TOO_LARGE,
    CloseCode.INTERNAL_ERROR: Ending.INTERNAL_ERROR,
    CloseCode.ABNORMAL_CLOSURE: Ending.NO_CLOSE_FRAME,
}


class _Silent:
    """Stands where websockets wants a logger. What it would say is told as events."""

    def isEnabledFor(self, level: int) -> bool:  # noqa: N802 - the name that `logging` gave it
        return False

    def debug(self, *args: object, **kwargs: object) -> None: ...

    info = error = debug


SILENT: Final[Any] = _Silent()


class _Reader(StreamReader):
    """Knows whether a frame has been begun: its head leaves the buffer before the rest has arrived."""

    within_frame = False

    def read_exact(self, n: int) -> Generator[None, None, bytearray]:
        self.within_frame = True
        return super().read_exact(n)


class Parsing(Protocol):
    """Turns websockets' frames into our events, as they are parsed: what follows a violation is never looked at.

    Mixed in before one of websockets' protocols, whose `parse`, `recv_frame` and `fail` it extends.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.found: list[Event] = []
        self.over = False
        self._message: list[bytes] = []
        super().__init__(*args, max_size=MAX_FRAME_BYTES, logger=SILENT, **kwargs)

    def parse(self) -> Generator[None]:
        self.reader = self._reader = _Reader()
        return super().parse()

    def at_rest(self) -> bool:
        """Nothing is half received, unsent or closing: the object may be thrown away and made anew later."""
        reader = self._reader
        half_received = reader.within_frame or reader.buffer or self.current_size is not None
        return self.state is OPEN and not half_received and not self.writes

    def take_found(self) -> list[Event]:
        found, self.found = self.found, []
        self.events.clear()
        return found

    def take_writes(self) -> bytes:
        return b"".join(self.data_to_send())

    def recv_frame(self, frame: Frame) -> None:
        self._reader.within_frame = False
        super().recv_frame(frame)
        opcode = frame.opcode
        if opcode is Opcode.TEXT or opcode is Opcode.CONT:
            self._take_fragment(frame)
        elif opcode is Opcode.BINARY:
            self.fail(CloseCode.UNSUPPORTED_DATA, Ending.NOT_TEXT)
        elif opcode is Opcode.PING:
            self.found.append(Ping(payload=bytes(frame.data)))
        elif opcode is Opcode.PONG:
            self.found.append(Pong(payload=bytes(frame.data)))
        else:
            self._take_close()

    def fail(self, code: int, reason: str = "") -> None:
        name = reason if isinstance(reason, Ending) else _NAMES.get(code, reason)
        super().fail(code, name)
        if not self.over:
            self.over = True
            detail = "" if name == reason else reason
            self.found.append(Ended(code=int(code), reason=str(name), by_peer=False, detail=detail))

    def _take_fragment(self, frame: Frame) -> None:
        self._message.append(bytes(frame.data))
        if not frame.fin:
            if len(self._message) >= MAX_FRAGMENTS:
                self.fail(CloseCode.MESSAGE_TOO_BIG, Ending.TOO_MANY_FRAGMENTS)
            return
        payload = b"".join(self._message)
        self._message.clear()
        payload.decode()  # UnicodeDecodeError is what websockets' parser closes with 1007 for.
        self.found.append(Text(payload=payload))

    def _take_close(self) -> None:
        received = self.close_rcvd
        if received is None or self.over:
            raise AssertionError("a close frame without a close")
        self.over = True
        self.found.append(
            Ended(code=int(received.code), reason=received.reason, by_peer=self.close_rcvd_then_sent is True)
        )


def let_go(parser: Protocol) -> None:
    """Be done with one of websockets' parsers: it and the generator inside hold each other, and what it has read."""
    parser.parser.close()


class Frames(Parsing):
    """A parser for a conversation that is open already."""

    def __init__(self, side: Side) -> None:
        super().__init__(side, state=OPEN)
