"""Every deadline of one connection, on one entry of the wheel.

Signs of life only note the time; the wheel asks later. While the unit takes no bytes we read none, so its silence
says nothing then: only the bytes it takes are watched.
"""

import asyncio
import enum
from typing import Final

from protocol.codes import CloseCode
from protocol.wire.stack import HostWire
from servicehost.runtime.wheel import Timed
from servicehost.sessions.backlog import Backlog
from servicehost.sessions.session import Session
from servicehost.sessions.shared import Shared

__all__ = ["STALL_LOOK_S", "Phase", "Watched"]

STALL_LOOK_S: Final = 1.0
"""How often progress is looked for while a unit takes no bytes."""


class Phase(enum.Enum):
    """How far a connection has come."""

    DIALING = "dialing"
    SHAKING = "shaking"
    GREETING = "greeting"
    TALKING = "talking"
    PARTING = "parting"


class Watched(Timed):
    """What of a connection its deadlines need."""

    __slots__ = (
        "_backlog",
        "_deadline",
        "_heard_at",
        "_pinged_at",
        "_reconcile_at",
        "_session",
        "_shared",
        "_transport",
        "_unsent",
        "_wire",
        "phase",
    )

    def __init__(self, shared: Shared, wire: HostWire) -> None:
        super().__init__()
        now = shared.wheel.now
        self.phase = Phase.DIALING
        self._shared = shared
        self._wire = wire
        self._transport: asyncio.Transport | None = None
        self._session: Session | None = None
        self._backlog: Backlog | None = None
        self._unsent = False
        self._heard_at = now
        self._pinged_at: float | None = None
        self._reconcile_at = now
        self._deadline = now + shared.settings.client_hello_due_s  # of every phase but TALKING

    def end(self, code: CloseCode, reason: str, *, cut: bool = False) -> None:
        """End the session or the attempt."""
        raise NotImplementedError

    def flush(self) -> None:
        """Write what waits."""
        raise NotImplementedError

    def fail(self, error: Exception) -> None:
        """An error of ours."""
        raise NotImplementedError

    def greeted(self) -> None:
        """The hello is here: from now on only silence counts."""
        self.phase = Phase.TALKING
        shared = self._shared
        now = shared.wheel.now
        self._reconcile_at = now + shared.uniform(0.0, shared.settings.reconcile_every_s)
        shared.wheel.schedule(self, self._next_due(now))

    def come_due(self, now: float) -> float | None:
        """See `Timed`."""
        try:
            if self.phase is Phase.TALKING:
                self._watch(now)
                self.flush()
            elif now >= self._deadline:
                self._miss()
        except Exception as error:  # a session without deadlines would never end
            self.fail(error)
        return None if self._transport is None else self._next_due(now)

    def _due_by(self, deadline: float) -> None:
        """The next step of the peer's is due then; that may be sooner than what was waited for until now."""
        self._deadline = deadline
        self._shared.wheel.schedule(self, deadline)

    def _next_due(self, now: float) -> float:
        if self.phase is not Phase.TALKING:
            return self._deadline
        if self._backlog is not None:
            return now + STALL_LOOK_S
        settings = self._shared.settings
        if self._pinged_at is not None:
            return min(self._pinged_at + settings.pong_due_s, self._reconcile_at)
        return min(self._heard_at + settings.ping_after_s, self._reconcile_at)

    def _miss(self) -> None:
        match self.phase:
            case Phase.DIALING:
                self.end(CloseCode.HANDSHAKE_TIMEOUT, "no_client_hello")
            case Phase.SHAKING:
                self.end(CloseCode.HANDSHAKE_TIMEOUT, "handshake_unfinished")
            case Phase.GREETING if self._session is not None:
                self._session.leave(CloseCode.GREETING_TIMEOUT, "no_hello")
            case _ if self._transport is not None:
                self._transport.abort()

    def _watch(self, now: float) -> None:
        settings = self._shared.settings
        if self._backlog is not None:
            left = 0 if self._transport is None else self._transport.get_write_buffer_size()
            if self._backlog.stalled_for(now, left) >= settings.write_stall_s:
                self.end(CloseCode.SLOW, "write_stalled", cut=True)
            return
        if self._pinged_at is None:
            if now >= self._heard_at + settings.ping_after_s and self._wire.open:
                self._wire.ping()
                self._unsent = True
                self._pinged_at = now
                self._shared.unheard += 1
        elif now >= self._pinged_at + settings.pong_due_s:
            self.end(self._shared.judge_silence(), "ping_unanswered", cut=True)
            return
        if now >= self._reconcile_at and self._session is not None:
            self._reconcile_at = now + settings.reconcile_every_s
            self._session.look()

    def _heard(self) -> None:
        """A sign of life after a ping, or the end."""
        self._pinged_at = None
        self._shared.unheard -= 1
