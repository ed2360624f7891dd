"""What a rollover needs of the authority, and of the store."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from servicehost.domain.contract import Scope
from servicehost.domain.rollover import Rollover, Trusting

__all__ = ["AnchorsBatch", "RolloverReads", "Succession"]


class Succession(Protocol):
    """An authority that can be succeeded by a new one of its own.

    Every step is durable before it returns, may be interrupted at any instant and be taken again, and is harmless when
    it was taken before. Raises Conflict `rolled_over_elsewhere` for an authority whose succession is not ours, and
    `authority_unavailable` for one that cannot be changed now.
    """

    def rollover(self) -> Rollover | None:
        """The rollover under way."""
        ...

    async def begin(self, *, now: datetime, by: str) -> Rollover:
        """Put a next anchor in force beside the present one; from here on units' certificates come from it.

        One that was turned back goes forward again.
        """
        ...

    async def turn_back(self) -> Rollover | None:
        """Let units' certificates come from the present anchor again. None when no rollover is under way."""
        ...

    async def finish(self) -> None:
        """Take the anchor that leaves out of force. Nobody is asked whether that strands somebody."""
        ...


class RolloverReads(Protocol):
    """What the report is made of."""

    async def trusting(self, scope: Scope, *, after: int = 0, limit: int = 1_000) -> list[Trusting]:
        """Units with a certificate or a session, in the order of their numbers."""
        ...


class AnchorsBatch(Protocol):
    """What a batch writes of it."""

    def note_anchors(self, held: Sequence[tuple[int, tuple[str, ...]]]) -> None:
        """The anchors that units say they hold, by unit."""
        ...

    def anchors_noted(self, unit_ids: Sequence[int]) -> dict[int, tuple[str, ...] | None]:
        """What was noted last."""
        ...
