"""One connection of a unit: a socket, the wire's layers on it, and a session. Callbacks only; no task of its own."""

import asyncio
import socket
import ssl
from typing import Any, Final, Protocol, cast

import msgspec

from adapter_sim import endings
from adapter_sim.endings import Ending
from adapter_sim.timers import Timer, Timers
from protocol.codec import Refusal, RequestId
from protocol.codes import CloseCode, ErrorCode
from protocol.errors import RemoteProtocolError
from protocol.messages import Goodbye
from protocol.session import Received, Session, unit_session
from protocol.states import State
from protocol.timing import GREETING_DUE_S, HANDSHAKE_DUE_S
from protocol.wire.events import Ended, Event, Handshaken, Opened, Ping, Pong, Refused, Text, TlsEnded
from protocol.wire.stack import UnitWire

__all__ = ["CLOSING_DUE_S", "OPENING_DUE_S", "Link", "LinkOwner"]

OPENING_DUE_S: Final = HANDSHAKE_DUE_S + GREETING_DUE_S
"""From the dial to the welcome; a host that takes longer is given up."""
CLOSING_DUE_S: Final = 10
"""From our close to the host's; then the socket is dropped."""

_MAX_REASON_BYTES: Final = 120
_SLOW_BUFFER_BYTES: Final = 4096
_BUFFER_BYTES: Final = 256 * 1024


class LinkOwner(Protocol):
    """Whom a link tells what happens on it. `ended` comes last, once, if `connected` came."""

    def connected(self, link: "Link") -> None:
        """A socket stands."""
        ...

    def stands(self, link: "Link", certificate: bytes | None) -> None:
        """TLS stands: a host was reached, and its certificate is this, in DER."""
        ...

    def opened(self, link: "Link") -> None:
        """The hello may be said."""
        ...

    def received(self, link: "Link", message: Received) -> None:
        """A lawful message came."""
        ...

    def ended(self, link: "Link", ending: Ending) -> None:
        """The socket is closed."""
        ...


