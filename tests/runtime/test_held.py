"""How long the loop was held, with a loop that is held only when a test says so."""

from collections.abc import Callable

import pytest

from servicehost.runtime.held import BUSY_S, REST_S, HeldMeter


class Loop:
    """One timer, a clock, and the processor time of its thread."""

    def __init__(self) -> None:
        self.now = 500.0
        self.spent = 0.0
        self.wait: float | None = None
        self.tick: Callable[[], None] = lambda: None

    def call_later(self, wait: float, callback: Callable[[], None]) -> "Loop":
        assert self.wait is None
        self.wait, self.tick = wait, callback
        return self

    def cancel(self) -> None:
        self.wait = None

    def turn(self, *, late: float = 0.0, share: float = 0.0) -> None:
        """Let the timer come, so late, with that part of a core used meanwhile."""
        assert self.wait is not None
        passed, self.wait = self.wait + late, None
        self.now += passed
        self.spent += passed * share
        self.tick()


def metered() -> tuple[Loop, list[float], HeldMeter]:
    loop, seen = Loop(), list[float]()
    meter = HeldMeter(loop.call_later, seen.append, clock=lambda: loop.now, used=lambda: loop.spent)
    meter.start()
    return loop, seen, meter


def test_what_holds_the_loop_is_told_by_how_late_the_tick_comes() -> None:
    loop, seen, _ = metered()
    loop.turn(late=0.3)
    loop.turn()
    loop.turn(late=0.06)
    assert seen == pytest.approx([0.3, 0, 0.06])


def test_a_timer_that_comes_early_is_not_a_negative_hold() -> None:
    loop, seen, _ = metered()
    loop.turn(late=-0.001)
    assert seen == [0]


def test_ticks_are_close_while_the_thread_is_busy_and_move_apart_again_at_rest() -> None:
    loop, _, _ = metered()
    assert loop.wait == REST_S
    loop.turn(share=0.9)
    assert loop.wait == BUSY_S
    loop.turn(share=0.3)
    assert loop.wait == BUSY_S
    waits = []
    for _ in range(6):
        loop.turn(share=0.05)
        waits.append(loop.wait)
    assert waits == [2 * BUSY_S, 4 * BUSY_S, 8 * BUSY_S, 16 * BUSY_S, REST_S, REST_S]


def test_a_stopped_meter_has_no_timer_and_can_begin_again() -> None:
    loop, seen, meter = metered()
    meter.stop()
    meter.stop()
    assert loop.wait is None
    loop.now += 60
    meter.start()
    meter.start()
    loop.turn()
    assert seen == pytest.approx([0]), "the time in which nobody measured is nobody's hold"
