"""Why a session ended, why a request was refused: closed enumerations, the same in log, API and panel."""

import enum
from typing import Final

__all__ = ["SLOW_FROM", "CloseCode", "ErrorCode", "redial_slowly"]

SLOW_FROM: Final = 4500
"""Close codes from here on mean: dial again, but slowly. None means "never": a box that stops calling costs a visit."""


class CloseCode(enum.IntEnum):
    """WebSocket close codes of this protocol. Below 4500: dial again soon. From 4500: dial again slowly."""

    DONE = 1000
    """The unit said goodbye and meant it (power-off, applying a config)."""
    NOT_TEXT = 1003
    NOT_UTF8 = 1007
    TOO_LARGE = 1009
    """A message over 256 KiB, or in more than 128 fragments."""
    HOST_FAULT = 1011
    """An error of ours; nothing that was answered is lost."""

    DRAINING = 4000
    """The host goes away politely; the goodbye before it says after how many seconds to dial."""
    TAKEN_OVER = 4001
    """A newer session of the same unit stands; this one is fenced off."""
    SILENT = 4002
    """Nothing was heard for the silence limit and a ping went unanswered."""
    SLOW = 4003
    """The peer took no byte for 15 s, or let more pile up than the outgoing queue holds."""
    UNBOUND = 4004
    """The unit's binding changed; dial again to learn what it is now."""
    BUSY = 4005
    """The host is full or too many arrive; the goodbye before it says after how many seconds to dial."""
    GREETING_TIMEOUT = 4006
    """No `hello` in time."""
    CONNECTION_LOST = 4007
    """The TCP or TLS connection ended without a goodbye. Never sent; the name of the ending in our records."""
    HANDSHAKE_TIMEOUT = 4008
    """No ClientHello, or no finished handshake, in time. Never sent; the name of the ending in our records."""
    TLS_REFUSED = 4009
    """TLS itself refused the peer, with an alert. Never sent; the name of the ending in our records."""
    UPGRADE_REFUSED = 4010
    """The WebSocket opening was refused with an HTTP status. Never sent; the name of the ending in our records."""
    HOST_UNHEARD = 4011
    """So many sessions fell silent together that our own network is the likelier cause; no unit is blamed."""

    PROTOCOL_ERROR = 4500
    """The peer broke the protocol; the reason names how."""
    UNKNOWN_UNIT = 4501
    """The certificate is ours but no such unit is registered."""
    CERTIFICATE_EXPIRED = 4502
    CERTIFICATE_NOT_YET_VALID = 4503
    REVOKED = 4504
    """The certificate or the unit was revoked."""
    REPLACED = 4505
    OUT_OF_SERVICE = 4506
    """The contract ended."""
    DUPLICATE = 4507
    """Two units use one identity; both are held at slow redial until a person has looked."""


def redial_slowly(code: int) -> bool:
    """Whether a session closed with `code` is redialled by the slow table. Unknown codes below 4500 are not."""
    return code >= SLOW_FROM


class ErrorCode(enum.IntEnum):
    """JSON-RPC error codes. `data.reason` in the error carries the stable word; the text is for people."""

    PARSE_ERROR = -32700
    INVALID_REQUEST = -32600
    METHOD_NOT_FOUND = -32601
    INVALID_PARAMS = -32602
    HOST_FAULT = -32000
    """Something failed on our side; the request had no effect and may be repeated."""
    OUT_OF_ORDER = -32001
    """Lawful message, wrong moment; the session ends."""
    BUSY = -32002
    """Not now; `data.redial_after_s` or `data.retry_after_s` says when."""
    STALE_SESSION = -32003
    """A newer session of this unit stands, or its binding changed: the request changed nothing."""
    UNKNOWN_PUSH = -32004
    """No such push for this unit."""
    STORE_FULL = -32005
    """The host cannot write now; nothing was taken, repeat it later."""
    NOT_ADMITTED = -32006
    """Answer to `hello`: unknown, revoked, replaced or out of service; `data.reason` says which."""
    RESERVED = -32007
    """A method name kept for a later version of the protocol."""
