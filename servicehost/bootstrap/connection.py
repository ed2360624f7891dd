"""One connection at the bootstrap door: TLS, then request and answer in turn, then an end that has a name."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from datetime import datetime
from email.utils import format_datetime
from typing import Final, Protocol, cast

import msgspec
import structlog

from protocol.wire.events import TlsReason
from protocol.wire.tls import TlsError, TlsLayer
from servicehost.bootstrap.door import DoorEnd, DoorEnded, DoorLimits, Respond, Schedule, Timer
from servicehost.bootstrap.http import (
    BODY_BYTES_OF_UNITS,
    NOBODY,
    REQUESTS_OF_UNITS,
    HttpExchange,
    HttpRefusal,
    Peer,
    Phase,
    Request,
    Response,
    Stream,
    problem,
)
from servicehost.bootstrap.outlet import Outlet

__all__ = ["Connection", "Owner"]

_log: Final = structlog.get_logger("servicehost.bootstrap")
_RETRY: Final = (("retry-after", "60"),)


class Owner(Protocol):
    """What a connection asks of the listener that accepted it."""

    @property
    def context(self) -> ssl.SSLContext: ...
    @property
    def limits(self) -> DoorLimits: ...
    @property
    def respond(self) -> Respond: ...
    @property
    def schedule(self) -> Schedule: ...
    @property
    def now(self) -> Callable[[], datetime]: ...
    @property
    def ended(self) -> Callable[[DoorEnded], None]: ...
    def admit(self, connection: "Connection", /) -> bool: ...
    def discharge(self, connection: "Connection", /) -> None: ...
    def run(self, work: Awaitable[None], /) -> None: ...


class Connection(asyncio.Protocol):
    """Bytes in from asyncio, bytes out to its transport; every wait has a deadline, every end is reported once."""

    __slots__ = (
        "_armed_for",
        "_exchange",
        "_finished",
        "_outlet",
        "_owner",
        "_peer",
        "_remote",
        "_timer",
        "_tls",
        "_transport",
    )

    def __init__(self, owner: Owner) -> None:
        self._owner = owner
        self._exchange = HttpExchange()
        self._transport: asyncio.Transport | None = None
        self._tls: TlsLayer | None = None
        self._timer: Timer | None = None
        self._armed_for = Phase.CLOSED
        self._finished = False
        self._outlet = Outlet()
        self._peer = NOBODY
        self._remote = ""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is one without being an instance
        peer = transport.get_extra_info("peername")
        self._remote = str(peer[0]) if peer else ""
        if not self._owner.admit(self):
            # Before TLS: a refusal that cost a handshake would be the very burden it is meant to keep away.
            self._report(DoorEnd.FULL)
            self._transport.close()
            return
        self._transport.set_write_buffer_limits(high=0)  # a stream must hear at once that the peer is slower than we
        self._tls = TlsLayer(self._owner.context, server_side=True)
        self._arm(self._owner.limits.handshake, self._handshake_late)

    def data_received(self, data: bytes) -> None:
        if self._tls is None or self._finished:
            return  # Lingering: read and forgotten, so that our last answer is not lost to a reset.
        try:
            plaintext = self._tls.receive(data)
        except TlsError as error:
            self._finish(error.reason, error.alert or error.detail)
            return
        self._flush()
        if self._tls.handshaken:
            self._note_peer(self._tls)
            request = self._exchange.receive(plaintext)
            if self._tls.ended:
                self._exchange.receive_eof()
            self._proceed(request)

    def eof_received(self) -> bool:
        if self._tls is None or self._finished:
            return False
        try:
            self._tls.receive_eof()
        except TlsError as error:
            self._finish(error.reason, error.detail)
            return False
        self._exchange.receive_eof()
        self._proceed(None)
        return not self._finished

    def connection_lost(self, exc: Exception | None) -> None:
        self._disarm()
        self._report(DoorEnd.PEER_GONE, str(exc or ""))
        self._outlet.open()
        self._owner.discharge(self)

    def pause_writing(self) -> None:
        self._outlet.shut()

    def resume_writing(self) -> None:
        self._outlet.open()

    def leave(self) -> None:
        """End now, or after the answer that is under way."""
        if self._exchange.phase is Phase.ANSWER:
            self._exchange.close_after_answer()
        else:
            self._finish(DoorEnd.CLOSING)

    def cut(self) -> None:
        """End at once. What was already answered is still handed to the peer; nothing else is."""
        if self._transport is not None and self._finished:
            self._transport.close()
        elif self._transport is not None:
            self._report(DoorEnd.CLOSING)
            self._transport.abort()

    def _note_peer(self, tls: TlsLayer) -> None:
        told = tls.take_handshaken()
        if told is not None:
            self._peer = Peer(certificate=told.certificate, chain=tls.peer_chain(), tls_version=told.version)
            if told.certificate is not None:
                self._exchange.widen(body_bytes=BODY_BYTES_OF_UNITS, requests=REQUESTS_OF_UNITS)

    def _proceed(self, request: Request | None) -> None:
        """Send what there is to send, then start the next step or wait for it."""
        self._write(self._exchange.outgoing())
        phase = self._exchange.phase
        if phase is Phase.CLOSED:
            self._finish(self._exchange.refusal or DoorEnd.DONE)
        elif request is not None:
            self._arm(self._owner.limits.answer, self._answer_late)
            self._armed_for = Phase.ANSWER
            self._owner.run(self._answer(request))
        elif phase is not self._armed_for:
            limits = self._owner.limits
            self._arm(limits.header if phase is Phase.HEADER else limits.body, self._peer_late)
            self._armed_for = phase

    async def _answer(self, request: Request) -> None:
        try:
            shown = msgspec.structs.replace(request, peer=self._peer)
            response = await self._owner.respond(shown, remote_address=self._remote)
        except Exception:
            _log.exception("bootstrap_request_failed", target=request.target, remote_address=self._remote)
            response = problem(500, "internal_error", "this host failed; the failure is in its log")
        if response.stream is not None:
            await self._stream(self._dated(response), response.stream)
        elif not self._finished:
            self._proceed(self._exchange.answer(self._dated(response)))

    async def _stream(self, response: Response, stream: Stream) -> None:
        """Send a body piece by piece, none before the peer has taken what went before."""
        try:
            if not self._finished:
                self._exchange.begin(response)
                self._write(self._exchange.outgoing())
                self._watch()
                if not self._exchange.head_asked:
                    await self._pour(stream)
        except (OSError, EOFError) as error:
            _log.error("bootstrap_answer_cut_short", remote_address=self._remote, detail=str(error))
            self._finish(DoorEnd.CUT_SHORT, str(error))
        finally:
            stream.close()
        if not self._finished:
            self._proceed(self._exchange.end())

    async def _pour(self, stream: Stream) -> None:
        while not self._finished and (piece := await stream.read()):
            if not self._finished:
                self._exchange.feed(piece)
                self._write(self._exchange.outgoing())
                await self._outlet.opened()

    def _watch(self) -> None:
        taken = self._outlet.taken(self._unsent)
        self._arm(self._owner.limits.stall, lambda: self._look(taken))

    def _look(self, taken_before: int) -> None:
        if self._transport is not None and self._outlet.is_shut and self._outlet.taken(self._unsent) == taken_before:
            self._report(DoorEnd.STALLED)
            self._transport.abort()  # whoever takes no byte takes no farewell either
        else:
            self._watch()

    @property
    def _unsent(self) -> int:
        return 0 if self._transport is None else self._transport.get_write_buffer_size()

    def _dated(self, response: Response) -> Response:
        """With the Date header, from which a unit whose clock stands at 1970 can set it."""
        date = ("date", format_datetime(self._owner.now(), usegmt=True))
        return msgspec.structs.replace(response, headers=(*response.headers, date))

    def _handshake_late(self) -> None:
        self._finish(DoorEnd.HANDSHAKE_LATE)

    def _peer_late(self) -> None:
        self._exchange.late()
        self._proceed(None)

    def _answer_late(self) -> None:
        response = problem(503, DoorEnd.ANSWER_LATE, "this host took too long; try again", headers=_RETRY)
        self._exchange.close_after_answer()
        self._exchange.answer(self._dated(response))
        self._write(self._exchange.outgoing())
        self._finish(DoorEnd.ANSWER_LATE)

    def _finish(self, code: DoorEnd | HttpRefusal | TlsReason, detail: str = "") -> None:
        if self._finished or self._tls is None or self._transport is None:
            return
        self._report(code, detail)
        self._tls.close()
        self._flush()
        if self._transport.can_write_eof() and not self._transport.is_closing():
            self._transport.write_eof()
        self._arm(self._owner.limits.linger, self._transport.abort)

    def _report(self, code: DoorEnd | HttpRefusal | TlsReason, detail: str = "") -> None:
        if not self._finished:
            self._finished = True
            self._owner.ended(DoorEnded(code=code, remote_address=self._remote, detail=detail))

    def _write(self, plaintext: bytes) -> None:
        if self._tls is not None and plaintext:
            self._tls.send(plaintext)
            self._flush()

    def _flush(self) -> None:
        if self._tls is not None and self._transport is not None and (ciphertext := self._tls.outgoing()):
            self._outlet.sent += len(ciphertext)
            self._transport.write(ciphertext)

    def _arm(self, delay: float, callback: Callable[[], None]) -> None:
        self._disarm()
        self._timer = self._owner.schedule(delay, callback)

    def _disarm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
