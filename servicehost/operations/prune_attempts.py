"""The connection log is bounded: each unit keeps its newest rows, and strangers together keep theirs."""

from typing import Final

from servicehost.domain.contract import EVERYTHING
from servicehost.ports.store import Batch, Store

__all__ = ["LogBounds", "PruneAttempts"]

_AT_ONCE: Final = 200
"""Rows looked at in one transaction: whoever waits for the writer waits no longer than for these."""


class LogBounds:
    """How many rows are kept: of each unit, and of whatever names no unit of ours."""

    __slots__ = ("of_strangers", "of_unit")

    def __init__(self, *, of_unit: int, of_strangers: int) -> None:
        self.of_unit = of_unit
        self.of_strangers = of_strangers


class PruneAttempts:
    """Looks only at those who have dialled since the look before: nobody else's log has grown.

    Between two looks a unit may stand above its bound by what it dialled in between. The first look of a run begins
    at the newest row.
    """

    def __init__(self, store: Store, bounds: LogBounds) -> None:
        self._store = store
        self._bounds = bounds
        self._seen: int | None = None

    async def look(self) -> None:
        """Raises what the store raises; the next look goes on where this one stopped."""
        if self._seen is None:
            self._seen = await self._store.batch(EVERYTHING, lambda batch: batch.last_attempt())
        while True:
            before = self._seen
            self._seen = await self._store.batch(EVERYTHING, self._some)
            if self._seen < before + _AT_ONCE:
                return

    def _some(self, batch: Batch) -> int:
        assert self._seen is not None  # noqa: S101 - the caller has looked
        bounds = self._bounds
        return batch.prune_attempts(self._seen, _AT_ONCE, of_unit=bounds.of_unit, of_strangers=bounds.of_strangers)
