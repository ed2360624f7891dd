"""The clock of orders for later sleeps until something is due, and never long."""

import pytest

from servicehost.operations.fire_schedules import FIRE_AT_ONCE
from servicehost.workers.order_clock import LOOK_AT_LEAST_S, OrderClock
from tests.fakes.clock import T0, FixedClock


class Fired:
    def __init__(self, due_at: int | None) -> None:
        self.due_at = due_at
        self.left = 2
        self.slept: list[float] = []

    async def next_due(self) -> int | None:
        return self.due_at

    async def fire(self) -> int:
        self.left -= 1
        return FIRE_AT_ONCE if self.left else 3

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


@pytest.mark.parametrize(
    ("due_at", "slept", "fired"),
    [
        (None, [LOOK_AT_LEAST_S], 0),
        (T0 + 3_600_000, [LOOK_AT_LEAST_S], 0),
        (T0 + 4_000, [4.0], 2),
        (T0, [], 2),
        (T0 - 60_000, [], 2),
    ],
)
async def test_it_sleeps_until_something_is_due(due_at: int | None, slept: list[float], fired: int) -> None:
    said = Fired(due_at)
    clock = OrderClock(clock=FixedClock(), next_due=said.next_due, fire=said.fire, sleep=said.sleep)
    await clock.look()
    assert said.slept == slept
    assert 2 - said.left == fired
