"""Why a session ended, why a request was refused: closed enumerations, the same in log, API and panel.

The `meaning` of each code is data: the tables for firmware authors are made of it.
"""

import enum
from typing import Final, Self

__all__ = ["SLOW_FROM", "CloseCode", "ErrorCode", "redial_slowly"]

SLOW_FROM: Final = 4500
"""Close codes from here on mean: dial again, but slowly. None means "never": a box that stops calling costs a visit."""


class CloseCode(enum.IntEnum):
    """WebSocket close codes of this protocol. Below 4500: dial again soon. From 4500: dial again slowly.

    A code with `sent` False never travels: it names, in the host's records, an ending that no close frame announced.
    """

    _value_: int
    meaning: str
    sent: bool

    def __new__(cls, value: int, meaning: str = "", sent: bool = True) -> Self:
        code = int.__new__(cls, value)
        code._value_ = value
        code.meaning = meaning
        code.sent = sent
        return code

    DONE = 1000, "The unit said goodbye and meant it: it powers off, or dials again at once to try a config."
    NOT_TEXT = 1003, "A binary message came; this protocol is text."
    NOT_UTF8 = 1007, "A text message was not UTF-8."
    TOO_LARGE = 1009, "A message over 256 KiB, or in more than 128 fragments."
    HOST_FAULT = 1011, "An error of the host's own; nothing that was answered is lost."

    DRAINING = 4000, "The host goes away politely; the goodbye before it says after how many seconds to dial."
    TAKEN_OVER = 4001, "A newer session of the same unit stands; this one is fenced off."
    SILENT = 4002, "Nothing was heard for the silence limit and a ping went unanswered."
    SLOW = 4003, "The peer took no byte for 15 s, or let more pile up than the outgoing queue holds."
    UNBOUND = 4004, "The unit's binding changed; dial again to learn what it is now."
    BUSY = 4005, "The host is full or too many arrive; the goodbye before it says after how many seconds to dial."
    GREETING_TIMEOUT = 4006, "No `hello` in time."
    CONNECTION_LOST = 4007, "The TCP or TLS connection ended without a goodbye.", False
    HANDSHAKE_TIMEOUT = 4008, "No ClientHello, or no finished handshake, in time.", False
    TLS_REFUSED = 4009, "TLS itself refused the peer, with an alert.", False
    UPGRADE_REFUSED = 4010, "The WebSocket opening was refused with an HTTP status.", False
    HOST_UNHEARD = 4011, "So many sessions fell silent together that the host's own network is the likelier cause."

    PROTOCOL_ERROR = 4500, "The peer broke the protocol; the close reason names how."
    UNKNOWN_UNIT = 4501, "The certificate is of the host's authority, but no such unit is registered."
    CERTIFICATE_EXPIRED = 4502, "The unit's certificate has expired: enrol again."
    CERTIFICATE_NOT_YET_VALID = 4503, "The unit's certificate is not valid yet."
    REVOKED = 4504, "The certificate was revoked, or the unit was reported `lost` or `stolen`."
    REPLACED = 4505, "Another unit has taken this one's place; it may yet be wanted again."
    OUT_OF_SERVICE = 4506, "The contract ended (`contract_ended`), or the unit was `returned` or `retired`."
    DUPLICATE = 4507, "Two units use one identity; both are held at slow redial until a person has looked."
    MOVED = (
        4508,
        "Other hosts carry the unit: `data.hosts` of the refused `hello` names them. Dial those soon, this slowly.",
    )


def redial_slowly(code: int) -> bool:
    """Whether a session closed with `code` is redialled by the slow table. Unknown codes below 4500 are not."""
    return code >= SLOW_FROM


class ErrorCode(enum.IntEnum):
    """JSON-RPC error codes. `data.reason` in the error carries the stable word; the text is for people."""

    _value_: int
    meaning: str

    def __new__(cls, value: int, meaning: str = "") -> Self:
        code = int.__new__(cls, value)
        code._value_ = value
        code.meaning = meaning
        return code

    PARSE_ERROR = -32700, "The frame is not JSON, or is nested too deeply; the session ends."
    INVALID_REQUEST = -32600, "Not one JSON-RPC 2.0 message. The session ends, except after a batch."
    METHOD_NOT_FOUND = -32601, "No such method, or not one that this end may call; the session goes on."
    INVALID_PARAMS = -32602, "The params do not fit their schema. The session goes on, except after `hello`."
    HOST_FAULT = -32000, "Something failed on the host's side; the request had no effect and may be repeated."
    OUT_OF_ORDER = -32001, "A lawful message at the wrong moment; the session ends."
    BUSY = -32002, "Not now; `data.redial_after_s` or `data.retry_after_s` says when."
    STALE_SESSION = (
        -32003,
        "A newer session of this unit stands, or its binding changed: the request changed nothing.",
    )
    UNKNOWN_PUSH = -32004, "No such push for this unit."
    UNKNOWN_TASK = -32008, "No such task for this unit; drop the matter."
    STORE_FULL = -32005, "The host cannot write now; nothing was taken, repeat it later."
    NOT_ADMITTED = (
        -32006,
        "Answer to `hello`: `data.reason` says why, `data.because` and `data.hosts` say more where there is more.",
    )
    RESERVED = -32007, "A method name kept for a later version of the protocol; the session goes on."
