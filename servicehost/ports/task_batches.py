"""What is kept of tasks that were ordered together."""

from collections.abc import Collection, Sequence
from typing import Protocol

from servicehost.domain.contract import Scope
from servicehost.domain.task import Task
from servicehost.domain.task_batch import BatchProgress, NamedBatch

__all__ = ["NamedBatchReads", "NamedBatches"]


class NamedBatches(Protocol):
    """In a batch of the store."""

    def add_named_batches(self, batches: Sequence[NamedBatch]) -> list[NamedBatch]:
        """With their numbers, in the order given; numbers grow."""
        ...

    def named_batch(self, number: int) -> NamedBatch | None: ...

    def tasks_of_batch(self, number: int) -> list[Task]:
        """Those that have not ended, in the order of their numbers."""
        ...


class NamedBatchReads(Protocol):
    """Snapshots, within the caller's scope."""

    async def named_batches(
        self, scope: Scope, *, after: int = 0, limit: int = 100, newest_first: bool = False
    ) -> list[BatchProgress]:
        """After the number `after`; newest_first turns the order and reads before it (0: from the newest)."""
        ...

    async def batch_progress(self, scope: Scope, number: int) -> BatchProgress | None: ...

    async def progress_of_batches(self, scope: Scope, numbers: Collection[int]) -> dict[int, BatchProgress]:
        """By number; those that there are not are left out."""
        ...
