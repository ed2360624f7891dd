"""How a session's WebSocket is opened, at the host's end and at the unit's."""

import re
from collections.abc import Sequence
from typing import Final

from websockets.client import ClientProtocol
from websockets.datastructures import Headers
from websockets.exceptions import (
    HeaderLineTooLong,
    InvalidMethod,
    InvalidStatus,
    InvalidUpgrade,
    InvalidURI,
    NegotiationError,
    RequestLineTooLong,
    TooManyHeaders,
)
from websockets.frames import CloseCode, Frame, Opcode
from websockets.http11 import Request, Response
from websockets.protocol import Side
from websockets.server import ServerProtocol
from websockets.typing import Subprotocol
from websockets.uri import parse_uri

from protocol.version import MAX_FRAME_BYTES, PATH, SUBPROTOCOL
from protocol.wire.conversation import OPEN, OPENING, Conversation
from protocol.wire.events import Ended, Ending, Event, LocalError, Opened, Refused, Upgrade
from protocol.wire.frames import SILENT, Parsing, let_go
from protocol.wire.problems import CONTENT_TYPE, problem, read_code

_SUBPROTOCOLS: Final = (Subprotocol(SUBPROTOCOL),)
_TOO_LARGE: Final = (RequestLineTooLong, HeaderLineTooLong, TooManyHeaders)
_SWITCHING: Final = 101
_LENGTH_IN_2: Final = 126
_MAX_LENGTH_IN_2: Final = 0xFFFF
_MAX_DETAIL: Final = 200
_END_OF_HEADERS: Final = b"\r\n\r\n"
_SECONDS: Final = re.compile(r"[0-9]{1,9}")


class _Asking(Parsing, ClientProtocol):
    """Sends one request and reads its answer, and what frames came with it."""


class HostWebSocket(Conversation):
    """The host's end. The first event is an `Upgrade` (then `accept()` or `refuse()`), or `Ended`.

    A request that no session can come of (wrong path, no upgrade, no subprotocol, not HTTP at all, bytes sent before
    the answer) is answered here with a problem document, and told as `Ended` with the HTTP status and an `Ending`.
    """

    __slots__ = ("_answer", "_opening")
    _side = Side.SERVER
    _mask_bit = 0x80

    def __init__(self) -> None:
        super().__init__()
        self._opening: ServerProtocol | None = None
        self._answer: Response | None = None

    def accept(self) -> None:
        """Open the WebSocket; text may be sent at once. Raises `LocalError` unless an `Upgrade` waits."""
        if self._answer is None:
            raise LocalError("no upgrade waits for an answer")
        self._write(self._answer.serialize())
        self._opened()
        self._phase = OPEN

    def refuse(self, *, status: int, code: str, detail: str = "", retry_after: int | None = None) -> None:
        """Answer with a problem document of that `code`, and seconds to stay away. The conversation is then over.

        Raises `LocalError` unless an `Upgrade` waits, `ValueError` for a status that HTTP does not know.
        """
        if self._answer is None:
            raise LocalError("no upgrade waits for an answer")
        self._refuse(status, code, detail, () if retry_after is None else (("Retry-After", str(retry_after)),))

    def receive_eof(self) -> list[Event]:
        self._opened()
        return super().receive_eof()

    def _opened(self) -> None:
        if self._opening is not None:
            let_go(self._opening)
        self._opening = self._answer = None

    def _receive_opening(self, data: bytes) -> list[Event]:
        if self._answer is not None:
            return self._fail(400, Ending.TOO_EARLY, "bytes came before the answer to the request") if data else []
        if self._opening is None:
            self._opening = ServerProtocol(subprotocols=_SUBPROTOCOLS, max_size=MAX_FRAME_BYTES, logger=SILENT)
        return self._read_request(self._opening, data)

    def _read_request(self, opening: ServerProtocol, data: bytes) -> list[Event]:
        """Feed line by line, so that websockets never sees, let alone obeys, what follows the request.

        A request that came whole and alone, as nearly every one does, is fed at once.
        """
        at = 0
        while at < len(data):
            alone = at == 0 and data.find(_END_OF_HEADERS) == len(data) - len(_END_OF_HEADERS)
            end = len(data) if alone else data.find(b"\n", at) + 1 or len(data)
            opening.receive_data(data[at:end])
            at = end
            if opening.handshake_exc is not None:
                return self._fail_unread(opening.handshake_exc)
            for request in opening.events_received():
                if not isinstance(request, Request) or at < len(data):
                    return self._fail(400, Ending.TOO_EARLY, "bytes came before the answer to the request")
                return self._judge(opening, request)
        return []

    def _judge(self, opening: ServerProtocol, request: Request) -> list[Event]:
        if request.path.partition("?")[0] != PATH:
            return self._fail(404, Ending.NO_SUCH_PATH, f"sessions are at {PATH}")
        answer = opening.accept(request)
        if answer.status_code != _SWITCHING:
            return self._fail_request(opening.handshake_exc)
        self._answer = answer
        return [Upgrade(path=request.path, headers=tuple(request.headers.raw_items()))]

    def _fail_unread(self, error: Exception) -> list[Event]:
        if isinstance(error, RequestLineTooLong):
            return self._fail(414, Ending.REQUEST_TOO_LARGE, str(error))
        if isinstance(error, _TOO_LARGE):
            return self._fail(431, Ending.REQUEST_TOO_LARGE, str(error))
        return self._fail(400, Ending.NOT_HTTP, str(error.__cause__ or error))

    def _fail_request(self, error: Exception | None) -> list[Event]:
        detail = str(error)
        match error:
            case InvalidMethod():
                return self._fail(405, Ending.METHOD_NOT_ALLOWED, detail, ("Allow", "GET"))
            case InvalidUpgrade():
                return self._fail(426, Ending.UPGRADE_REQUIRED, detail, ("Upgrade", "websocket"))
            case NegotiationError():
                return self._fail(400, Ending.SUBPROTOCOL_REQUIRED, f"{SUBPROTOCOL} is spoken here; {detail}")
            case _:
                return self._fail(400, Ending.BAD_UPGRADE, detail)

    def _fail(self, status: int, ending: Ending, detail: str, *headers: tuple[str, str]) -> list[Event]:
        detail = detail[:_MAX_DETAIL]
        self._refuse(status, ending.value, detail, headers)
        return [Ended(code=status, reason=ending.value, by_peer=False, detail=detail)]

    def _refuse(self, status: int, code: str, detail: str, headers: Sequence[tuple[str, str]]) -> None:
        body = problem(status, code, detail)
        opening = self._opening or ServerProtocol(logger=SILENT)
        answer = opening.reject(status, "")  # for its phrase and its date
        fields = [("Connection", "close"), ("Content-Type", CONTENT_TYPE), ("Content-Length", str(len(body)))]
        answer.headers = Headers([("Date", answer.headers["Date"]), *fields, *headers])
        answer.body = body
        self._write(answer.serialize())
        self._opened()
        self._over()

    def _whole_text(self, payload: bytes) -> bytes:
        size = len(payload)
        if size < _LENGTH_IN_2:
            return b"\x81%c" % size + payload
        if size <= _MAX_LENGTH_IN_2:
            return b"\x81\x7e" + size.to_bytes(2, "big") + payload
        return b"\x81\x7f" + size.to_bytes(8, "big") + payload


