"""What a transport tells of a connection, heard in its turn: at once, or when the loop's turn has had its share, later.

In order: what a unit says, that it says no more, that it is gone. A herd arrives, talks and is lost together.
"""

import asyncio
from functools import partial

from protocol.wire.stack import HostWire
from servicehost.sessions.shared import Shared
from servicehost.sessions.watched import Watched

__all__ = ["InTurn"]


class InTurn(asyncio.Protocol, Watched):
    """While something waits here the unit's further bytes wait in the kernel, so that a herd cannot make us grow."""

    __slots__ = ("_parked",)

    def __init__(self, shared: Shared, wire: HostWire) -> None:
        super().__init__(shared, wire)
        self._parked = b""

    def digest(self, data: bytes) -> None:
        """Bytes came. Never raises."""
        raise NotImplementedError

    def hear_the_end(self) -> None:
        """The stream ended. Never raises."""
        raise NotImplementedError

    def lost(self, reason: str) -> None:
        """The transport is gone. Never raises."""
        raise NotImplementedError

    def data_received(self, data: bytes) -> None:
        self._heard_at = self._shared.wheel.now
        if self._pinged_at is not None:
            self._heard()
        if self._shared.turns.full():
            self._park(data)
        else:
            self.digest(data)

    def eof_received(self) -> bool:
        """The unit sends no more: TLS has no half-open streams, so this is the end of both directions.

        True keeps the transport until the end has had its turn.
        """
        if self._shared.turns.full():
            self._shared.turns.later(self._hang_up)
            return True
        self.hear_the_end()
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        reason = "connection_lost" if exc is None else "connection_reset"
        if self._shared.turns.full():
            self._shared.turns.later(partial(self._let_go, reason))
        else:
            self._let_go(reason)

    def _park(self, data: bytes) -> None:
        if not self._parked:
            self._shared.turns.later(self._unpark)
            if self._transport is not None:
                self._transport.pause_reading()
        self._parked += data

    def _unpark(self) -> None:
        data, self._parked = self._parked, b""
        if not data:
            return
        if self._transport is not None and self._backlog is None and not self._transport.is_closing():
            self._transport.resume_reading()
        self.digest(data)

    def _hang_up(self) -> None:
        self._unpark()
        self.hear_the_end()
        if self._transport is not None:
            self._transport.close()

    def _let_go(self, reason: str) -> None:
        self._unpark()  # what a unit said before it went counts
        self.lost(reason)
