"""Who is let in, and how many at once. No clock, socket or chance of its own: time and chance are arguments."""

import errno
from collections.abc import Callable
from typing import Final

__all__ = ["Admission", "out_of_files", "sessions_that_fit"]

_OUT_OF_FILES: Final = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})
_STDIO_AND_LOOP: Final = 16
"""Files that every process of ours has open besides: standard streams, event loop, listening sockets."""


def out_of_files(error: OSError) -> bool:
    """Whether accepting failed for want of files or memory: a state that passes, and no fault of the peer's."""
    return error.errno in _OUT_OF_FILES


def sessions_that_fit(max_sessions: int, open_files_limit: int, max_handshakes: int, reserved_files: int) -> int:
    """How many sessions may be open when a process may open that many files; at least 1.

    What the door holds besides (handshakes, and the connections being told no) and `reserved_files` for everybody
    else come first, so that the database and the operators' door go on working when the fleet is at its largest.
    """
    fit = open_files_limit - reserved_files - max_handshakes - _STDIO_AND_LOOP
    return max(1, min(max_sessions, fit))


class Admission:
    """Counts handshakes and sessions. `room_again` is called when accepting, paused for handshakes, may go on."""

    __slots__ = (
        "_burst",
        "_come_back_s",
        "_filled_at",
        "_max_handshakes",
        "_per_s",
        "_tokens",
        "_uniform",
        "draining",
        "handshakes",
        "max_sessions",
        "room_again",
        "sessions",
    )

    def __init__(
        self,
        *,
        max_handshakes: int,
        max_sessions: int,
        sessions_per_s: float,
        sessions_burst: int,
        come_back_s: tuple[int, int],
        uniform: Callable[[float, float], float],
    ) -> None:
        self.handshakes = 0
        self.sessions = 0
        self.max_sessions = max_sessions
        self.draining = False
        self.room_again: Callable[[], None] = _nothing
        self._max_handshakes = max_handshakes
        self._per_s = sessions_per_s
        self._burst = float(sessions_burst)
        self._tokens = self._burst
        self._filled_at = 0.0
        self._come_back_s = come_back_s
        self._uniform = uniform

    def room_for_handshake(self) -> bool:
        """Whether another connection may be accepted now."""
        return self.handshakes < self._max_handshakes

    def handshake_begun(self) -> None:
        """A connection was accepted; followed by exactly one `handshake_ended`."""
        self.handshakes += 1

    def handshake_ended(self) -> None:
        """It became a session, was refused, or was lost."""
        was_full = not self.room_for_handshake()
        self.handshakes -= 1
        if was_full:
            self.room_again()

    def let_in(self, now: float) -> str | None:
        """Why no session may be opened now: `draining`, `host_full` or `too_many_arrive`. None: it is counted as open.

        Each None is followed by exactly one `session_closed`. `now` is in seconds and never goes back.
        """
        if self.draining:
            return "draining"
        if self.sessions >= self.max_sessions:
            return "host_full"
        self._tokens = min(self._burst, self._tokens + (now - self._filled_at) * self._per_s)
        self._filled_at = now
        if self._tokens < 1.0:
            return "too_many_arrive"
        self._tokens -= 1.0
        self.sessions += 1
        return None

    def session_closed(self) -> None:
        """A session that was let in is over."""
        self.sessions -= 1

    def come_back_s(self) -> int:
        """Seconds to stay away, spread at random so that those turned away together do not come back together."""
        least, most = self._come_back_s
        return round(self._uniform(least, most))


def _nothing() -> None:
    return
