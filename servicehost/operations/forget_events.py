"""Events older than the host keeps them are removed, oldest first, and how far is written down in the same step."""

from servicehost.domain.contract import EVERYTHING
from servicehost.ports.clock import Clock
from servicehost.ports.store import Store

__all__ = ["forget_events"]

_DAY_MS = 86_400_000


async def forget_events(at_once: int, *, store: Store, clock: Clock, kept_days: int) -> int:
    """How many were removed, at most `at_once`; 0 days: events are kept for ever. Raises what the store raises."""
    if kept_days == 0:
        return 0
    now = clock.wall()
    return await store.batch(EVERYTHING, lambda batch: batch.forget_events(now - kept_days * _DAY_MS, at_once, now))
