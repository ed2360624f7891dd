"""A clock that stands still until it is told to go on."""

__all__ = ["T0", "FixedClock"]

T0 = 1_790_000_000_000


class FixedClock:
    """Implements `ports.clock.Clock`."""

    def __init__(self, wall: int = T0) -> None:
        self._wall = wall
        self._monotonic = 1_000.0

    def wall(self) -> int:
        return self._wall

    def monotonic(self) -> float:
        return self._monotonic

    def go_on(self, seconds: float) -> None:
        self._wall += round(seconds * 1000)
        self._monotonic += seconds