class Link(asyncio.Protocol):
    """What goes over one connection. Saying something unlawful raises `LocalProtocolError`."""

    __slots__ = (
        "_bytes_per_s",
        "_ending",
        "_goodbye",
        "_guard",
        "_owner",
        "_refusal",
        "_silent",
        "_timers",
        "_transport",
        "_wire",
        "heard_at",
        "session",
    )

    def __init__(self, owner: LinkOwner, context: ssl.SSLContext, *, host_name: str, port: int, timers: Timers) -> None:
        self.session: Session = unit_session()
        self.heard_at = timers.now()
        self._owner = owner
        self._timers = timers
        self._wire = UnitWire(context, host_name, port)
        self._transport: asyncio.Transport | None = None
        self._ending: Ending | None = None
        self._goodbye: Ending | None = None
        self._refusal: Ending | None = None
        self._silent = False
        self._bytes_per_s: int | None = None
        self._guard: Timer | None = timers.call_later(OPENING_DUE_S, self._opening_overdue)

    # -- asyncio ------------------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._owner.connected(self)
        if self._ending is not None:  # given up while the dial was under way
            self._transport.abort()
            return
        self._wire.start()
        self._apply_slowness()
        self._flush()

    def data_received(self, data: bytes) -> None:
        self.heard_at = self._timers.now()
        for event in self._wire.receive(data):
            self._take(event)
        self._flush()
        if self._bytes_per_s is not None and self._transport is not None:
            self._transport.pause_reading()
            self._timers.call_later(len(data) / self._bytes_per_s, self._read_on)

    def connection_lost(self, exc: Exception | None) -> None:
        for event in self._wire.receive_eof():
            self._take(event)
        self._watch(None)
        self._transport = None
        ending = self._ending or self._goodbye or endings.lost("connection_lost", str(exc or ""))
        self._owner.ended(self, ending)

    # -- what the unit says -------------------------------------------------------------------------------------

    @property
    def talking(self) -> bool:
        """Whether something can be said: welcomed, nobody has said goodbye, and the unit is not silent."""
        return self.session.state is State.OPEN and self._wire.open and not self._silent

    @property
    def peer(self) -> tuple[str, int] | None:
        """Address and port of the host, while connected."""
        return self._name_of("peername")

    @property
    def local(self) -> tuple[str, int] | None:
        """Our own address and port, while connected."""
        return self._name_of("sockname")

    def say(self, message: msgspec.Struct) -> None:
        """Send a request or a notification."""
        self._send(self.session.say(message))

    def answer(self, request_id: RequestId, result: msgspec.Struct) -> None:
        """Answer a request of the host's."""
        self._send(self.session.answer(request_id, result))

    def refuse(self, request_id: RequestId, code: ErrorCode, text: str, refusal: Refusal) -> None:
        """Answer a request of the host's with an error."""
        self._send(self.session.refuse(request_id, code, text, refusal))

    def ping(self) -> None:
        """Ask the host for a sign of life."""
        if self.talking:
            self._wire.ping()
            self._flush()

    def leave(self, reason: str) -> None:
        """Say goodbye and close. `ended` follows, at the latest when the host does not close in time."""
        if self.session.state in (State.DIALED, State.GREETED, State.OPEN) and self._wire.open:
            self._wire.send_text(self.session.say(Goodbye(code=CloseCode.DONE, reason=reason)))
        self._close(CloseCode.DONE, reason)

    def abort(self, ending: Ending) -> None:
        """Drop the socket without a word."""
        self._ending = self._ending or ending
        if self._transport is not None:
            self._transport.abort()

    def expected(self) -> None:
        """The welcome came: nothing is overdue any more."""
        self._watch(None)

    # -- ailments -----------------------------------------------------------------------------------------------

    def hold(self, *, silent: bool) -> None:
        """Neither read nor write, or do so again. The socket stays."""
        self._silent = silent
        if self._transport is not None:
            if silent:
                self._transport.pause_reading()
            else:
                self._transport.resume_reading()
        self._flush()

    def slow_down(self, bytes_per_s: int | None) -> None:
        """Read no faster than this; None: as fast as it comes."""
        slow, self._bytes_per_s = self._bytes_per_s is not None, bytes_per_s
        self._apply_slowness()
        if slow and bytes_per_s is None:
            self._buffer(_BUFFER_BYTES)
            self._read_on()

    # -- inside -------------------------------------------------------------------------------------------------

    def _take(self, event: Event) -> None:
        match event:
            case Text(payload=payload):
                self._take_frame(payload)
            case Handshaken(certificate=certificate):
                self._owner.stands(self, certificate)
            case Opened():
                self._owner.opened(self)
            case Refused():
                self._ending = self._ending or endings.by_http(event)
            case TlsEnded():
                self._ending = self._ending or endings.by_tls(event)
            case Ended() if self._refusal is not None and self._ending is self._refusal:
                self._ending = endings.closed_after(self._refusal, event)
            case Ended():
                self._ending = self._ending or endings.by_websocket(event, self._goodbye)
            case Ping() | Pong():
                pass  # `heard_at` has noted it, and the wire has answered.

    def _take_frame(self, frame: bytes) -> None:
        try:
            message = self.session.receive(frame)
        except RemoteProtocolError as error:
            if error.answer is not None and self._wire.open:
                self._wire.send_text(error.answer)
            if error.close is not None:
                self._close(error.close, error.reason)
            return
        if isinstance(message.message, Goodbye):
            self._goodbye = endings.by_goodbye(message.message)
            self._watch(CLOSING_DUE_S)
        self._owner.received(self, message)

    def refused_hello(self, ending: Ending) -> None:
        """The host did not admit us: close, and let that be why."""
        self._goodbye = self._refusal = ending
        self._close(CloseCode.DONE, "not_admitted")

    def _close(self, code: int, reason: str) -> None:
        """Close as politely as the state of the wire allows; the ending is the host's answer, or this."""
        if self._goodbye is None:
            self._ending = self._ending or Ending(layer="unit", code=code, reason=reason)
        else:
            self._ending = self._ending or self._goodbye
        if not self._wire.open:
            self.abort(self._ending)
            return
        self._wire.close(code, reason.encode()[:_MAX_REASON_BYTES].decode(errors="ignore"))
        self._watch(CLOSING_DUE_S)
        self._flush()

    def _send(self, frame: bytes) -> None:
        if self._wire.open:
            self._wire.send_text(frame)
            self._flush()

    def _flush(self) -> None:
        transport = self._transport
        if transport is None or self._silent or transport.is_closing():
            return
        data = self._wire.outgoing()
        if data:
            transport.write(data)
        if self._wire.over:
            transport.close()

    def _watch(self, delay_s: float | None) -> None:
        if self._guard is not None:
            self._guard.cancel()
        self._guard = None if delay_s is None else self._timers.call_later(delay_s, self._closing_overdue)

    def _opening_overdue(self) -> None:
        self.abort(endings.lost("opening_overdue", f"no welcome within {OPENING_DUE_S} s"))

    def _closing_overdue(self) -> None:
        self.abort(self._goodbye or endings.lost("closing_overdue", f"no close within {CLOSING_DUE_S} s"))

    def _read_on(self) -> None:
        if self._transport is not None and not self._silent and not self._transport.is_closing():
            self._transport.resume_reading()

    def _apply_slowness(self) -> None:
        """A small receive buffer, so that the host notices soon that we do not read."""
        if self._bytes_per_s is not None:
            self._buffer(_SLOW_BUFFER_BYTES)

    def _buffer(self, size: int) -> None:
        stream: Any = self._transport.get_extra_info("socket") if self._transport is not None else None
        if stream is not None:
            stream.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, size)

    def _name_of(self, which: str) -> tuple[str, int] | None:
        name = self._transport.get_extra_info(which) if self._transport is not None else None
        return (str(name[0]), int(name[1])) if name else None
