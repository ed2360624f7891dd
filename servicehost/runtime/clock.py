"""The machine's own clocks."""

import time

__all__ = ["SystemClock"]


class SystemClock:
    """Implements `ports.clock.Clock`. Its monotonic clock is the event loop's."""

    __slots__ = ()

    def wall(self) -> int:
        return time.time_ns() // 1_000_000

    def monotonic(self) -> float:
        return time.monotonic()
