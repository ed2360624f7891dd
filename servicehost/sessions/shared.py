"""What all sessions of one door share."""

import asyncio
import ssl
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import structlog

from protocol.codes import CloseCode
from servicehost.domain.presence import our_own_network
from servicehost.ports.clock import Clock
from servicehost.ports.desk import Desk
from servicehost.ports.meter import Meter
from servicehost.runtime.turns import Turns
from servicehost.runtime.wheel import Wheel
from servicehost.sessions.admission import Admission
from servicehost.sessions.registry import Registry
from servicehost.sessions.trust import NO_TRUST
from servicehost.settings.adapters_door import AdaptersDoorSettings

if TYPE_CHECKING:
    from servicehost.sessions.connection import Connection

__all__ = ["Shared"]

_log: Final[Any] = structlog.get_logger("servicehost.sessions")


class Shared:
    """The parts, and the few figures that are counted too often to call somebody each time."""

    __slots__ = (
        "_emptied",
        "_outage_until",
        "admission",
        "clock",
        "connections",
        "context",
        "desk",
        "frames_in",
        "frames_out",
        "meter",
        "registry",
        "settings",
        "trust",
        "turns",
        "unheard",
        "uniform",
        "wheel",
    )

    def __init__(
        self,
        *,
        settings: AdaptersDoorSettings,
        desk: Desk,
        clock: Clock,
        context: ssl.SSLContext,
        meter: Meter,
        wheel: Wheel,
        turns: Turns,
        admission: Admission,
        uniform: Callable[[float, float], float],
    ) -> None:
        self.settings = settings
        self.desk = desk
        self.clock = clock
        self.context = context
        self.meter = meter
        self.wheel = wheel
        self.turns = turns
        self.admission = admission
        self.uniform = uniform
        self.registry = Registry()
        self.trust = NO_TRUST
        self.connections: set[Connection] = set()
        self.unheard = 0
        """Sessions that were pinged and have not been heard since."""
        self.frames_in = 0
        self.frames_out = 0
        self._outage_until = 0.0
        self._emptied: asyncio.Future[None] | None = None

    def forget(self, connection: "Connection") -> None:
        """Its transport is gone."""
        self.connections.discard(connection)
        if not self.connections and self._emptied is not None and not self._emptied.done():
            self._emptied.set_result(None)

    async def nobody_left(self) -> None:
        """Returns once no connection is left."""
        if self.connections:
            self._emptied = asyncio.get_running_loop().create_future()
            await self._emptied

    def cut(self) -> None:
        """End whatever is left, now."""
        for connection in tuple(self.connections):
            connection.end(CloseCode.DRAINING, "draining", cut=True)
            connection.abort()

    def redial_after_leaving_s(self) -> int:
        """When to dial again once this host has left: soon, for it is only being restarted, and a unit on trial has
        little time."""
        return round(self.uniform(0.0, self.settings.drain_redial_spread_s))

    def judge_silence(self) -> CloseCode:
        """What to call the end of a session that is silent now: SILENT, or HOST_UNHEARD when many are.

        The verdict "our own network" holds until everybody who fell silent with the first one has been judged:
        each that is cut makes the others fewer, and the last of them are no more to blame than the first.
        """
        now = self.wheel.now
        if our_own_network(self.unheard, len(self.registry)):
            self._outage_until = now + self.settings.ping_after_s + self.settings.pong_due_s
        return CloseCode.HOST_UNHEARD if now < self._outage_until else CloseCode.SILENT

    def ended(self, code: CloseCode, reason: str, remote_address: str, **known: object) -> None:
        """Count and log one ending, of a session or of an attempt."""
        name = code.name.lower()
        self.meter.count("endings_total", name)
        _log.info("ended", code=name, reason=reason, remote_address=remote_address, **known)

    def fault(self, error: BaseException, **known: object) -> None:
        """Log an error of our own, with its traceback."""
        self.meter.count("session_faults_total")
        _log.error("session_fault", exc_info=error, **known)
