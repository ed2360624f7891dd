"""The adapters' door as the roof sees it: start, stop accepting, drain, close."""

import asyncio
import random
import resource
import ssl
from collections.abc import Callable
from typing import Any, Final

import structlog

from servicehost.ports.clock import Clock
from servicehost.ports.desk import Desk
from servicehost.ports.line import Line
from servicehost.ports.meter import Meter
from servicehost.runtime.turns import Turns
from servicehost.runtime.wheel import Wheel
from servicehost.sessions.admission import Admission, sessions_that_fit
from servicehost.sessions.connection import Connection
from servicehost.sessions.drain import Drain
from servicehost.sessions.listener import Listener, listen
from servicehost.sessions.shared import Shared
from servicehost.sessions.trust import Trust
from servicehost.settings.adapters_door import AdaptersDoorSettings

__all__ = ["AdaptersDoor"]

_log: Final[Any] = structlog.get_logger("servicehost.sessions")
_GRACE_S: Final = 1.5
"""What the event loop's clock grants the wheel beyond `drain_close_by_s` before the drain is cut."""

_TOLD_AT_ONCE: Final = 50


class AdaptersDoor:
    """Every session of this host. To be made inside the event loop that runs it.

    `desk` answers the units, `meter` counts, `context` is the TLS context new connections are met with.
    """

    def __init__(
        self,
        settings: AdaptersDoorSettings,
        desk: Desk,
        clock: Clock,
        context: ssl.SSLContext,
        meter: Meter,
        *,
        uniform: Callable[[float, float], float] = random.uniform,
    ) -> None:
        loop = asyncio.get_running_loop()
        limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        fit = sessions_that_fit(settings.max_sessions, limit, settings.max_handshakes, settings.reserved_files)
        if fit < settings.max_sessions:
            _log.warning("fewer_sessions", max_sessions=fit, wanted=settings.max_sessions, open_files_limit=limit)
        self._admission = Admission(
            max_handshakes=settings.max_handshakes,
            max_sessions=fit,
            sessions_per_s=settings.sessions_per_s,
            sessions_burst=settings.sessions_burst,
            come_back_s=(settings.come_back_min_s, settings.come_back_max_s),
            uniform=uniform,
        )
        self._wheel = Wheel(loop.call_at, loop.time, self._fault)
        self._shared = Shared(
            settings=settings,
            desk=desk,
            clock=clock,
            context=context,
            meter=meter,
            wheel=self._wheel,
            turns=Turns(loop.call_soon, clock.monotonic),
            admission=self._admission,
            uniform=uniform,
        )
        self._listener: Listener | None = None
        self._finished: asyncio.Future[None] | None = None
        self.addresses: tuple[tuple[str, int], ...] = ()
        """Where it listens, once started: address and port."""
        self._watch_figures(meter)

    @property
    def line(self) -> Line:
        """The way to the sessions on this host."""
        return self._shared.registry

    @property
    def sessions(self) -> int:
        """Open WebSockets, whether welcomed yet or not."""
        return self._admission.sessions

    @property
    def handshakes(self) -> int:
        """Connections that are not sessions: on their way to be one, or being told no."""
        return self._admission.handshakes

    @property
    def max_sessions(self) -> int:
        """Sessions that may be open at once, as settings and open files allow."""
        return self._admission.max_sessions

    @property
    def accepting(self) -> bool:
        """Whether connections are accepted at this moment."""
        return self._listener is not None and self._listener.accepting

    def renew_context(self, context: ssl.SSLContext) -> None:
        """Meet new connections with another TLS context; those there are keep theirs."""
        self._shared.context = context

    async def renew_trust(self, trust: Trust) -> None:
        """Hold other anchors in force: units that hold others are told, those in session now and others at their hello.

        A few at a time, so that everything else goes on meanwhile.
        """
        self._shared.trust = trust
        for number, connection in enumerate(tuple(self._shared.connections)):
            if connection.session is not None:
                connection.session.tell_anchors()
                connection.flush()
            if number % _TOLD_AT_ONCE == 0:
                await asyncio.sleep(0)

    def start(self) -> None:
        """Listen and accept. Raises OSError when an address cannot be listened on."""
        settings = self._shared.settings
        sockets = listen(settings.addresses, settings.port, settings.backlog)
        self.addresses = tuple((opened.getsockname()[0], opened.getsockname()[1]) for opened in sockets)
        self._listener = Listener(sockets, self._admission, self._meet)
        self._wheel.start()
        self._listener.start()

    def stop_accepting(self) -> None:
        """Close the listening sockets; sessions go on. Harmless twice."""
        if self._listener is not None:
            self._listener.close()

    async def drain(self) -> None:
        """Stop accepting, let every session go as `Drain` says; over within `drain_close_by_s` and a little."""
        self.stop_accepting()
        if self._finished is None:
            self._finished = asyncio.get_running_loop().create_future()
            drain = Drain(self._shared, self._finished)
            drain.begin()
        try:
            # The wheel may have left a lateness uncounted; leaving has a limit that holds all the same.
            async with asyncio.timeout(self._shared.settings.drain_close_by_s + _GRACE_S):
                await asyncio.shield(self._finished)
        except TimeoutError:
            _log.warning("drain_cut", connections=len(self._shared.connections))
        await self.close()

    async def close(self) -> None:
        """Cut whatever is left and stop. Every session that was there has been told to the desk. Harmless twice."""
        self.stop_accepting()
        self._admission.draining = True
        if self._listener is not None:
            await self._listener.settled()
        self._shared.cut()
        await self._shared.nobody_left()
        self._wheel.stop()

    def _meet(self, remote_address: str) -> Connection:
        return Connection(self._shared, remote_address)

    def _fault(self, error: Exception) -> None:
        self._shared.fault(error)

    def _watch_figures(self, meter: Meter) -> None:
        shared, admission = self._shared, self._admission
        meter.watch("sessions", lambda: admission.sessions)
        meter.watch("handshakes", lambda: admission.handshakes)
        meter.watch("registered_units", lambda: len(shared.registry))
        meter.watch("unheard_sessions", lambda: shared.unheard)
        meter.watch("frames_in_total", lambda: shared.frames_in)
        meter.watch("frames_out_total", lambda: shared.frames_out)
        meter.watch("takeovers_total", lambda: shared.registry.taken_over)
        meter.watch("uncounted_lateness_seconds_total", lambda: self._wheel.uncounted_s)
