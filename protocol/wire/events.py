"""What the wire tells its owner: small frozen events in the order they happened, and a name for every ending."""

from enum import StrEnum
from typing import TypeAlias

import msgspec


class LocalError(RuntimeError):
    """The owner of this end asked for what the wire's state does not allow: a mistake of ours, never of the peer."""


class Ending(StrEnum):
    """Why this end gave up a conversation that it did not close of its own accord.

    The first group goes out as the reason of a close frame or is noted without one; the second is the `code` of a
    problem document, sent instead of the opening of the WebSocket.
    """

    FRAME_TOO_LARGE = "frame_too_large"
    TOO_MANY_FRAGMENTS = "too_many_fragments"
    NOT_TEXT = "not_text"
    NOT_UTF8 = "not_utf8"
    PROTOCOL_VIOLATION = "protocol_violation"
    INTERNAL_ERROR = "internal_error"
    NO_CLOSE_FRAME = "no_close_frame"
    BAD_OPENING_ANSWER = "bad_opening_answer"

    NOT_HTTP = "not_http"
    REQUEST_TOO_LARGE = "request_too_large"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    NO_SUCH_PATH = "no_such_path"
    UPGRADE_REQUIRED = "upgrade_required"
    BAD_UPGRADE = "bad_upgrade"
    SUBPROTOCOL_REQUIRED = "subprotocol_required"
    TOO_EARLY = "too_early"


class TlsReason(StrEnum):
    """Why TLS ended without having been closed."""

    NO_CERTIFICATE = "no_certificate"
    FOREIGN_CERTIFICATE = "foreign_certificate"
    WRONG_KEY_USAGE = "wrong_key_usage"
    WRONG_NAME = "wrong_name"
    BAD_CERTIFICATE = "bad_certificate"
    ALERT = "alert"
    """The peer ended it and said why in an alert."""
    PROTOCOL = "protocol"
    """What came is not TLS, not a version or cipher we speak, or was tampered with."""
    EOF = "eof"
    """The stream ended before the handshake did."""


class Handshaken(msgspec.Struct, frozen=True, kw_only=True):
    """TLS stands. The certificate is the peer's leaf in DER: its chain and key are proven, its dates are not."""

    certificate: bytes | None
    version: str
    resumed: bool


class TlsEnded(msgspec.Struct, frozen=True, kw_only=True):
    """TLS failed; nothing follows. `alert` is the name of the peer's alert when the reason is `alert`, else empty.

    `detail` is for logs. When this end refused, its own alert waits in `outgoing()`.
    """

    reason: TlsReason
    alert: str
    detail: str


class Upgrade(msgspec.Struct, frozen=True, kw_only=True):
    """Host: a well-formed request for a session. The owner answers with `accept()` or `refuse()`."""

    path: str
    headers: tuple[tuple[str, str], ...]


class Opened(msgspec.Struct, frozen=True, kw_only=True):
    """Unit: the host took the session; text may flow."""


class Refused(msgspec.Struct, frozen=True, kw_only=True):
    """Unit: the host answered the request with something else than a session; nothing follows.

    `code` is the name in the problem document, `retry_after` the host's seconds; each is None when not given.
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    code: str | None
    retry_after: int | None


class Text(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One whole message: valid UTF-8 of at most `MAX_FRAME_BYTES`."""

    payload: bytes


class Ping(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The peer asked for a sign of life. The answer is already in `outgoing()`."""

    payload: bytes


class Pong(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The peer's sign of life."""

    payload: bytes


class Ended(msgspec.Struct, frozen=True, kw_only=True):
    """The conversation is over; nothing follows. The owner writes what `outgoing()` holds and closes the stream.

    `code` is a WebSocket close code, or the HTTP status (below 1000) when no WebSocket was opened. `reason` is the
    peer's own text when `by_peer`, else what was given to `close()` or an `Ending`. `detail` is for logs.
    """

    code: int
    reason: str
    by_peer: bool
    detail: str = ""


Event: TypeAlias = Handshaken | TlsEnded | Upgrade | Opened | Refused | Text | Ping | Pong | Ended
