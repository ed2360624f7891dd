"""One session: what a unit says goes to the desk, what the desk answers goes to the unit.

No task and no queue of its own: it acts when a frame comes, when a future of the desk's is done, when it is nudged.
"""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from msgspec import Struct

from protocol.codec import Refusal, RequestId
from protocol.codes import CloseCode, ErrorCode
from protocol.errors import RemoteProtocolError
from protocol.messages import (
    Anchors,
    AnchorsHeld,
    ConfigProgress,
    Event,
    Goodbye,
    Hello,
    OfferAnswer,
    Renew,
    Report,
    Taken,
)
from protocol.session import RefusedByPeer, host_session
from protocol.states import Kind, State
from protocol.task_messages import TaskAnswer, TaskDone
from servicehost.domain.errors import Refused
from servicehost.ports.desk import Caller, Fence, NotAdmitted, Stale, Welcomed
from servicehost.sessions.endings import answer_for
from servicehost.sessions.offers import PARTED, Offers
from servicehost.sessions.shared import Shared
from servicehost.sessions.trust import Trust

if TYPE_CHECKING:
    from servicehost.sessions.connection import Connection

__all__ = ["Session"]

_TAKEN = Taken()


class Session:
    """From the WebSocket's opening to its end. Every method is harmless after the end."""

    __slots__ = (
        "_asked",
        "_boot_id",
        "_caller",
        "_connection",
        "_engine",
        "_greeting",
        "_held",
        "_logged",
        "_offers",
        "_refused",
        "_renews",
        "_request_id",
        "_retiring_s",
        "_shared",
        "_told",
        "ending",
        "farewell",
        "fence",
    )

    def __init__(self, shared: Shared, connection: "Connection", caller: Caller) -> None:
        self.fence: Fence | None = None
        self.ending: tuple[CloseCode, str] | None = None
        self.farewell: str | None = None
        """The reason in the unit's goodbye."""
        self._shared = shared
        self._connection = connection
        self._caller = caller
        self._engine = host_session()
        self._offers = Offers(shared, self, self._engine, connection)
        self._request_id: RequestId = 0
        self._boot_id = ""
        self._held: frozenset[str] | None = None  # anchors, as the unit says
        self._told: Trust | None = None  # what it was last told of them here
        self._asked: Trust | None = None  # the rollover for which it was asked to renew
        self._greeting = False  # the desk has the hello and has not answered
        self._logged = False  # the desk has turned it away, and the connection log has it
        self._refused = 0
        self._renews = False  # the unit knows what `renew` means
        self._retiring_s: int | None = None

    @property
    def distribution_id(self) -> str:
        """Who it is, by certificate."""
        return self._caller.distribution_id

    # -- what the unit says -------------------------------------------------------------------------------------

    def receive(self, frame: bytes) -> None:
        """One text frame. Raises nothing for what a unit can send."""
        self._shared.frames_in += 1
        try:
            received = self._engine.receive(frame)
        except RemoteProtocolError as error:
            self._refuse_frame(error)
            return
        kind = received.kind
        if kind is Kind.REPORT and self.fence is not None:
            self._shared.desk.take_report(self.fence, cast("Report", received.message))
        elif kind is Kind.OFFER_ANSWER:
            self._offers.take_answer(cast("OfferAnswer | RefusedByPeer", received.message))
        elif kind is Kind.TASK_ANSWER:
            self._offers.take_task_answer(cast("TaskAnswer | RefusedByPeer", received.message))
        elif kind is Kind.ANCHORS_ANSWER:
            self._take_anchors(cast("AnchorsHeld | RefusedByPeer", received.message))
        elif kind is Kind.UNIT_GOODBYE:
            self.farewell = cast("Goodbye", received.message).reason or "goodbye"
            self._settle()
        else:
            self._request_id = cast("RequestId", received.id)
            self._take_request(kind, received.message)

    def _take_request(self, kind: Kind, message: Struct) -> None:
        desk, fence = self._shared.desk, self.fence
        if fence is None:
            self._greet(cast("Hello", message))
        elif kind is Kind.PROGRESS:
            self.when(desk.take_progress(fence, cast("ConfigProgress", message)), self._progress_taken)
        elif kind is Kind.TASK_DONE:
            self.when(desk.take_task_done(fence, cast("TaskDone", message)), self._progress_taken)
        else:
            self.when(desk.take_event(fence, self._boot_id, cast("Event", message)), self._answer_taken)

    def _refuse_frame(self, error: RemoteProtocolError) -> None:
        self._shared.meter.count("refused_frames_total", error.reason)
        self._refused += 1
        if error.answer is not None:
            self._connection.send(error.answer)
        if error.close is not None:
            self._connection.end(error.close, error.reason)
        elif self._refused > self._shared.settings.max_refused_frames:
            self.leave(CloseCode.PROTOCOL_ERROR, "too_many_refused_frames")

    def _greet(self, hello: Hello) -> None:
        caller = self._caller
        self._connection.greeted()
        if self._shared.admission.draining:
            redial_s = self._shared.redial_after_leaving_s()
            self._refuse(ErrorCode.BUSY, "the host is leaving", Refusal(reason="draining", redial_after_s=redial_s))
            self.leave(CloseCode.DRAINING, "draining", redial_after_s=redial_s)
            return
        self._boot_id = hello.boot_id
        self._renews = "renew" in hello.capabilities
        self._held = self._shared.trust.known(hello.anchors)
        self._greeting = True
        self.when(self._shared.desk.phone_home(caller, hello), self._welcome)

    # -- what the desk answers ----------------------------------------------------------------------------------

    def when(self, future: "asyncio.Future[Any]", then: "Callable[[asyncio.Future[Any]], None]") -> None:
        """Call `then` once the desk has answered; an error in it is a fault of ours and ends the session."""
        future.add_done_callback(partial(self._go_on, then))

    def _go_on(self, then: "Callable[[asyncio.Future[Any]], None]", future: "asyncio.Future[Any]") -> None:
        try:
            then(future)
            self._settle()
        except Exception as error:  # the event loop would log it without a name and leave the unit waiting
            self._connection.fail(error)
        self._connection.flush()

    def _welcome(self, future: "asyncio.Future[Welcomed]") -> None:
        self._greeting = False
        error = _error_of(future)
        if error is not None:
            self._turn_away(error)
            return
        welcomed = future.result()
        self.fence = welcomed.fence
        if self.ending is not None:  # lost while the desk was at work: the epoch it was given ends here
            self._shared.desk.session_ended(welcomed.fence, *self.ending)
        elif not self._shared.registry.register(self):
            refusal = Refusal(reason="taken_over")
            self._refuse(ErrorCode.STALE_SESSION, "a newer session of this unit stands", refusal)
            self.leave(CloseCode.TAKEN_OVER, "taken_over")
        else:
            self._connection.send(self._engine.answer(self._request_id, welcomed.welcome))
            # Trust comes first: a config may be tried, and that ends the session.
            self.tell_anchors()
            if welcomed.work_waits:
                self.look()

    def _turn_away(self, error: BaseException) -> None:
        if self.ending is not None:
            self._logged = isinstance(error, NotAdmitted)
            self._attempt_failed(*self.ending)
            return
        if isinstance(error, NotAdmitted):
            refusal = Refusal(reason=error.reason, because=error.because, hosts=error.hosts)
            self._refuse(ErrorCode.NOT_ADMITTED, error.text, refusal)
            self._logged = True
            self.leave(error.code, error.reason)
            return
        answer = answer_for(error, self._shared.admission.come_back_s())
        if answer.ours:
            self._fault(error)
        wait_s = answer.refusal.retry_after_s
        refusal = Refusal(reason=answer.refusal.reason, redial_after_s=wait_s)
        self._refuse(answer.code, answer.text, refusal)
        code = answer.close or (CloseCode.BUSY if wait_s is not None else CloseCode.HOST_FAULT)
        self.leave(code, refusal.reason, redial_after_s=wait_s)

    def _progress_taken(self, future: "asyncio.Future[None]") -> None:
        """A trial or a task may have ended: what waited for its end is due now, and nobody else would say so."""
        self._answer_taken(future)
        self.look()

    def _answer_taken(self, future: "asyncio.Future[None]") -> None:
        error = _error_of(future)
        if self.ending is not None:
            return  # unanswered: the unit says it again in its next session
        if error is None:
            self._connection.send(self._engine.answer(self._request_id, _TAKEN))
            return
        answer = answer_for(error, self._shared.admission.come_back_s())
        if answer.ours:
            self._fault(error)
        self._refuse(answer.code, answer.text, answer.refusal)
        if answer.close is not None:
            self.leave(answer.close, answer.refusal.reason)

    def _refuse(self, code: ErrorCode, text: str, refusal: Refusal) -> None:
        self._connection.send(self._engine.refuse(self._request_id, code, text, refusal))

    def _fault(self, error: BaseException) -> None:
        self._shared.fault(error, distribution_id=self.distribution_id)

    # -- trust --------------------------------------------------------------------------------------------------

    def tell_anchors(self) -> None:
        """Tell the unit which trust anchors are in force, once each time that differs from what it holds. Never raises.

        While something else is asked of the unit it waits: every answer leads here again.
        """
        trust = self._shared.trust
        self._ask_for_renewal(trust)
        if self._held is None or self._held == trust.fingerprints or self._told is trust or not trust.anchors:
            return
        if self.fence is None or self.ending is not None or self.farewell is not None or self._retiring_s is not None:
            return
        if self._engine.asking or self._offers.busy:
            return
        try:
            self._told = trust
            self._connection.send(self._engine.say(Anchors(anchors=trust.anchors)))
        except Exception as error:  # whoever tells all of them must not suffer for one session
            self._connection.fail(error)

    def _ask_for_renewal(self, trust: Trust) -> None:
        """As soon as the unit could follow in a rollover, once a session; no record of it is needed: who comes with a
        certificate of the leaving anchor is asked again after each welcome."""
        if self._asked is not trust and self.fence is not None and trust.renewal_due(self._caller.anchor, self._held):
            self._asked = trust
            self.renew(Renew(reason="anchor_change"))

    def _take_anchors(self, answer: "AnchorsHeld | RefusedByPeer") -> None:
        if isinstance(answer, RefusedByPeer):
            self._shared.meter.count("anchors_refused_total", answer.reason)
            self._anchors_taken()
        elif self.fence is not None:
            self._held = self._shared.trust.known(answer.anchors)
            self.when(self._shared.desk.take_anchors(self.fence, answer), self._anchors_taken)

    def _anchors_taken(self, future: "asyncio.Future[None] | None" = None) -> None:
        """What had waited for the unit's answer may go on."""
        error = None if future is None else _error_of(future)
        if isinstance(error, Stale):
            self.leave(error.code, error.code.name.lower())
        elif error is not None and not isinstance(error, Refused | asyncio.CancelledError):
            self._fault(error)
        if self._offers.wanted:
            self.look()

    # -- work and endings ---------------------------------------------------------------------------------------

    def look(self) -> None:
        """Ask the desk for work, now or as soon as what is under way is done. Never raises."""
        if self.fence is None or self.ending is not None or self._retiring_s is not None or self.farewell is not None:
            return
        try:
            self._offers.look(self.fence)
        except Exception as error:  # whoever nudges must not suffer for one session
            self._connection.fail(error)

    def renew(self, renew: Renew) -> None:
        """Ask the unit for a younger certificate, if it can be asked now. Never raises."""
        if self._renews and self.ending is None and self._engine.state is State.OPEN:
            self._connection.send(self._engine.say(renew))
            self._connection.flush()

    def leave(self, code: CloseCode, reason: str, *, redial_after_s: int | None = None) -> None:
        """Say goodbye and close. Harmless twice; never raises."""
        if self.ending is None:
            if self._engine.state is not State.CLOSED:
                goodbye = Goodbye(code=code, reason=reason, redial_after_s=redial_after_s)
                self._connection.send(self._engine.say(goodbye))
            self._connection.end(code, reason)
            self._connection.flush()

    def retire(self, redial_after_s: int) -> None:
        """Leave for the drain as soon as no answer is owed and no offer is under way; take up no new work."""
        self._retiring_s = redial_after_s
        self._settle()

    @property
    def owing(self) -> bool:
        """Whether the unit waits for an answer of ours."""
        return self._engine.owing

    def _settle(self) -> None:
        """Carry out what had waited for what was under way: news of trust anchors, or a parting."""
        self.tell_anchors()
        if self.ending is not None or self._engine.owing or self._offers.busy:
            return
        if self.farewell is not None:
            self._connection.end(CloseCode.DONE, self.farewell)
        elif self._retiring_s is not None:
            self.leave(CloseCode.DRAINING, "draining", redial_after_s=self._retiring_s)

    def writable(self) -> None:
        """The unit takes bytes again."""
        if self._offers.wanted:
            self.look()

    def closed(self, code: CloseCode, reason: str) -> None:
        """The connection tells, once, that the session is over."""
        self.ending = (code, reason)
        self._offers = PARTED
        if self.fence is not None:
            self._shared.registry.remove(self)
            self._shared.desk.session_ended(self.fence, code, reason)
        elif not self._greeting:
            self._attempt_failed(code, reason)

    def _attempt_failed(self, code: CloseCode, reason: str) -> None:
        caller = self._caller
        self._shared.desk.attempt_failed(
            caller.remote_address,
            code,
            reason,
            caller.distribution_id,
            certificate=caller.certificate,
            tls_version=caller.tls_version,
            logged=self._logged,
        )


def _error_of(future: "asyncio.Future[Any]") -> BaseException | None:
    return asyncio.CancelledError() if future.cancelled() else future.exception()
