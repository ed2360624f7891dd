"""The offers of one session: look for work, offer it, hand the answer to the desk, look again. One at a time."""

import asyncio
from typing import TYPE_CHECKING

from protocol.messages import ConfigOffer, OfferAnswer
from protocol.session import RefusedByPeer
from protocol.session import Session as Engine
from servicehost.domain.errors import Refused
from servicehost.ports.desk import Fence, Stale
from servicehost.sessions.shared import Shared

if TYPE_CHECKING:
    from servicehost.sessions.connection import Connection
    from servicehost.sessions.session import Session

__all__ = ["Offers"]


class Offers:
    """A push that the unit has answered in this session, durably, is not offered in it again."""

    __slots__ = ("_answered", "_connection", "_engine", "_push", "_session", "_shared", "busy", "wanted")

    def __init__(self, shared: Shared, session: "Session", engine: Engine, connection: "Connection") -> None:
        self._shared = shared
        self._session = session
        self._engine = engine
        self._connection = connection
        self._push = 0
        self._answered = 0
        self.busy = False
        """The desk looks, an offer is unanswered, or the desk takes its answer."""
        self.wanted = False
        """Somebody asked to look while that was not possible."""

    def look(self, fence: Fence) -> None:
        """Look now, or note that it is wanted: no nudge is lost to what is under way."""
        if self.busy or self._engine.asking or not self._connection.writable:
            self.wanted = True
            return
        self.busy, self.wanted = True, False
        self._session.when(self._shared.desk.work_due(fence), self._offer)

    def _offer(self, future: "asyncio.Future[ConfigOffer | None]") -> None:
        offer = None if self._failed(future) else future.result()
        if self._session.ending is not None:
            return
        if offer is None or offer.push == self._answered or self._session.farewell is not None:
            self._rest()
            return
        self._push = offer.push
        self._connection.send(self._engine.say(offer))

    def take_answer(self, answer: OfferAnswer | RefusedByPeer) -> None:
        """The unit has answered the offer under way."""
        fence = self._session.fence
        if fence is None:
            return
        # A unit that took the offer tries it now, and nothing else goes out until that is over, in another session.
        # An error answer says "not now": whether it comes again is the desk's to say, but not at once.
        if isinstance(answer, RefusedByPeer):
            then = self._taken_not_now
        else:
            then = self._taken_refused if answer.outcome == "refused" else self._taken
        self._session.when(self._shared.desk.take_offer_answer(fence, self._push, answer), then)

    def _taken(self, future: "asyncio.Future[None]") -> None:
        if not self._failed(future):
            self._answered = self._push
        self._rest()

    def _taken_refused(self, future: "asyncio.Future[None]") -> None:
        self.wanted = True
        self._taken(future)

    def _taken_not_now(self, future: "asyncio.Future[None]") -> None:
        self._failed(future)
        self._rest()

    def _rest(self) -> None:
        self.busy = False
        if self.wanted:
            self._session.look()

    def _failed(self, future: "asyncio.Future[ConfigOffer | None] | asyncio.Future[None]") -> bool:
        """Whether the desk could not; then the reconcile tick looks again, unless the session has lost its place."""
        error = asyncio.CancelledError() if future.cancelled() else future.exception()
        if error is None:
            return False
        if isinstance(error, Stale):
            self._session.leave(error.code, error.code.name.lower())
        elif self._session.ending is None:
            self._shared.meter.count("looks_failed_total")
            if not _passes(error):
                self._shared.fault(error, distribution_id=self._session.distribution_id)
        return True


def _passes(error: BaseException) -> bool:
    return isinstance(error, asyncio.CancelledError | Refused)
