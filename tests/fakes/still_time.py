"""Time that passes only when a test says so."""

from collections.abc import Callable


class StillTime:
    """A wall clock, a monotonic clock, and a loop's one timer, as the wheel needs them."""

    def __init__(self, wall_ms: int = 0) -> None:
        self.wall_ms = wall_ms
        self.time = 1000.0
        self.timer: tuple[float, Callable[[], None]] | None = None

    def wall(self) -> int:
        return self.wall_ms

    def monotonic(self) -> float:
        return self.time

    def call_at(self, when: float, callback: Callable[[], None]) -> "StillTime":
        assert self.timer is None
        self.timer = (when, callback)
        return self

    def cancel(self) -> None:
        self.timer = None

    def run_for(self, seconds: float) -> None:
        """Let the time pass, with every tick in time."""
        end = self.time + seconds
        while self.timer is not None and self.timer[0] <= end:
            self.fire(self.timer[0])
        self.time = end

    def sleep_through(self, seconds: float) -> None:
        """Let the time pass with the process stopped: the tick comes late."""
        self.time += seconds
        if self.timer is not None and self.timer[0] <= self.time:
            self.fire(self.time)

    def fire(self, now: float) -> None:
        assert self.timer is not None
        self.time, callback = now, self.timer[1]
        self.timer = None
        callback()
