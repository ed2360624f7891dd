"""JSON-RPC 2.0 envelopes: bytes to and from the structs of `protocol.messages`, with no memory of what came before."""

from typing import Annotated, Any, Final, TypeVar

import msgspec

from protocol.codes import CloseCode, ErrorCode
from protocol.errors import MAX_ERROR_TEXT, RemoteProtocolError
from protocol.version import MAX_FRAME_BYTES

__all__ = [
    "Envelope",
    "Refusal",
    "RequestId",
    "decode_params",
    "encode_answer",
    "encode_error",
    "encode_notification",
    "encode_request",
    "read_envelope",
]

RequestId = int | str
"""At most 64 characters, or a whole number that every JSON library can hold: it is echoed in the answer."""

_Id = Annotated[int, msgspec.Meta(ge=-(2**53) + 1, le=2**53 - 1)] | Annotated[str, msgspec.Meta(max_length=64)]
_Seconds = Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]
_Word = Annotated[str, msgspec.Meta(max_length=64)]
_Host = Annotated[str, msgspec.Meta(max_length=255)]
_Code = Annotated[int, msgspec.Meta(ge=-(2**31), le=2**31 - 1)]

_T = TypeVar("_T")

_encoder: Final = msgspec.json.Encoder()


class Refusal(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The `data` of an error answer: the stable word, and when to try again where that makes sense."""

    reason: str
    """What was refused for, in one stable word."""
    redial_after_s: _Seconds | None = None
    """Dial again after so many seconds."""
    retry_after_s: _Seconds | None = None
    """Ask the same again after so many seconds."""
    because: _Word | None = None
    """A second stable word: for `revoked` the reason of the revocation."""
    hosts: Annotated[tuple[_Host, ...], msgspec.Meta(max_length=5)] = ()
    """For `moved`: the hosts that carry the unit now, `wss://name[:port]/session`, in the order to dial them."""


class _Error(msgspec.Struct, frozen=True, kw_only=True):
    code: _Code
    message: str
    data: Refusal = Refusal(reason="unnamed")


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """A JSON-RPC message whose `params` or `result` are still raw JSON."""

    jsonrpc: str
    method: str | None = None
    id: _Id | msgspec.UnsetType | None = msgspec.UNSET
    params: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    result: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    error: _Error | msgspec.UnsetType = msgspec.UNSET


class _Request(msgspec.Struct, frozen=True, kw_only=True):
    jsonrpc: str = "2.0"
    method: str
    id: RequestId
    params: Any


class _Notification(msgspec.Struct, frozen=True, kw_only=True):
    jsonrpc: str = "2.0"
    method: str
    params: Any


class _Answer(msgspec.Struct, frozen=True, kw_only=True):
    jsonrpc: str = "2.0"
    id: RequestId
    result: Any


class _ErrorAnswer(msgspec.Struct, frozen=True, kw_only=True):
    jsonrpc: str = "2.0"
    id: RequestId | None
    error: _Error


_envelopes: Final = msgspec.json.Decoder(Envelope)
_EMPTY: Final = msgspec.Raw(b"{}")


def encode_request(request_id: RequestId, method: str, params: msgspec.Struct) -> bytes:
    """A request frame."""
    return _encoder.encode(_Request(id=request_id, method=method, params=params))


def encode_notification(method: str, params: msgspec.Struct) -> bytes:
    """A notification frame."""
    return _encoder.encode(_Notification(method=method, params=params))


def encode_answer(request_id: RequestId, result: msgspec.Struct) -> bytes:
    """A result frame."""
    return _encoder.encode(_Answer(id=request_id, result=result))


def encode_error(request_id: RequestId | None, code: ErrorCode, text: str, refusal: Refusal) -> bytes:
    """An error frame; `request_id` is None when the request could not be read. A long text is cut."""
    error = _Error(code=code, message=text[:MAX_ERROR_TEXT], data=refusal)
    return _encoder.encode(_ErrorAnswer(id=request_id, error=error))


def read_envelope(frame: bytes) -> Envelope:
    """The envelope of one text frame.

    Raises RemoteProtocolError and nothing else: `not_json` and `nested_too_deeply` and `not_json_rpc` end the
    session, `batch_refused` does not.
    """
    if len(frame) > MAX_FRAME_BYTES:
        raise RemoteProtocolError(
            "frame_too_large", f"{len(frame)} bytes; at most {MAX_FRAME_BYTES}", close=CloseCode.TOO_LARGE
        )
    try:
        envelope = _envelopes.decode(frame)
    except RecursionError as error:
        # A deeply nested unknown field: neither DecodeError nor ValueError, sent by mistake or by malice.
        raise _unreadable("nested_too_deeply", "the message is nested too deeply") from error
    except msgspec.ValidationError as error:
        raise _misshapen(frame, str(error)) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _unreadable("not_json", str(error)) from error
    if envelope.jsonrpc != "2.0":
        raise _misshapen(frame, "the member jsonrpc must be the string 2.0")
    return envelope


def _unreadable(reason: str, text: str) -> RemoteProtocolError:
    answer = encode_error(None, ErrorCode.PARSE_ERROR, text, Refusal(reason=reason))
    return RemoteProtocolError(reason, text, answer=answer, close=CloseCode.PROTOCOL_ERROR)


def _misshapen(frame: bytes, text: str) -> RemoteProtocolError:
    if frame.lstrip()[:1] == b"[":
        text = "send one message a frame; batches are not taken"
        answer = encode_error(None, ErrorCode.INVALID_REQUEST, text, Refusal(reason="batch_refused"))
        return RemoteProtocolError("batch_refused", text, answer=answer)
    answer = encode_error(None, ErrorCode.INVALID_REQUEST, text, Refusal(reason="not_json_rpc"))
    return RemoteProtocolError("not_json_rpc", text, answer=answer, close=CloseCode.PROTOCOL_ERROR)


def decode_params(decoder: "msgspec.json.Decoder[_T]", raw: msgspec.Raw | msgspec.UnsetType) -> _T:
    """Params or result as their struct. Raises ValueError (msgspec's errors are) and nothing else."""
    try:
        return decoder.decode(_EMPTY if isinstance(raw, msgspec.UnsetType) else raw)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
