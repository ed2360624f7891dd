"""Work that is done again and again for as long as the host lives, and that no failure ends."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

import structlog

__all__ = ["BACKOFF_MAX_S", "Pause", "keep_running", "pause"]

BACKOFF_MAX_S: Final = 60.0
Pause = Callable[[asyncio.Event, float], Awaitable[None]]
_log: Final[Any] = structlog.get_logger("servicehost.rounds")


async def pause(stopping: asyncio.Event, delay_s: float) -> None:
    """Wait `delay_s`, or less if `stopping` is set meanwhile."""
    try:
        async with asyncio.timeout(delay_s):
            await stopping.wait()
    except TimeoutError:
        pass


async def keep_running(
    name: str,
    work: Callable[[], Awaitable[object]],
    *,
    every_s: float,
    stopping: asyncio.Event,
    failed: Callable[[str], None] | None = None,
    wait: Pause = pause,
) -> None:
    """Do `work` until `stopping` is set: at once, then `every_s` after each end.

    A round that raises is logged, told to `failed` by name, and tried again after a wait that doubles from `every_s`
    to a minute (or to `every_s`, if that is longer). Rounds of one name never overlap. Cancellation ends it.
    """
    delay_s = every_s
    while not stopping.is_set():
        try:
            await work()
        except Exception:
            delay_s = min(delay_s * 2, max(BACKOFF_MAX_S, every_s))
            _log.exception("round_failed", round=name, again_in_s=delay_s)
            if failed is not None:
                failed(name)
        else:
            delay_s = every_s
        await wait(stopping, delay_s)
