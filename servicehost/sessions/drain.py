"""Leaving politely: goodbyes spread at random, what is under way is finished, then everything is cut."""

import asyncio

from protocol.codes import CloseCode
from servicehost.runtime.wheel import Timed
from servicehost.sessions.connection import Connection
from servicehost.sessions.shared import Shared

__all__ = ["Drain"]

_LOOK_S = 0.25


class Drain(Timed):
    """From `begin` on. `finished` is done when no connection is left.

    Until `drain_over_s` each session says goodbye at its moment, or as soon after it as no answer is owed and no offer
    is under way; then offers are waited for no longer, only answers owed are; at `drain_close_by_s` all are cut.
    """

    __slots__ = ("_begun_at", "_shared", "_turns", "finished")

    def __init__(self, shared: Shared, finished: "asyncio.Future[None]") -> None:
        super().__init__()
        self.finished = finished
        self._shared = shared
        self._begun_at = 0.0
        self._turns: list[tuple[float, Connection]] = []

    def begin(self) -> None:
        """Let nobody in any more, and give each connection its turn."""
        shared = self._shared
        shared.admission.draining = True
        self._begun_at = shared.wheel.now
        over_s = shared.settings.drain_over_s
        turns = [(self._begun_at + shared.uniform(0.0, over_s), connection) for connection in shared.connections]
        self._turns = sorted(turns, key=lambda turn: turn[0], reverse=True)
        shared.wheel.schedule(self, self._begun_at)

    def come_due(self, now: float) -> float | None:
        """See `Timed`."""
        while self._turns and self._turns[-1][0] <= now:
            self._retire(self._turns.pop()[1])
        since = now - self._begun_at
        if since >= self._shared.settings.drain_close_by_s:
            self._shared.cut()
        elif since >= self._shared.settings.drain_over_s:
            self._hasten()
        if self._shared.connections:
            return now + _LOOK_S
        if not self.finished.done():
            self.finished.set_result(None)
        return None

    def _retire(self, connection: Connection) -> None:
        if connection.session is not None:
            connection.session.retire(self._shared.redial_after_leaving_s())

    def _hasten(self) -> None:
        """The spread is over: who is in a handshake has had its time, who waits for nothing of ours goes."""
        for connection in tuple(self._shared.connections):
            session = connection.session
            if session is None:
                connection.end(CloseCode.DRAINING, "draining")
            elif not session.owing:
                session.leave(CloseCode.DRAINING, "draining", redial_after_s=self._shared.redial_after_leaving_s())