class UnitWebSocket(Conversation):
    """The unit's end: asks at once, then tells `Opened`, `Refused` or `Ended`.

    `authority` is the host's name and port as they stand in a URL. Raises `LocalError` if they cannot.
    """

    __slots__ = ()
    _side = Side.CLIENT
    _mask_bit = 0

    def __init__(self, authority: str) -> None:
        super().__init__()
        try:
            asking = _Asking(parse_uri(f"wss://{authority}{PATH}"), subprotocols=_SUBPROTOCOLS)
        except (ValueError, InvalidURI) as error:
            raise LocalError(f"no host and port: {authority}") from error
        asking.send_request(asking.connect())
        self._parser = asking
        self._write(asking.take_writes())

    def receive_eof(self) -> list[Event]:
        if self._phase is not OPENING or self._parser is None:
            return super().receive_eof()
        self._parser.receive_eof()  # It may be the end of a refusal whose length the host did not give.
        return self._receive_opening(b"")

    def _receive_opening(self, data: bytes) -> list[Event]:
        asking = self._parser
        if asking is None:
            raise AssertionError("nothing was asked")
        if data:
            asking.receive_data(data)
        if asking.handshake_exc is not None:
            return self._fail(asking.handshake_exc)
        if not asking.events:
            return []
        if asking.subprotocol != SUBPROTOCOL:
            asking.fail(CloseCode.PROTOCOL_ERROR, Ending.SUBPROTOCOL_REQUIRED)
            return self._settle(asking)[-1:]
        self._phase = OPEN
        return [Opened(), *self._settle(asking)]

    def _fail(self, error: Exception) -> list[Event]:
        if isinstance(error.__cause__, EOFError):
            return super().receive_eof()
        self._over()
        if isinstance(error, InvalidStatus):
            return [_refused(error.response)]
        detail = str(error.__cause__ or error)[:_MAX_DETAIL]
        return [Ended(code=1002, reason=Ending.BAD_OPENING_ANSWER.value, by_peer=False, detail=detail)]

    def _whole_text(self, payload: bytes) -> bytes:
        return Frame(Opcode.TEXT, payload).serialize(mask=True)


def _refused(answer: Response) -> Refused:
    headers = tuple(answer.headers.raw_items())
    body = bytes(answer.body)
    content_type = next(iter(answer.headers.get_all("Content-Type")), "")
    wait = next(iter(answer.headers.get_all("Retry-After")), "")
    return Refused(
        status=answer.status_code,
        headers=headers,
        body=body,
        code=read_code(content_type, body),
        retry_after=int(wait) if _SECONDS.fullmatch(wait) else None,
    )
