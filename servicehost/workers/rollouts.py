"""The clock's door for rollouts: it wakes when one is due, or when somebody says that something may have happened."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from servicehost.operations.step_rollouts import Stepped
from servicehost.ports.clock import Clock
from servicehost.workers.rounds import Round

__all__ = ["RolloutWorker"]

_LONGEST_S: Final = 60.0
"""A hint may be lost and a clock set: so often it looks all the same."""
_BREATH_S: Final = 0.1
"""Between two steps everybody else has the writer, also while there is more to do at once."""
_GATHER_S: Final = 0.5
"""What happens within so long after a step is one step. A step looks at the whole rollout (15 statements, 15 ms on a
slow core) whether one push has ended or five hundred."""


class RolloutWorker:
    """Steps rollouts. `stir` may be called at any time, from the event loop's thread."""

    def __init__(self, clock: Clock, *, sleep: Callable[[float], Awaitable[object]] = asyncio.sleep) -> None:
        self._clock = clock
        self._sleep = sleep
        self._stirred = asyncio.Event()
        self._stirred.set()
        self._next_at: int | None = None
        self._gathers_until = 0.0

    def stir(self) -> None:
        """A hint: a push has ended, or somebody has started or resumed something."""
        self._stirred.set()

    def round(self, step: Callable[[], Awaitable[Stepped]]) -> Round:
        """The round that waits and steps."""

        async def work() -> None:
            await self._wait()
            stepped = await step()
            self._next_at = stepped.next_at
            self._gathers_until = 0.0 if stepped.more else self._clock.monotonic() + _GATHER_S
            if stepped.more:
                self.stir()

        return Round("step_rollouts", work, _BREATH_S)

    async def _wait(self) -> None:
        """Until it is stirred or due."""
        due_s = _LONGEST_S if self._next_at is None else (self._next_at - self._clock.wall()) / 1000
        try:
            async with asyncio.timeout(min(_LONGEST_S, max(0.0, due_s))):
                await self._stirred.wait()
        except TimeoutError:
            pass
        if (wait_s := self._gathers_until - self._clock.monotonic()) > 0:
            await self._sleep(wait_s)
        self._stirred.clear()
