"""The Sans-I/O session: messages to frames and frames to messages, in lawful order only.

Holds no socket, no clock and no task: the caller owns all three. Both ends use one engine and one table; the only
difference between them is which direction they may say.
"""

from typing import Final

import msgspec

from protocol import codec, messages, task_messages
from protocol.codec import Envelope, Refusal, RequestId
from protocol.codes import CloseCode, ErrorCode
from protocol.errors import LocalProtocolError, RemoteProtocolError
from protocol.states import TRANSITIONS, Direction, Kind, State
from protocol.version import MAX_FRAME_BYTES

__all__ = ["STRUCTS", "Received", "RefusedByPeer", "Session", "host_session", "unit_session"]


class RefusedByPeer(msgspec.Struct, frozen=True, kw_only=True):
    """An error answer, as a message: the peer did not do what was asked."""

    code: int
    reason: str
    text: str = ""
    redial_after_s: int | None = None
    retry_after_s: int | None = None
    because: str | None = None
    hosts: tuple[str, ...] = ()


class Received(msgspec.Struct, frozen=True, kw_only=True):
    """One lawful message. `id` is set on a request and must be given to `answer` or `refuse`."""

    kind: Kind
    message: msgspec.Struct
    id: RequestId | None = None


STRUCTS: Final[dict[Kind, type[msgspec.Struct]]] = {
    Kind.HELLO: messages.Hello,
    Kind.WELCOME: messages.Welcome,
    Kind.REPORT: messages.Report,
    Kind.EVENT: messages.Event,
    Kind.EVENT_ANSWER: messages.Taken,
    Kind.PROGRESS: messages.ConfigProgress,
    Kind.PROGRESS_ANSWER: messages.Taken,
    Kind.OFFER: messages.ConfigOffer,
    Kind.OFFER_ANSWER: messages.OfferAnswer,
    Kind.TASK: task_messages.TaskRun,
    Kind.TASK_ANSWER: task_messages.TaskAnswer,
    Kind.TASK_DONE: task_messages.TaskDone,
    Kind.TASK_DONE_ANSWER: messages.Taken,
    Kind.ANCHORS: messages.Anchors,
    Kind.ANCHORS_ANSWER: messages.AnchorsHeld,
    Kind.REPORT_REQUEST: messages.ReportRequest,
    Kind.RENEW: messages.Renew,
    Kind.UNIT_GOODBYE: messages.Goodbye,
    Kind.HOST_GOODBYE: messages.Goodbye,
}
"""The params or result of every kind. A refused hello has none: it arrives as RefusedByPeer."""
_DECODERS: Final = {kind: msgspec.json.Decoder(struct) for kind, struct in STRUCTS.items()}
_CALLS: Final = {(kind.method, kind.direction): kind for kind in Kind if kind.role in ("request", "notification")}
_KNOWN_METHODS: Final = frozenset(kind.method for kind in Kind)
_SAID: Final = {struct: kind for kind, struct in STRUCTS.items() if kind.role in ("request", "notification")}
_ANSWER_TO: Final = {
    Kind.EVENT: Kind.EVENT_ANSWER,
    Kind.PROGRESS: Kind.PROGRESS_ANSWER,
    Kind.OFFER: Kind.OFFER_ANSWER,
    Kind.ANCHORS: Kind.ANCHORS_ANSWER,
    Kind.TASK: Kind.TASK_ANSWER,
    Kind.TASK_DONE: Kind.TASK_DONE_ANSWER,
}
_OTHER: Final = {Direction.UP: Direction.DOWN, Direction.DOWN: Direction.UP}


