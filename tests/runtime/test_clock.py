"""The machine's own clocks."""

import time

from servicehost.ports.clock import Clock
from servicehost.runtime.clock import SystemClock


def test_the_wall_is_in_milliseconds_and_the_other_clock_never_goes_back() -> None:
    clock: Clock = SystemClock()
    assert abs(clock.wall() - time.time() * 1000) < 60_000
    reads = [clock.monotonic() for _ in range(100)]
    assert reads == sorted(reads)
