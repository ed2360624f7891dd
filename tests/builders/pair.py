"""Two ends of a session joined by a perfect wire, and one good message of every kind."""

from typing import Final

import msgspec

from protocol.codec import Refusal, RequestId
from protocol.codes import CloseCode, ErrorCode
from protocol.digest import digest_of
from protocol.messages import (
    Anchors,
    AnchorsHeld,
    ConfigOffer,
    ConfigProgress,
    Event,
    Goodbye,
    Hello,
    OfferAnswer,
    Renew,
    Report,
    ReportRequest,
    Taken,
    Welcome,
)
from protocol.session import Received, Session, host_session, unit_session
from protocol.states import Direction, Kind, State
from protocol.task_messages import Ping, TaskAnswer, TaskDone, TaskRun

__all__ = ["SAMPLES", "Pair", "request_of", "voice"]

BODY: Final = "hostname tokyo-1\n"
DIGEST: Final = digest_of(BODY.encode())
PEM: Final = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"

SAMPLES: Final[dict[Kind, msgspec.Struct]] = {
    Kind.HELLO: Hello(firmware="5.33", boot_id="b1"),
    Kind.WELCOME: Welcome(standing="serving", session_epoch=7, binding=3, service_code="SA-1"),
    Kind.REPORT: Report(uptime_s=61, health={"fan": "ok"}),
    Kind.EVENT: Event(sequence=1, sub_type="hardware_alarm", component="fan"),
    Kind.EVENT_ANSWER: Taken(),
    Kind.PROGRESS: ConfigProgress(push=9, revision=4, digest=DIGEST, phase="confirmed"),
    Kind.PROGRESS_ANSWER: Taken(),
    Kind.OFFER: ConfigOffer(push=9, revision=4, digest=DIGEST, body=BODY),
    Kind.OFFER_ANSWER: OfferAnswer(outcome="accepted"),
    Kind.TASK: TaskRun(task=5, issued_ms=1_795_474_526_123, work=Ping(address="192.0.2.1"), time_out_s=60),
    Kind.TASK_ANSWER: TaskAnswer(outcome="accepted"),
    Kind.TASK_DONE: TaskDone(task=5, issued_ms=1_795_474_526_123, outcome="succeeded"),
    Kind.TASK_DONE_ANSWER: Taken(),
    Kind.ANCHORS: Anchors(anchors=(PEM,)),
    Kind.ANCHORS_ANSWER: AnchorsHeld(anchors=("ab" * 32,)),
    Kind.REPORT_REQUEST: ReportRequest(),
    Kind.RENEW: Renew(reason="anchor_change"),
    Kind.UNIT_GOODBYE: Goodbye(code=CloseCode.DONE, reason="power_off"),
    Kind.HOST_GOODBYE: Goodbye(code=CloseCode.DRAINING, reason="draining", redial_after_s=30),
}

_REQUEST_OF: Final = {
    Kind.WELCOME: Kind.HELLO,
    Kind.HELLO_REFUSED: Kind.HELLO,
    Kind.EVENT_ANSWER: Kind.EVENT,
    Kind.PROGRESS_ANSWER: Kind.PROGRESS,
    Kind.OFFER_ANSWER: Kind.OFFER,
    Kind.ANCHORS_ANSWER: Kind.ANCHORS,
    Kind.TASK_ANSWER: Kind.TASK,
    Kind.TASK_DONE_ANSWER: Kind.TASK_DONE,
}


def request_of(kind: Kind) -> Kind | None:
    """The request that `kind` answers; None when it answers none."""
    return _REQUEST_OF.get(kind)


def voice(session: Session, kind: Kind, request_id: RequestId | None) -> bytes:
    """The frame with which `session` says the sample of `kind`; an answer needs the id of its request."""
    if request_id is None:
        return session.say(SAMPLES[kind])
    if kind is Kind.HELLO_REFUSED:
        return session.refuse(request_id, ErrorCode.NOT_ADMITTED, "not known here", Refusal(reason="unknown_unit"))
    return session.answer(request_id, SAMPLES[kind])


class Pair:
    """A host's and a unit's end. Whatever one says the other hears at once, and both must agree where they stand."""

    def __init__(self) -> None:
        self.host, self.unit = host_session(), unit_session()

    def stands(self) -> State:
        """Where both ends stand; they must agree."""
        assert self.host.state is self.unit.state
        return self.host.state

    def speaker(self, direction: Direction) -> Session:
        return self.unit if direction is Direction.UP else self.host

    def listener(self, direction: Direction) -> Session:
        return self.host if direction is Direction.UP else self.unit

    def up(self, message: msgspec.Struct) -> Received:
        """The unit says, the host hears."""
        return self.host.receive(self.unit.say(message))

    def down(self, message: msgspec.Struct) -> Received:
        """The host says, the unit hears."""
        return self.unit.receive(self.host.say(message))

    def answer(self, request: Received, result: msgspec.Struct) -> Received:
        """Whoever heard `request` answers it."""
        assert request.id is not None
        listener, speaker = self.listener(request.kind.direction), self.speaker(request.kind.direction)
        return speaker.receive(listener.answer(request.id, result))

    def refuse(self, request: Received, code: ErrorCode, refusal: Refusal) -> Received:
        """Whoever heard `request` refuses it."""
        assert request.id is not None
        listener, speaker = self.listener(request.kind.direction), self.speaker(request.kind.direction)
        return speaker.receive(listener.refuse(request.id, code, "no", refusal))

    def greet(self, welcome: Welcome | None = None) -> "Pair":
        """Hello and welcome."""
        hello = self.up(SAMPLES[Kind.HELLO])
        self.answer(hello, welcome or SAMPLES[Kind.WELCOME])
        assert self.stands() is State.OPEN
        return self

    def forced(self, state: State, kind: Kind) -> RequestId | None:
        """Puts both ends into `state`, with the request that `kind` answers in flight; its id."""
        request = request_of(kind)
        request_id = None
        if request is not None:
            if request is not Kind.HELLO:
                self.greet()
            request_id = (
                self.listener(request.direction).receive(self.speaker(request.direction).say(SAMPLES[request])).id
            )
        self.host.state = self.unit.state = state
        return request_id
