"""Time as a port, so that every deadline can be tested without waiting."""

from typing import Protocol

__all__ = ["Clock"]


class Clock(Protocol):
    """Two clocks: the wall, for people and records, and a monotonic one, for deadlines."""

    def wall(self) -> int:
        """Milliseconds since the Unix epoch, UTC. May jump either way: never used to measure a duration."""
        ...

    def monotonic(self) -> float:
        """Seconds since some fixed instant; never goes back, never jumps."""
        ...
