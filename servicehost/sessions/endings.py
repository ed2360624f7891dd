"""What each ending is called: from the wire's words and the desk's refusals to the closed enumerations."""

from typing import Final

import msgspec

from protocol.codec import Refusal
from protocol.codes import CloseCode, ErrorCode
from protocol.wire.events import Ended, TlsEnded, TlsReason
from servicehost.domain.errors import Busy, NotFound, StoreFull
from servicehost.ports.desk import Stale

__all__ = ["MAX_REASON_BYTES", "Answer", "answer_for", "close_reason", "tls_ending", "websocket_ending"]

MAX_REASON_BYTES: Final = 123
"""What a close frame holds beside its code."""

_FIRST_STATUS_ABOVE_HTTP: Final = 1000
_PARTED: Final = frozenset({1000, 1001})
_LOST: Final = 1006
_OURS: Final = {
    1003: CloseCode.NOT_TEXT,
    1007: CloseCode.NOT_UTF8,
    1009: CloseCode.TOO_LARGE,
    1011: CloseCode.HOST_FAULT,
}


def websocket_ending(ended: Ended) -> tuple[CloseCode, str]:
    """The code and the reason under which we record an end that the wire told of."""
    if ended.code < _FIRST_STATUS_ABOVE_HTTP:
        return CloseCode.UPGRADE_REFUSED, ended.reason
    if ended.code == _LOST:
        return CloseCode.CONNECTION_LOST, ended.reason
    if not ended.by_peer:
        return _OURS.get(ended.code, CloseCode.PROTOCOL_ERROR), ended.reason
    if ended.code in _PARTED:
        return CloseCode.DONE, "closed_by_unit"
    return CloseCode.CONNECTION_LOST, f"closed_by_unit_{ended.code}"


def tls_ending(ended: TlsEnded) -> tuple[CloseCode, str]:
    """The same for TLS; the reason of a peer's own alert is `alert_` and its name."""
    if ended.reason is TlsReason.EOF:
        return CloseCode.CONNECTION_LOST, "eof_in_handshake"
    if ended.alert:
        return CloseCode.TLS_REFUSED, f"alert_{ended.alert}"
    return CloseCode.TLS_REFUSED, ended.reason.value


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """How an exception of the desk's is told to the unit. `close` is set when the session cannot go on."""

    code: ErrorCode
    text: str
    refusal: Refusal
    close: CloseCode | None = None
    ours: bool = False
    """A fault of ours, to be logged with its traceback."""


def answer_for(error: BaseException, come_back_s: int) -> Answer:
    """The answer to a request that the desk did not take; nothing was changed by it."""
    match error:
        case Stale():
            return Answer(
                code=ErrorCode.STALE_SESSION,
                text="this session has lost its place",
                refusal=Refusal(reason=error.code.name.lower()),
                close=error.code,
            )
        case Busy():
            refusal = Refusal(reason=error.code, retry_after_s=error.retry_after_s)
            return Answer(code=ErrorCode.BUSY, text=error.text, refusal=refusal)
        case StoreFull():
            refusal = Refusal(reason=error.code, retry_after_s=come_back_s)
            return Answer(code=ErrorCode.STORE_FULL, text="the host cannot write now", refusal=refusal)
        case NotFound(code="unknown_task"):
            return Answer(code=ErrorCode.UNKNOWN_TASK, text=error.text, refusal=Refusal(reason=error.code))
        case NotFound():
            return Answer(code=ErrorCode.UNKNOWN_PUSH, text=error.text, refusal=Refusal(reason="unknown_push"))
        case _:
            refusal = Refusal(reason="host_fault")
            return Answer(code=ErrorCode.HOST_FAULT, text="an error of ours", refusal=refusal, ours=True)


def close_reason(reason: str) -> str:
    """`reason`, cut at a character to what a close frame holds."""
    return reason.encode()[:MAX_REASON_BYTES].decode(errors="ignore")
