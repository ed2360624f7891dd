"""A host ends the sessions that have lost their right, whoever took it away and on whatever host."""

from typing import Final

from servicehost.domain.contract import EVERYTHING
from servicehost.operations.revoking import tell_sessions
from servicehost.ports.clock import Clock
from servicehost.ports.fences import FenceChange, FenceReads
from servicehost.ports.line import Line
from servicehost.ports.store import Store

__all__ = ["FENCE_LIFE_MS", "FenceWatch", "drop_old_fences"]

FENCE_LIFE_MS: Final = 86_400_000
"""A host reads the counter every few seconds; one that could not for a day has no session left."""
_AT_ONCE: Final = 1_000


class FenceWatch:
    """Reads the counter from `number` on: that of the host's start, for what was before has no session here.

    Each change is said twice, one look apart: a session that was admitted just before the change may be registered on
    this host only just after the first look. What is told again to a line does no harm.
    """

    def __init__(self, reads: FenceReads, line: Line, number: int) -> None:
        self._reads = reads
        self._line = line
        self._number = number
        self._said_once: list[FenceChange] = []

    async def look(self) -> int:
        """End what has no place any more; how many changes were new. Raises what the store raises, and then the next
        look begins where this one did."""
        again, self._said_once = self._said_once, []
        tell_sessions(self._line, again)
        while True:
            changes = await self._reads.fence_changes_after(self._number, _AT_ONCE)
            tell_sessions(self._line, changes)
            self._said_once += changes
            if changes:
                self._number = changes[-1].change
            if len(changes) < _AT_ONCE:
                return len(self._said_once)


async def drop_old_fences(*, store: Store, clock: Clock) -> int:
    """Forget changes older than a day; how many."""
    before = clock.wall() - FENCE_LIFE_MS
    return await store.batch(EVERYTHING, lambda batch: batch.drop_fence_changes(before))
