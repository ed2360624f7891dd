"""Answers on their way to who waits for them: a few in each turn of the event loop.

Each answer makes a session write to its unit at once. A batch of a thousand given in one turn would be heard by nobody
else for a tenth of a second.
"""

import asyncio
from collections import deque
from collections.abc import Iterable
from typing import Any, Final, TypeAlias

__all__ = ["AT_ONCE", "Answer", "Answers"]

AT_ONCE: Final = 25
"""Answers given in one turn of the event loop."""

Answer: TypeAlias = tuple["asyncio.Future[Any]", Any]
"""Who waits, and for what: a value, or the exception to raise."""


class Answers:
    """In order, the first of them at once. Use on the event loop's thread."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._waiting: deque[Answer] = deque()
        self._rested = asyncio.Event()
        self._rested.set()

    def give(self, answers: Iterable[Answer]) -> None:
        """After everything that was given before. Who has gone meanwhile is passed over."""
        under_way = bool(self._waiting)
        self._waiting.extend(answers)
        if not under_way:
            self._portion()

    async def rested(self) -> None:
        """Returns once everything that was given has reached its future."""
        await self._rested.wait()

    def cancel(self) -> None:
        """Whoever still waits is cancelled."""
        while self._waiting:
            self._waiting.popleft()[0].cancel()
        self._rested.set()

    def _portion(self) -> None:
        for _ in range(min(AT_ONCE, len(self._waiting))):
            _give(*self._waiting.popleft())
        if self._waiting:
            self._rested.clear()
            self._loop.call_soon(self._portion)
        else:
            self._rested.set()


def _give(future: "asyncio.Future[Any]", outcome: Any) -> None:
    if future.done():
        return  # the session that asked is gone; what it said is written all the same
    if isinstance(outcome, Exception):
        future.set_exception(outcome)
    else:
        future.set_result(outcome)