class Session:
    """One end of a session.

    `direction` is what this end may say. At most one request of each end is in flight; a second one is
    LocalProtocolError here and `out_of_order` when the peer does it.
    """

    __slots__ = ("_asked", "_asked_id", "_direction", "_last_id", "_owed", "_owed_id", "state")

    def __init__(self, direction: Direction) -> None:
        self.state = State.DIALED
        self._direction = direction
        self._last_id = 0
        self._asked: Kind | None = None  # our request in flight
        self._asked_id = 0
        self._owed: Kind | None = None  # the peer's request that we have not answered
        self._owed_id: RequestId = 0

    @property
    def asking(self) -> bool:
        """Whether a request of ours is unanswered: another one must wait."""
        return self._asked is not None

    @property
    def owing(self) -> bool:
        """Whether a request of the peer's is unanswered."""
        return self._owed is not None

    # -- what this end says -------------------------------------------------------------------------------------

    def say(self, message: msgspec.Struct) -> bytes:
        """The frame of a request or notification. Raises LocalProtocolError, leaving the session as it was."""
        kind = self._kind_said(message)
        if kind.role == "notification":
            return self._move_local(kind, codec.encode_notification(kind.method, message))
        if self._asked is not None:
            raise LocalProtocolError(f"{kind.method} while {self._asked.method} is unanswered")
        request_id = self._last_id + 1
        frame = self._move_local(kind, codec.encode_request(request_id, kind.method, message))
        self._asked, self._asked_id, self._last_id = kind, request_id, request_id
        return frame

    def answer(self, request_id: RequestId, result: msgspec.Struct) -> bytes:
        """The frame that answers the peer's request.

        Raises LocalProtocolError when no request with that id is owed or the result is none for it.
        """
        owed = self._owed_for(request_id)
        kind = Kind.WELCOME if owed is Kind.HELLO else _ANSWER_TO[owed]
        if type(result) is not STRUCTS[kind]:
            raise LocalProtocolError(f"{type(result).__name__} does not answer {owed.method}")
        frame = self._move_local(kind, codec.encode_answer(request_id, result))
        self._owed = None
        return frame

    def refuse(self, request_id: RequestId, code: ErrorCode, text: str, refusal: Refusal) -> bytes:
        """The error frame that answers the peer's request. Raises LocalProtocolError when none with that id is owed."""
        owed = self._owed_for(request_id)
        kind = Kind.HELLO_REFUSED if owed is Kind.HELLO else _ANSWER_TO[owed]
        frame = self._move_local(kind, codec.encode_error(request_id, code, text, refusal))
        self._owed = None
        return frame

    def _kind_said(self, message: msgspec.Struct) -> Kind:
        if isinstance(message, messages.Goodbye):
            return Kind.UNIT_GOODBYE if self._direction is Direction.UP else Kind.HOST_GOODBYE
        kind = _SAID.get(type(message))
        if kind is None or kind.direction is not self._direction:
            raise LocalProtocolError(f"{type(message).__name__} is not said {self._direction.value}")
        return kind

    def _owed_for(self, request_id: RequestId) -> Kind:
        if self._owed is None or self._owed_id != request_id:
            raise LocalProtocolError(f"no request {request_id!r} is unanswered")
        return self._owed

    def _move_local(self, kind: Kind, frame: bytes) -> bytes:
        after = TRANSITIONS[self.state].get(kind)
        if after is None:
            raise LocalProtocolError(f"{kind.name} while {self.state.value}")
        if len(frame) > MAX_FRAME_BYTES:
            raise LocalProtocolError(f"{kind.name} of {len(frame)} bytes; at most {MAX_FRAME_BYTES}")
        self.state = after
        return frame

    # -- what the peer says -------------------------------------------------------------------------------------

    def receive(self, frame: bytes) -> Received:
        """The message in one text frame. Raises RemoteProtocolError and nothing else."""
        envelope = codec.read_envelope(frame)
        if envelope.method is None:
            return self._receive_answer(envelope)
        if envelope.id is None:
            raise _not_json_rpc("the id of a request is a string or a whole number; a notification has none")
        if envelope.result is not msgspec.UNSET or envelope.error is not msgspec.UNSET:
            raise _not_json_rpc("a message with a method has neither result nor error")
        kind = _CALLS.get((envelope.method, _OTHER[self._direction]))
        if kind is None:
            raise self._no_such_method(envelope.method, envelope)
        if (kind.role == "request") != isinstance(envelope.id, int | str):
            raise _not_json_rpc(f"{kind.method} is a {kind.role}")
        self._check_order(kind, envelope)
        try:
            message = codec.decode_params(_DECODERS[kind], envelope.params)
        except ValueError as error:
            text = f"{kind.method}: {error}"
            # Refused, a hello ends the session at the unit's end; so it must at ours.
            close = CloseCode.PROTOCOL_ERROR if kind is Kind.HELLO else None
            raise _refused(envelope, ErrorCode.INVALID_PARAMS, "invalid_params", text, close=close) from error
        self.state = TRANSITIONS[self.state][kind]
        if kind.role == "notification":
            return Received(kind=kind, message=message)
        assert isinstance(envelope.id, int | str)  # noqa: S101 - checked above, said again for the type checker
        self._owed, self._owed_id = kind, envelope.id
        return Received(kind=kind, message=message, id=envelope.id)

    def _check_order(self, kind: Kind, envelope: Envelope) -> None:
        if TRANSITIONS[self.state].get(kind) is None:
            text = f"{kind.method} is out of order: the session is {self.state.value}"
        elif kind.role == "request" and self._owed is not None:
            text = f"{kind.method} before {self._owed.method} was answered"
        else:
            return
        raise _refused(envelope, ErrorCode.OUT_OF_ORDER, "out_of_order", text, close=CloseCode.PROTOCOL_ERROR)

    def _no_such_method(self, method: str, envelope: Envelope) -> RemoteProtocolError:
        if method in _KNOWN_METHODS:
            text = f"{method} is not said {_OTHER[self._direction].value}"
            return _refused(envelope, ErrorCode.METHOD_NOT_FOUND, "wrong_direction", text)
        if method in messages.RESERVED_METHODS or method.startswith("task."):
            return _refused(
                envelope, ErrorCode.RESERVED, "reserved_method", f"{method[:64]} is kept for a later version"
            )
        return _refused(envelope, ErrorCode.METHOD_NOT_FOUND, "unknown_method", f"no method {method[:64]!r}")

    def _receive_answer(self, envelope: Envelope) -> Received:
        asked = self._asked
        error = envelope.error
        if isinstance(envelope.result, msgspec.UnsetType) == isinstance(error, msgspec.UnsetType):
            raise _not_json_rpc("an answer has either result or error")
        if envelope.id is None and not isinstance(error, msgspec.UnsetType):
            # The peer could not even read a frame of ours. Only a bug at one end does that.
            raise RemoteProtocolError("peer_could_not_read", error.message[:200], close=CloseCode.PROTOCOL_ERROR)
        if asked is None or envelope.id != self._asked_id:
            text = f"no request {envelope.id!r} is unanswered"
            raise RemoteProtocolError("unexpected_answer", text, close=CloseCode.PROTOCOL_ERROR)
        if isinstance(error, msgspec.UnsetType):
            kind = Kind.WELCOME if asked is Kind.HELLO else _ANSWER_TO[asked]
            message = self._result(kind, envelope)
        else:
            kind = Kind.HELLO_REFUSED if asked is Kind.HELLO else _ANSWER_TO[asked]
            data = error.data
            message = RefusedByPeer(
                code=error.code,
                reason=data.reason,
                text=error.message,
                redial_after_s=data.redial_after_s,
                retry_after_s=data.retry_after_s,
                because=data.because,
                hosts=data.hosts,
            )
        after = TRANSITIONS[self.state].get(kind)
        if after is None:
            raise RemoteProtocolError(
                "out_of_order", f"{kind.name} while {self.state.value}", close=CloseCode.PROTOCOL_ERROR
            )
        self.state = after
        self._asked = None
        return Received(kind=kind, message=message)

    def _result(self, kind: Kind, envelope: Envelope) -> msgspec.Struct:
        try:
            return codec.decode_params(_DECODERS[kind], envelope.result)
        except ValueError as error:
            raise RemoteProtocolError(
                "invalid_result", f"{kind.method}: {error}", close=CloseCode.PROTOCOL_ERROR
            ) from error


def _refused(
    envelope: Envelope, code: ErrorCode, reason: str, text: str, *, close: CloseCode | None = None
) -> RemoteProtocolError:
    """An error to answer; a notification gets none, as JSON-RPC has it."""
    answer = None
    if isinstance(envelope.id, int | str):
        answer = codec.encode_error(envelope.id, code, text, Refusal(reason=reason))
    return RemoteProtocolError(reason, text, answer=answer, close=close)


def _not_json_rpc(text: str) -> RemoteProtocolError:
    answer = codec.encode_error(None, ErrorCode.INVALID_REQUEST, text, Refusal(reason="not_json_rpc"))
    return RemoteProtocolError("not_json_rpc", text, answer=answer, close=CloseCode.PROTOCOL_ERROR)


def host_session() -> Session:
    """The host's end."""
    return Session(Direction.DOWN)


def unit_session() -> Session:
    """The unit's end."""
    return Session(Direction.UP)
