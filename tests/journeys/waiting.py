"""Waiting for something to become true: by looking, with a limit, and with a word about what did not come."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

__all__ = ["LIMIT_S", "LOOK_S", "until"]

LIMIT_S = 30
"""Far more than anything here takes: it only bounds a test that fails."""
LOOK_S = 0.03

T = TypeVar("T")


async def until(look: Callable[[], Awaitable[T | None]], what: str, *, limit_s: float = LIMIT_S) -> T:
    """Look again and again; the first answer that is neither None nor False. Fails, naming `what`, at the limit."""
    found: T | None = None
    try:
        async with asyncio.timeout(limit_s):
            while (found := await look()) is None or found is False:  # noqa: ASYNC110 - another process has no event
                await asyncio.sleep(LOOK_S)
    except TimeoutError:
        raise AssertionError(f"within {limit_s} s this did not come true: {what}") from None
    return found
