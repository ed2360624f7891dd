"""HTTP/1.1 on the server's side of one connection, without I/O: bytes in, requests out, answers in, bytes out.

h11 reads and writes the protocol; this class adds what a door to strangers needs: bounds with names, and an answer that
says why before the connection ends.
"""

from collections.abc import Mapping
from enum import Enum, StrEnum
from http import HTTPStatus
from typing import Final, Protocol

import h11
import msgspec

__all__ = [
    "BODY_BYTES",
    "BODY_BYTES_OF_UNITS",
    "HEADER_BYTES",
    "NOBODY",
    "REQUESTS",
    "REQUESTS_OF_UNITS",
    "HttpExchange",
    "HttpRefusal",
    "Peer",
    "Phase",
    "Request",
    "Response",
    "Stream",
    "problem",
]

HEADER_BYTES: Final = 16 * 1024
BODY_BYTES: Final = 64 * 1024
REQUESTS: Final = 8
BODY_BYTES_OF_UNITS: Final = 256 * 1024
"""From peers whose certificate TLS has proven: a piece of a large result, in memory until it is on the disk."""
REQUESTS_OF_UNITS: Final = 1_024
"""Their requests on one connection: enough for a large result, and an end all the same."""
_FIELD_OVERHEAD: Final = len(": \r\n")
_PROBLEM: Final = "application/problem+json"


class Peer(msgspec.Struct, frozen=True, kw_only=True):
    """What TLS proved of who sends: the key and the chain of the certificate, not its dates. Certificates are DER."""

    certificate: bytes | None = None
    """None: the peer showed none, as it may."""
    chain: tuple[bytes, ...] = ()
    """From the peer's own certificate to the trusted one that ends the chain; empty where TLS cannot tell."""
    tls_version: str = ""


NOBODY: Final = Peer()


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """One whole request."""

    method: str
    target: str
    """As it was sent: path and query, not decoded."""
    headers: Mapping[str, str]
    """Names in lower case; values read as latin-1; of a name sent twice, both values joined by a comma."""
    body: bytes
    peer: Peer = NOBODY
    """Set by the connection."""


class Stream(Protocol):
    """A body that is made while it is sent, so that it need never be in memory as a whole."""

    @property
    def length(self) -> int:
        """Octets in all; known before the first is read."""
        ...

    async def read(self) -> bytes:
        """The next piece, of a size that may be held in memory; `b""` after `length` octets. Raises OSError, EOFError.

        EOFError: there is less of it than was promised.
        """
        ...

    def close(self) -> None:
        """Let go of what it is read from. Called once, whether it was read to its end or not."""
        ...


class Response(msgspec.Struct, frozen=True, kw_only=True):
    """One whole answer. Length and connection headers are added by the exchange."""

    status: int
    content_type: str
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    stream: Stream | None = None
    """In the place of `body`."""


class Phase(Enum):
    """What the exchange waits for; a deadline belongs to each of the first two."""

    HEADER = "header"
    BODY = "body"
    ANSWER = "answer"
    CLOSED = "closed"


class HttpRefusal(StrEnum):
    """Why the exchange ended without an answer from the door."""

    MALFORMED = "http_malformed"
    HEADER_TOO_LARGE = "http_header_too_large"
    BODY_TOO_LARGE = "http_body_too_large"
    PIPELINED = "http_pipelined_too_much"
    HEADER_LATE = "http_header_late"
    BODY_LATE = "http_body_late"
    CUT_OFF = "http_cut_off"


_STATUS: Final = {
    HttpRefusal.MALFORMED: 400,
    HttpRefusal.HEADER_TOO_LARGE: 431,
    HttpRefusal.BODY_TOO_LARGE: 413,
    HttpRefusal.HEADER_LATE: 408,
    HttpRefusal.BODY_LATE: 408,
}
_LISTENING: Final = (Phase.HEADER, Phase.BODY)


def problem(status: int, code: str, detail: str, *, headers: tuple[tuple[str, str], ...] = ()) -> Response:
    """An RFC 9457 answer. ``code`` is the name a machine goes by, ``detail`` the sentence for people."""
    body = {"type": "about:blank", "title": code.replace("_", " "), "status": status, "code": code, "detail": detail}
    return Response(status=status, content_type=_PROBLEM, body=msgspec.json.encode(body), headers=headers)


