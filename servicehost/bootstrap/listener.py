"""The bootstrap door's shore: asyncio's sockets, tasks and timers around its connections.

It decides nothing about enrolment. It bounds what a stranger may take: places, and time for each step.
"""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Final

import structlog

from servicehost.bootstrap.connection import Connection
from servicehost.bootstrap.door import DoorEnded, DoorLimits, Respond, Schedule, Timer

__all__ = ["BootstrapListener", "log_end"]

_log: Final = structlog.get_logger("servicehost.bootstrap")


def log_end(ended: DoorEnded) -> None:
    _log.info("bootstrap_connection_ended", code=ended.code, remote_address=ended.remote_address, detail=ended.detail)


def _on_this_loop(delay: float, callback: Callable[[], None], /) -> Timer:
    return asyncio.get_running_loop().call_later(delay, callback)


class BootstrapListener:
    """Accepts, bounds and serves connections until closed. Everything happens on one event loop.

    `context` may be replaced when a certificate was renewed; it holds for the connections to come. `now` gives the
    aware UTC time for the Date header. `ended` hears of every end and must not raise.
    """

    def __init__(
        self,
        context: ssl.SSLContext,
        respond: Respond,
        *,
        now: Callable[[], datetime],
        limits: DoorLimits | None = None,
        schedule: Schedule = _on_this_loop,
        ended: Callable[[DoorEnded], None] = log_end,
    ) -> None:
        self.context = context
        self.respond = respond
        self.now = now
        self.limits = limits or DoorLimits()
        self.schedule = schedule
        self.ended = ended
        self.addresses: list[tuple[str, int]] = []
        """Where it listens, once it was started."""
        self._servers: list[asyncio.Server] = []
        self._open: set[Connection] = set()
        self._answering: set[asyncio.Future[None]] = set()

    @property
    def connections(self) -> int:
        """How many places are taken."""
        return len(self._open)

    async def start(self, hosts: Sequence[str], port: int) -> list[tuple[str, int]]:
        """Listen on each of `hosts` (port 0: any free one, each its own). Returns address and port of each.

        All or nothing. Raises OSError for an address that cannot be had.
        """
        loop = asyncio.get_running_loop()
        try:
            for host in hosts:
                self._servers.append(await loop.create_server(lambda: Connection(self), host, port))
        except OSError:
            await self.close()
            raise
        names = [socket.getsockname() for server in self._servers for socket in server.sockets]
        self.addresses = [(name[0], name[1]) for name in names]
        return self.addresses

    async def close(self, *, patience: float = 10.0) -> None:
        """Stop accepting, let the answers that are under way go out for `patience` seconds, then cut what is left."""
        for server in self._servers:
            server.close()
        self._servers.clear()
        for connection in tuple(self._open):
            connection.leave()
        if self._answering:
            await asyncio.wait(self._answering, timeout=patience)
        for task in tuple(self._answering):
            task.cancel()
        for connection in tuple(self._open):
            connection.cut()

    def admit(self, connection: Connection) -> bool:
        """Give `connection` a place, if there is one."""
        if len(self._open) >= self.limits.connections:
            return False
        self._open.add(connection)
        return True

    def discharge(self, connection: Connection) -> None:
        self._open.discard(connection)

    def run(self, work: Awaitable[None]) -> None:
        """Run `work` to its end even if its connection is lost: what it does for a unit may be half done."""
        task = asyncio.ensure_future(work)
        self._answering.add(task)
        task.add_done_callback(self._answering.discard)
