"""Waiting for what must come true, part by part, and naming the part that did not."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from servicehost.demo.api import ApiError

__all__ = ["Condition", "Patience", "StoryFailed"]

Condition = Callable[[], Awaitable[Any]]
_PAUSE_S: Final = 0.2


class StoryFailed(Exception):
    """The story did not come true; the text says which part of it."""


class Patience:
    """So many seconds for a whole story; None: for ever. `check` raises when a process that it needs has ended."""

    def __init__(self, check: Callable[[], None], seconds: float | None) -> None:
        self.part = "the beginning"
        """What was waited for last."""
        self._check = check
        self._began = time.monotonic()
        self._deadline = None if seconds is None else self._began + seconds

    @property
    def elapsed_s(self) -> float:
        """Since the story began."""
        return time.monotonic() - self._began

    async def until(self, part: str, condition: Condition) -> Any:
        """What the condition answers once it holds. Raises StoryFailed when the time is up."""
        self.part = part
        with self.naming(part):
            while True:
                self._check()
                answer = await condition()
                if answer:
                    return answer
                if self._deadline is not None and time.monotonic() > self._deadline:
                    raise StoryFailed(f"this part did not come true in time: {part}")
                await asyncio.sleep(_PAUSE_S)

    @contextmanager
    def naming(self, part: str) -> Iterator[None]:
        """What the API refuses in between is the failure of this part: StoryFailed."""
        try:
            yield
        except ApiError as error:
            raise StoryFailed(f"this part was refused: {part} ({error})") from error
