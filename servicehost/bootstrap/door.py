"""The words of the bootstrap door: its limits, its endings, and what it needs of its surroundings."""

from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import Protocol

import msgspec

from protocol.timing import WRITE_STALL_S
from protocol.wire.events import TlsReason
from servicehost.bootstrap.http import HttpRefusal, Request, Response

__all__ = ["DoorEnd", "DoorEnded", "DoorLimits", "Respond", "Schedule", "Timer"]


class DoorLimits(msgspec.Struct, frozen=True, kw_only=True):
    """Places, and seconds for each step."""

    connections: int = 256
    handshake: float = 15.0
    header: float = 10.0
    body: float = 30.0
    answer: float = 60.0
    """For our own use case; after it the unit is told to come again, whatever becomes of the work."""
    stall: float = float(WRITE_STALL_S)
    """In which a peer must take at least one byte of an answer that waits for it."""
    linger: float = 2.0
    """How long a closing connection is read on, so that a peer still sending meets our answer and not a reset."""


class DoorEnd(StrEnum):
    """How a connection ended, where neither TLS nor HTTP has a name of its own for it."""

    DONE = "done"
    FULL = "full"
    HANDSHAKE_LATE = "handshake_late"
    ANSWER_LATE = "answer_late"
    STALLED = "stalled"
    """The peer took no byte of its answer."""
    CUT_SHORT = "cut_short"
    """What was being sent could not be read to its end: our own fault, told by an answer that stops too early."""
    PEER_GONE = "peer_gone"
    CLOSING = "closing"


class DoorEnded(msgspec.Struct, frozen=True, kw_only=True):
    """One connection is over. Reported exactly once for each connection that was accepted."""

    code: DoorEnd | HttpRefusal | TlsReason
    remote_address: str
    detail: str = ""


class Respond(Protocol):
    def __call__(self, request: Request, /, *, remote_address: str) -> Awaitable[Response]:
        """Answer one request. What it raises becomes a 500 and a line in the log."""
        ...


class Timer(Protocol):
    def cancel(self) -> object: ...


class Schedule(Protocol):
    """`call_later` of an event loop, or a test's own."""

    def __call__(self, delay: float, callback: Callable[[], None], /) -> Timer: ...
