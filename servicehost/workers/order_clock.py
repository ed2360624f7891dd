"""The clock's door of orders for later: it sleeps until the next one is due."""

from collections.abc import Awaitable, Callable
from typing import Final

from servicehost.operations.fire_schedules import FIRE_AT_ONCE
from servicehost.ports.clock import Clock

__all__ = ["LOOK_AT_LEAST_S", "REST_S", "OrderClock"]

REST_S: Final = 0.1
"""Between two looks: the sleep lies in the look."""

LOOK_AT_LEAST_S: Final = 10.0
"""An order may come meanwhile, also at another host, and the wall clock may be set: no sleep is longer. A look is one
step into an index."""


class OrderClock:
    """One look a round: the round's own pause comes after it."""

    def __init__(
        self,
        *,
        clock: Clock,
        next_due: Callable[[], Awaitable[int | None]],
        fire: Callable[[], Awaitable[int]],
        sleep: Callable[[float], Awaitable[object]],
    ) -> None:
        self._clock = clock
        self._next_due = next_due
        self._fire = fire
        self._sleep = sleep

    async def look(self) -> None:
        """Sleep until the next schedule is due, at most ten seconds, and carry out what is due then."""
        due_at = await self._next_due()
        left_s = LOOK_AT_LEAST_S if due_at is None else (due_at - self._clock.wall()) / 1000
        if left_s > 0:
            await self._sleep(min(left_s, LOOK_AT_LEAST_S))
        if left_s <= LOOK_AT_LEAST_S and due_at is not None:
            while await self._fire() == FIRE_AT_ONCE:
                pass
