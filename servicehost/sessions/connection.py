"""One TCP connection of a unit: bytes between the transport and the wire, and every deadline there is.

    DIALING ──ClientHello──> SHAKING ──upgrade──> GREETING ──hello──> TALKING
       └──────────────────────── any ending ──────────────────────────┴──> PARTING ──> transport gone

An ending is recorded when it is decided, once, with its code and reason; PARTING only lets the last bytes (alert,
refusal, close frame) reach the unit before the transport goes.
"""

import asyncio
import contextlib
from typing import Final, cast

from protocol.codes import CloseCode
from protocol.wire.events import Ended, Event, Handshaken, Text, TlsEnded, Upgrade
from protocol.wire.stack import HostWire
from servicehost.sessions.backlog import Backlog
from servicehost.sessions.endings import close_reason, tls_ending, websocket_ending
from servicehost.sessions.gate import Turned, judge
from servicehost.sessions.in_turn import InTurn
from servicehost.sessions.session import Session
from servicehost.sessions.shared import Shared
from servicehost.sessions.watched import STALL_LOOK_S, Phase

__all__ = ["Connection"]

_WITHDRAWN_DUE_S: Final = 0.5
"""A unit that was revoked need not agree to the end: a thief's keeps its socket no longer than this."""


class Connection(InTurn):
    """Bytes are written once per callback of the event loop, and handed to the kernel at once or not at all:
    the transport's high-water mark is 0, so `pause_writing` means that the unit does not keep up.
    """

    __slots__ = ("_handshaken", "_let_in", "remote_address")

    def __init__(self, shared: Shared, remote_address: str) -> None:
        super().__init__(shared, HostWire(shared.context))
        self.remote_address = remote_address
        self._handshaken: Handshaken | None = None
        self._let_in = False

    # -- what the transport tells -------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._transport.set_write_buffer_limits(high=0)
        self._shared.connections.add(self)
        self._shared.wheel.schedule(self, self._deadline)

    def digest(self, data: bytes) -> None:
        try:
            events = self._wire.receive(data)
            for event in events:
                if type(event) is Text:
                    if self._session is not None:
                        self._session.receive(event.payload)
                else:
                    self._unsent = True
                    self._take(event)
            if not events:  # part of something, or of a handshake: TLS may have something to say
                self._unsent = True
            if self.phase is Phase.DIALING and self._wire.client_hello_seen:
                self.phase = Phase.SHAKING
                self._due_by(self._heard_at + self._shared.settings.handshake_due_s)
        except Exception as error:  # the event loop would only cut the line, without a name
            self.fail(error)
        self.flush()

    def hear_the_end(self) -> None:
        try:
            for event in self._wire.receive_eof():
                self._take(event)
        except Exception as error:
            self.fail(error)

    def lost(self, reason: str) -> None:
        shared = self._shared
        self._record(CloseCode.CONNECTION_LOST, reason)
        self.phase = Phase.PARTING
        self._backlog = None
        shared.wheel.cancel(self)
        shared.forget(self)
        if self._let_in:
            shared.admission.session_closed()
        else:
            shared.admission.handshake_ended()

    def pause_writing(self) -> None:
        """The unit takes no bytes: read none from it either, so that one who only talks cannot make us grow."""
        if self._transport is None or self.phase is Phase.PARTING:
            return
        settings, wheel = self._shared.settings, self._shared.wheel
        left = self._transport.get_write_buffer_size()
        self._backlog = Backlog(wheel.now, left, max_messages=settings.queue_messages, max_bytes=settings.queue_bytes)
        self._transport.pause_reading()
        wheel.schedule(self, wheel.now + STALL_LOOK_S)

    def resume_writing(self) -> None:
        backlog, self._backlog = self._backlog, None
        if backlog is None or self._transport is None or self.phase is Phase.PARTING:
            return
        if not self._parked:
            self._transport.resume_reading()
        self._heard_at = self._shared.wheel.now  # taking bytes is a sign of life, and we were not listening
        if self._pinged_at is not None:
            self._heard()
        for message in backlog.messages:
            self.send(message)
        if self._session is not None and self._backlog is None:
            self._session.writable()
        self.flush()

    # -- what the session says ----------------------------------------------------------------------------------

    @property
    def session(self) -> Session | None:
        """The session, from the WebSocket's opening until its end is recorded."""
        return self._session

    @property
    def writable(self) -> bool:
        """Whether the unit takes what is sent now."""
        return self._backlog is None

    def send(self, frame: bytes) -> None:
        """Send a frame with the next `flush`. Dropped after the end; ends the session as SLOW when too many wait."""
        if self._backlog is not None:
            if not self._backlog.add(frame):
                self.end(CloseCode.SLOW, "outgoing_queue_full", cut=True)
        elif self._wire.open:
            self._shared.frames_out += 1
            self._unsent = True
            self._wire.send_text(frame)

    def flush(self) -> None:
        """Write what waits to the transport; the end of every callback."""
        if not self._unsent or self._transport is None:
            return
        self._unsent = False
        data = self._wire.outgoing()
        if data:
            self._transport.write(data)

    def end(self, code: CloseCode, reason: str, *, cut: bool = False) -> None:
        """End the session or the attempt: a close frame where a WebSocket stands, then the connection goes.

        `cut` waits for nothing. Harmless twice.
        """
        if self.phase is Phase.PARTING:
            return
        backlog, self._backlog = self._backlog, None
        if self._wire.open:
            for message in backlog.messages if backlog is not None and not cut else ():
                self.send(message)
            self._wire.close(code, close_reason(reason))
            self._record(code, reason)
            self._part(cut=cut, due_s=_WITHDRAWN_DUE_S if code is CloseCode.REVOKED else None)
        else:
            self._record(code, reason)
            self._part(cut=True)

    def abort(self) -> None:
        """Let the transport go, whatever still waits in it."""
        if self._transport is not None:
            self._transport.abort()

    def fail(self, error: Exception) -> None:
        """An error of ours: log it by name, end this session only."""
        self._shared.fault(error, remote_address=self.remote_address)
        self.end(CloseCode.HOST_FAULT, "host_fault", cut=True)

    # -- what the wire tells ------------------------------------------------------------------------------------

    def _take(self, event: Event) -> None:
        match event:
            case Handshaken():
                self._handshaken = event
            case Upgrade():
                self._upgrade()
            case TlsEnded():
                self._over(*tls_ending(event))
            case Ended():
                self._over(*websocket_ending(event))

    def _upgrade(self) -> None:
        assert self._handshaken is not None  # noqa: S101 - the wire tells of TLS first
        caller = judge(self._shared, self._handshaken, self.remote_address)
        self._handshaken = None
        if isinstance(caller, Turned):
            self._wire.refuse(
                status=caller.status, code=caller.reason, detail=caller.detail, retry_after=caller.retry_after_s
            )
            self._over(caller.code, caller.reason, caller)
            return
        self._wire.accept()
        self._shared.meter.count("handshakes_total", "opened")
        self._let_in = True
        self._shared.admission.handshake_ended()
        self._session = Session(self._shared, self, caller)
        self.phase = Phase.GREETING
        self._due_by(self._shared.wheel.now + self._shared.settings.greeting_due_s)

    def _over(self, code: CloseCode, reason: str, turned: Turned | None = None) -> None:
        """The wire has ended; what it still has to say (alert, refusal, close frame) goes out first."""
        self._record(code, reason, turned)
        self._part()

    def _record(self, code: CloseCode, reason: str, turned: Turned | None = None) -> None:
        if self.phase is Phase.PARTING:
            return
        shared, session = self._shared, self._session
        self._session = None
        if self._pinged_at is not None:
            self._heard()
        if session is None:
            shared.meter.count("handshakes_total", code.name.lower())
            distribution_id = None if turned is None else turned.distribution_id
            shared.ended(code, reason, self.remote_address, distribution_id=distribution_id)
            shared.desk.attempt_failed(
                self.remote_address,
                code,
                reason,
                distribution_id,
                certificate=None if turned is None else turned.certificate,
                tls_version=None if turned is None else turned.tls_version,
            )
            return
        if code is CloseCode.CONNECTION_LOST and session.farewell is not None:
            code, reason = CloseCode.DONE, session.farewell
        epoch = None if session.fence is None else session.fence.epoch
        shared.ended(code, reason, self.remote_address, distribution_id=session.distribution_id, epoch=epoch)
        session.closed(code, reason)

    def _part(self, *, cut: bool = False, due_s: float | None = None) -> None:
        self.phase = Phase.PARTING
        self._backlog = None
        transport = self._transport
        if transport is None or transport.is_closing():
            return
        self._unsent = True
        self.flush()
        if cut:
            transport.abort()
            return
        # Closing now, with bytes of the unit's unread, would send a reset that may overtake the alert or the refusal.
        transport.resume_reading()
        close_due_s = self._shared.settings.close_due_s
        self._due_by(self._shared.wheel.now + (close_due_s if due_s is None else min(due_s, close_due_s)))
        if self._wire.over:
            with contextlib.suppress(OSError):  # the unit is gone already: its transport will tell
                transport.write_eof()
