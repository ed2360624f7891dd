"""Where a simulated unit takes its time from: the loop in the field, a test's hand in a test."""

import asyncio
import time
from collections.abc import Callable
from typing import Protocol

__all__ = ["LoopTimers", "Timer", "Timers"]


class Timer(Protocol):
    """Something that will be called, unless it is cancelled first."""

    def cancel(self) -> None:
        """Do not call it. Harmless twice, and afterwards."""
        ...


class Timers(Protocol):
    """Two clocks and an alarm."""

    def now(self) -> float:
        """Monotonic seconds."""
        ...

    def wall(self) -> float:
        """Seconds since 1970."""
        ...

    def call_later(self, delay_s: float, call: Callable[[], None]) -> Timer:
        """Call once, `delay_s` from now."""
        ...


class LoopTimers:
    """The running loop's own."""

    __slots__ = ("_loop",)

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop

    def now(self) -> float:
        return self._loop.time()

    def wall(self) -> float:
        return time.time()

    def call_later(self, delay_s: float, call: Callable[[], None]) -> Timer:
        return self._loop.call_later(delay_s, call)