class HttpExchange:
    """Drives one connection, one request after another.

    The caller feeds `receive`, answers each request it returns with `answer` (or with `begin`, `feed` and `end`, where
    the answer is a stream), sends what `outgoing` gives after every call, and closes once `phase` is CLOSED and
    everything is sent. No method raises for what a peer does: a bad peer gets its 4xx into `outgoing`, and `refusal`
    says why.
    """

    __slots__ = (
        "_body",
        "_body_limit",
        "_connection",
        "_header_limit",
        "_left",
        "_out",
        "_request",
        "_served",
        "phase",
        "refusal",
    )

    def __init__(
        self, *, header_bytes: int = HEADER_BYTES, body_bytes: int = BODY_BYTES, requests: int = REQUESTS
    ) -> None:
        """After `requests` of them the connection is closed, so that no peer holds a place for ever."""
        self._connection = h11.Connection(h11.SERVER, max_incomplete_event_size=header_bytes)
        self._header_limit = header_bytes
        self._body_limit = body_bytes
        self._left = requests
        self._served = False
        self._request: h11.Request | None = None
        self._body = bytearray()
        self._out = bytearray()
        self.phase = Phase.HEADER
        self.refusal: HttpRefusal | None = None

    def widen(self, *, body_bytes: int, requests: int) -> None:
        """From now on take larger bodies, and so many requests more: of a peer whose certificate is proven."""
        self._body_limit = body_bytes
        self._left = requests

    def receive(self, data: bytes) -> Request | None:
        """Take `data`, possibly empty; return a request once it is whole.

        While an answer is due nothing is returned, and the peer's next words are kept up to one header's size. A peer
        that sends more gets its answer and is then closed as PIPELINED.
        """
        kept, ended = self._connection.trailing_data
        if not data or ended or self.phase is Phase.CLOSED or self.refusal is not None:
            return None
        if self.phase is Phase.ANSWER and len(kept) + len(data) > self._header_limit:
            self._left = 0
            self.refusal = HttpRefusal.PIPELINED
            return None
        self._connection.receive_data(data)
        return None if self.phase is Phase.ANSWER else self._advance()

    def receive_eof(self) -> None:
        """The peer sends no more. An answer that is due still goes out, and is the last."""
        if self.phase is Phase.CLOSED:
            return
        self._left = 0
        self._connection.receive_data(b"")
        if self.phase is not Phase.ANSWER:
            self._advance()

    def answer(self, response: Response) -> Request | None:
        """Answer the request last returned. Returns the next one if the peer has already sent the whole of it."""
        self.begin(response)
        self.feed(response.body)
        return self.end()

    def begin(self, response: Response) -> None:
        """The head of an answer. The request stays due until `end`."""
        self._write_head(response, last=self._left <= 0)

    def feed(self, piece: bytes) -> None:
        """A piece of the body of the answer that was begun; all pieces together are as long as was promised."""
        if piece and not self.head_asked:
            self._send(h11.Data(data=piece))

    def end(self) -> Request | None:
        """The body is complete. Returns the next request if the peer has already sent the whole of it."""
        self._send(h11.EndOfMessage())
        if self._left <= 0 or self._connection.states != {h11.SERVER: h11.DONE, h11.CLIENT: h11.DONE}:
            self.phase = Phase.CLOSED
            return None
        self._connection.start_next_cycle()
        self._served = True
        self._body.clear()
        self.phase = Phase.HEADER
        return self._advance()

    @property
    def head_asked(self) -> bool:
        """Whether the request that is due asks for the head of an answer alone."""
        return self._request is not None and self._request.method == b"HEAD"

    def close_after_answer(self) -> None:
        """Make the answer that is due, or the next one, the last."""
        self._left = 0

    def late(self) -> None:
        """The deadline of the present phase has passed: end the exchange, with a 408 unless it was merely idle.

        Does nothing while an answer is due: that deadline is not the peer's.
        """
        if self.phase is Phase.HEADER and self._served and not self._connection.trailing_data[0]:
            self.phase = Phase.CLOSED
        elif self.phase is Phase.HEADER:
            self._refuse(HttpRefusal.HEADER_LATE, "the request's header did not arrive in time")
        elif self.phase is Phase.BODY:
            self._refuse(HttpRefusal.BODY_LATE, "the request's body did not arrive in time")

    def outgoing(self) -> bytes:
        """What to send now; each byte is handed out once."""
        data = bytes(self._out)
        self._out.clear()
        return data

    def _advance(self) -> Request | None:
        try:
            while self.phase in _LISTENING:
                event = self._connection.next_event()
                if event is h11.NEED_DATA:
                    self._invite_body()
                    return None
                self._take(event)
        except h11.RemoteProtocolError as error:
            self._refuse(self._fault(error), str(error))
        return self._whole_request() if self.phase is Phase.ANSWER else None

    def _take(self, event: object) -> None:
        match event:
            case h11.Request():
                self._begin(event)
            case h11.Data():
                self._body += event.data
                if len(self._body) > self._body_limit:
                    self._refuse_body()
            case h11.EndOfMessage():
                self.phase = Phase.ANSWER
                self._left -= 1
            case _:
                self.phase = Phase.CLOSED

    def _begin(self, request: h11.Request) -> None:
        self._request = request
        self.phase = Phase.BODY
        # h11 bounds a header that is not yet whole; one that arrives whole in a single delivery is bounded here.
        size = len(request.target) + sum(len(name) + len(value) + _FIELD_OVERHEAD for name, value in request.headers)
        if size > self._header_limit:
            self._refuse(HttpRefusal.HEADER_TOO_LARGE, f"the header has more than {self._header_limit} bytes")
            return
        length = dict(request.headers).get(b"content-length", b"0")
        if len(length) > len(str(self._body_limit)) or int(length) > self._body_limit:
            self._refuse_body()

    def _invite_body(self) -> None:
        if self.phase is Phase.BODY and self._connection.they_are_waiting_for_100_continue:
            self._send(h11.InformationalResponse(status_code=HTTPStatus.CONTINUE, headers=[], reason=b"Continue"))

    def _whole_request(self) -> Request:
        request = self._request
        if request is None:
            raise RuntimeError("an answer is due, but no request was read")
        headers: dict[str, str] = {}
        for raw_name, raw_value in request.headers:
            name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
        method, target = request.method.decode("latin-1"), request.target.decode("latin-1")
        return Request(method=method, target=target, headers=headers, body=bytes(self._body))

    def _fault(self, error: h11.RemoteProtocolError) -> HttpRefusal:
        if self._connection.trailing_data[1]:
            return HttpRefusal.CUT_OFF
        if error.error_status_hint == HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE:
            return HttpRefusal.HEADER_TOO_LARGE
        return HttpRefusal.MALFORMED

    def _refuse_body(self) -> None:
        self._refuse(HttpRefusal.BODY_TOO_LARGE, f"the body has more than {self._body_limit} bytes")

    def _refuse(self, refusal: HttpRefusal, detail: str) -> None:
        self.refusal = refusal
        self.phase = Phase.CLOSED
        status = _STATUS.get(refusal)
        if status is not None and self._connection.our_state in {h11.IDLE, h11.SEND_RESPONSE}:
            self._write(problem(status, refusal, detail), last=True)

    def _write(self, response: Response, *, last: bool) -> None:
        self._write_head(response, last=last)
        self.feed(response.body)
        self._send(h11.EndOfMessage())

    def _write_head(self, response: Response, *, last: bool) -> None:
        headers = [("content-type", response.content_type)] if response.content_type else []
        # The length of the one would be that of the body it does not have; the other never has one.
        if response.status not in (HTTPStatus.NOT_MODIFIED, HTTPStatus.NO_CONTENT):
            length = len(response.body) if response.stream is None else response.stream.length
            headers.append(("content-length", str(length)))
        headers += response.headers
        if last:
            headers.append(("connection", "close"))
        reason = HTTPStatus(response.status).phrase.encode("ascii")
        self._send(h11.Response(status_code=response.status, headers=headers, reason=reason))

    def _send(self, event: h11.Event) -> None:
        self._out += self._connection.send(event) or b""
