"""The clock's door for what has an instant of its own: asleep until the next one, however far that is."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from servicehost.ports.clock import Clock
from servicehost.runtime.supervise import Pause, pause

__all__ = ["LONGEST_SLEEP_S", "Alarm"]

LONGEST_SLEEP_S: Final = 60.0
"""A clock that was set, or a hint that was lost, is made good within a minute."""


class Alarm:
    """`next_due` reads the next instant (ms; None: there is none), `work` does what is due then.

    `by` hints that an instant is due that may come before all others; hints cost nothing when they do not. Call from
    the loop's thread.
    """

    def __init__(
        self,
        next_due: Callable[[], Awaitable[int | None]],
        work: Callable[[], Awaitable[object]],
        clock: Clock,
        *,
        wait: Pause = pause,
    ) -> None:
        self._next_due = next_due
        self._work = work
        self._clock = clock
        self._wait = wait
        self._woken = asyncio.Event()
        self._asleep_until: int | None = None

    def by(self, instant: int) -> None:
        """Wake by then."""
        if self._asleep_until is None or instant < self._asleep_until:
            self._asleep_until = instant
            self._woken.set()

    async def round(self) -> None:
        """Sleep until something is due, then do it. Ends early when it is hinted at something sooner, or after a
        minute: whoever calls it again sleeps on. Raises what `next_due` and `work` raise."""
        self._woken.clear()
        now = self._clock.wall()
        longest = now + round(LONGEST_SLEEP_S * 1000)
        due = await self._next_due()
        self._asleep_until = min(longest, longest if due is None else due)
        if self._asleep_until > now:
            await self._wait(self._woken, (self._asleep_until - now) / 1000)
        if due is not None and due <= self._clock.wall():
            await self._work()
