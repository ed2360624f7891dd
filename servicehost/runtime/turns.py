"""How much is done in one turn of the event loop, so that one herd does not keep everybody else waiting.

A turn of the loop calls everything that is ready before it looks at its timers again: five hundred handshakes that
arrive together would be one turn of a second. Whoever does work that can wait asks first whether the turn has had its
share, and leaves the work for a later turn if so.
"""

from collections import deque
from collections.abc import Callable
from typing import Any, Final

__all__ = ["SHARE_S", "Turns"]

SHARE_S: Final = 0.005
"""Of a turn's time. The one piece of work that uses the share up is done to its end, so a turn may take that longer."""


class Turns:
    """What has its share waits in order of arrival; so does, from then on, whoever comes behind it.

    `call_soon` is the event loop's: it calls in the next turn. `clock` goes on during a callback. What waits here is
    not bounded: who asks keeps to one piece of work each. Use on the event loop's thread.
    """

    __slots__ = ("_began", "_call_soon", "_clock", "_open", "_share_s", "_waiting")

    def __init__(
        self, call_soon: Callable[[Callable[[], None]], Any], clock: Callable[[], float], *, share_s: float = SHARE_S
    ) -> None:
        self._call_soon = call_soon
        self._clock = clock
        self._share_s = share_s
        self._waiting: deque[Callable[[], None]] = deque()
        self._open = False
        self._began = 0.0

    def __len__(self) -> int:
        return len(self._waiting)

    def full(self) -> bool:
        """Whether work has to wait for a later turn, or for other work that came before it."""
        if self._open:
            return bool(self._waiting) or self._clock() - self._began >= self._share_s
        self._open = True
        self._began = self._clock()
        self._call_soon(self._turn)
        return False

    def later(self, work: Callable[[], None]) -> None:
        """Call `work`, which must not raise, in a later turn. After `full` has said yes."""
        self._waiting.append(work)

    def _turn(self) -> None:
        if not self._waiting:
            self._open = False
            return
        self._began = self._clock()
        self._call_soon(self._turn)  # what is done now counts for what comes later in this turn
        while self._waiting and self._clock() - self._began < self._share_s:
            self._waiting.popleft()()
