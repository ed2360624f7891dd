"""The work of one session: look for it, offer a push or give a task, hand the answer to the desk, look again."""

import asyncio
from typing import TYPE_CHECKING, Final

from protocol.codes import CloseCode
from protocol.messages import ConfigOffer, OfferAnswer
from protocol.session import RefusedByPeer
from protocol.session import Session as Engine
from protocol.task_messages import TaskAnswer, TaskRun
from servicehost.domain.errors import Refused
from servicehost.ports.desk import Fence, Stale
from servicehost.sessions.shared import Shared

if TYPE_CHECKING:
    from servicehost.sessions.connection import Connection
    from servicehost.sessions.session import Session

__all__ = ["PARTED", "TASK_ANSWER_DUE_S", "Offers"]

TASK_ANSWER_DUE_S: Final = 30
"""A task is answered at once, with its end or with `accepted`; a session in which it is not is found out by the next
look, and ended."""


class Offers:
    """One thing at a time. A push that the unit has answered in this session, durably, is not offered in it again, nor
    is a task that it has accepted."""

    __slots__ = (
        "_accepted",
        "_answered",
        "_connection",
        "_engine",
        "_given_at",
        "_push",
        "_session",
        "_shared",
        "_task",
        "busy",
        "wanted",
    )

    def __init__(self, shared: Shared, session: "Session", engine: Engine, connection: "Connection") -> None:
        self._shared = shared
        self._session = session
        self._engine = engine
        self._connection = connection
        self._push = 0
        self._answered = 0
        self._task = 0
        self._accepted = 0
        self._given_at: float | None = None  # a task, and the unit has not answered yet
        self.busy = False
        """The desk looks, an offer is unanswered, or the desk takes its answer."""
        self.wanted = False
        """Somebody asked to look while that was not possible."""

    def look(self, fence: Fence) -> None:
        """Look now, or note that it is wanted: no nudge is lost to what is under way."""
        if self.busy or self._engine.asking or not self._connection.writable:
            self.wanted = True
            self._judge_task_answer()
            return
        self.busy, self.wanted = True, False
        self._session.when(self._shared.desk.work_due(fence), self._offer)

    def _offer(self, future: "asyncio.Future[ConfigOffer | TaskRun | None]") -> None:
        offer = None if self._failed(future) else future.result()
        if self._session.ending is not None:
            return
        if offer is None or self._session.farewell is not None:
            self._rest()
        elif isinstance(offer, TaskRun):
            self._give(offer)
        elif offer.push == self._answered:
            self._rest()
        else:
            self._push = offer.push
            self._connection.send(self._engine.say(offer))

    def _give(self, task: TaskRun) -> None:
        if task.task == self._accepted:
            self._rest()
            return
        self._task, self._given_at = task.task, self._shared.wheel.now
        self._connection.send(self._engine.say(task))

    def take_task_answer(self, answer: TaskAnswer | RefusedByPeer) -> None:
        """The unit has answered the task under way. When it has ended at once, its end and the question for the next
        one go to the desk together, and so into one batch."""
        self._given_at = None
        fence, desk = self._session.fence, self._shared.desk
        if fence is None:
            return
        if isinstance(answer, TaskAnswer) and answer.outcome == "accepted":
            self._accepted = self._task
            self._rest()
        elif isinstance(answer, RefusedByPeer):  # "not now", most likely: whether it comes again is the desk's to say
            self._session.when(desk.take_task_answer(fence, self._task, answer), self._taken_not_now)
        else:
            self._session.when(desk.take_task_answer(fence, self._task, answer), self._noted)
            self._session.when(desk.work_due(fence), self._offer)

    def _noted(self, future: "asyncio.Future[None]") -> None:
        self._failed(future)

    def _judge_task_answer(self) -> None:
        if self._given_at is not None and self._shared.wheel.now - self._given_at > TASK_ANSWER_DUE_S:
            self._session.leave(CloseCode.PROTOCOL_ERROR, "task_unanswered")

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

    def _failed(self, future: "asyncio.Future[ConfigOffer | TaskRun | None] | asyncio.Future[None]") -> bool:
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


class _Parted(Offers):
    __slots__ = ()

    def __init__(self) -> None:
        self.busy = self.wanted = False


PARTED: Final = _Parted()
"""What a session has after its end: it and offers of its own would hold each other, and TLS with them, until the
collector comes."""


def _passes(error: BaseException) -> bool:
    return isinstance(error, asyncio.CancelledError | Refused)
