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
_GATHER_S: Final = 0.1
"""What happens within so long after a step is one step."""


class RolloutWorker:
    """Steps rollouts. `stir` may be called at any time, from the event loop's thread."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._stirred = asyncio.Event()
        self._stirred.set()
        self._next_at: int | None = None

    def stir(self) -> None:
        """A hint: a push has ended, or somebody has started or resumed something."""
        self._stirred.set()

    def round(self, step: Callable[[], Awaitable[Stepped]]) -> Round:
        """The round that waits and steps."""

        async def work() -> None:
            await self._wait()
            stepped = await step()
            self._next_at = stepped.next_at
            if stepped.more:
                self.stir()

        return Round("step_rollouts", work, _GATHER_S)

    async def _wait(self) -> None:
        """Until it is stirred or due."""
        due_s = _LONGEST_S if self._next_at is None else (self._next_at - self._clock.wall()) / 1000
        try:
            async with asyncio.timeout(min(_LONGEST_S, max(0.0, due_s))):
                await self._stirred.wait()
        except TimeoutError:
            pass
        self._stirred.clear()
