"""How long the event loop was held: while one callback runs, nobody else is heard.

A timer of the loop measures how late it comes. Whatever holds the loop makes it late: code of ours or of a library, a
call that blocks, another thread that keeps the interpreter's lock, a machine that gives us no core. That is what a
session waits for too. asyncio's own report of slow callbacks needs debug mode, which costs every callback dearly, and
uvloop has no step of its loop that could be wrapped.

What it cannot see: a hold is measured from the next tick on, so it may have been longer than measured by up to the wait
between two ticks, and shorter ones than that wait may be missed. Ticks are therefore close together (5 ms) while the
loop's thread is busy, when one more costs no wake-up, and 100 ms apart at rest: each then wakes a sleeping processor,
which is about 0.1 ms of it on a virtual machine.
"""

import time
from collections.abc import Callable
from typing import Final

from servicehost.runtime.wheel import Cancellable

__all__ = ["BUSY_S", "REST_S", "HeldMeter"]

BUSY_S: Final = 0.005
REST_S: Final = 0.1
BUSY_SHARE: Final = 0.25
"""From this part of a core on the loop's thread counts as busy."""


class HeldMeter:
    """Tells `observe` at every tick the seconds by which it came late, never less than 0.

    `call_later` is the event loop's: its timers count from the moment of the call, while `loop.time` of uvloop stands
    still during a callback. `clock` goes on always; `used` is the processor time of the loop's thread. Use on the event
    loop's thread.
    """

    def __init__(
        self,
        call_later: Callable[[float, Callable[[], None]], Cancellable],
        observe: Callable[[float], None],
        *,
        clock: Callable[[], float] = time.monotonic,
        used: Callable[[], float] = time.thread_time,
    ) -> None:
        self._call_later = call_later
        self._observe = observe
        self._clock = clock
        self._used = used
        self._wait_s = REST_S
        self._armed_at = 0.0
        self._used_by_then = 0.0
        self._timer: Cancellable | None = None

    def start(self) -> None:
        """Begin to measure. Harmless twice."""
        if self._timer is None:
            self._arm()

    def stop(self) -> None:
        """Measure no more. Harmless twice, and before the start."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _arm(self) -> None:
        self._armed_at = self._clock()
        self._used_by_then = self._used()
        self._timer = self._call_later(self._wait_s, self._tick)

    def _tick(self) -> None:
        passed_s = self._clock() - self._armed_at
        self._observe(max(0.0, passed_s - self._wait_s))
        busy = self._used() - self._used_by_then >= BUSY_SHARE * passed_s
        self._wait_s = BUSY_S if busy else min(REST_S, 2 * self._wait_s)
        self._arm()
