"""The fence counter: by it every host learns whose session has lost its right, also when nobody tells it.

A use case that takes a session's right away writes a change in its own transaction, and nudges the line after the
commit. The nudge may be lost, and reaches one host; the counter is read by every host every few seconds. Numbers
grow in the order of commits: whoever has read up to a number has read everything before it.
"""

from collections.abc import Sequence
from typing import Protocol

import msgspec

__all__ = ["AsyncFenceWrites", "FenceChange", "FenceReads", "FenceWrites"]


class FenceChange(msgspec.Struct, frozen=True, kw_only=True):
    """Sessions of the unit with an epoch below `below_epoch` have no place any more; `code` is the close code.

    `below_epoch` None, in a change to be added, means every session the unit has had so far, and none that follows.
    """

    unit_id: int
    code: int
    at: int
    below_epoch: int | None = None
    change: int = 0


class AsyncFenceWrites(Protocol):
    """In a person's use case."""

    async def add_fence_changes(self, changes: Sequence[FenceChange]) -> list[FenceChange]:
        """The changes with their numbers and epochs; those of units out of scope are left out."""
        ...


class FenceWrites(Protocol):
    """In a batch."""

    def add_fence_changes(self, changes: Sequence[FenceChange]) -> list[FenceChange]:
        """The changes with their numbers and epochs; those of units out of scope are left out."""
        ...

    def drop_fence_changes(self, before: int) -> int:
        """Forget those older than the instant `before`; how many. Every host has read them long since."""
        ...


class FenceReads(Protocol):
    """What a host reads. A fence belongs to the hosts: there is no scope."""

    async def fence_changes_after(self, number: int, limit: int) -> list[FenceChange]:
        """The next `limit` changes after the number, oldest first."""
        ...

    async def last_fence_change(self) -> int:
        """The number of the newest change that is kept; 0 when none is."""
        ...
