"""What the store keeps of push orders that wait for their time."""

from collections.abc import Sequence
from typing import Protocol

from servicehost.domain.contract import Scope
from servicehost.domain.push_schedule import Occurrence, PushSchedule

__all__ = ["PushScheduleBatch", "PushScheduleReads", "PushScheduleWrites"]


class PushScheduleWrites(Protocol):
    """In a person's transaction, and in the clock's."""

    async def push_schedule(self, number: int) -> PushSchedule | None: ...

    async def add_push_schedule(self, schedule: PushSchedule) -> PushSchedule:
        """With its number."""
        ...

    async def save_push_schedule(self, schedule: PushSchedule) -> None:
        """Writes schedule, late, state, changed_at, due_at, reason and fired."""
        ...

    async def waiting_push_schedules(self, management_code: str) -> int:
        """How many of that contract wait."""
        ...

    async def due_push_schedules(self, now: int, limit: int) -> list[PushSchedule]:
        """What is due, the longest due first."""
        ...

    async def add_occurrences(self, occurrences: Sequence[Occurrence]) -> int:
        """How many were new: a time of a schedule that is there already is left as it is."""
        ...


class PushScheduleBatch(Protocol):
    """In a batch."""

    def cancel_push_schedules(self, management_code: str, reason: str, at: int) -> list[int]:
        """Every order of the contract that waits is cancelled for that reason; their numbers, growing."""
        ...

    def push_schedules_naming(self, management_code: str, service_code: str) -> list[PushSchedule]:
        """Those of the contract that wait and name this adapter, in the order of their numbers."""
        ...

    def save_push_schedule(self, schedule: PushSchedule) -> None:
        """As in a transaction."""
        ...

    def erase_schedule_notes_of(self, management_code: str) -> int:
        """Empty what people wrote beside their orders. How many held something."""
        ...


class PushScheduleReads(Protocol):
    """Snapshots, within the caller's scope."""

    async def push_schedules(
        self, scope: Scope, *, waiting: bool = False, after: int = 0, limit: int = 100
    ) -> list[PushSchedule]:
        """In the order of their numbers, at most `limit` after `after` (exclusive); all, or those that wait."""
        ...

    async def push_schedule_numbered(self, scope: Scope, number: int) -> PushSchedule | None: ...

    async def occurrences(self, scope: Scope, schedule: int, *, limit: int = 100) -> list[Occurrence]:
        """The latest first."""
        ...

    async def next_due_push(self) -> int | None:
        """The earliest instant at which any schedule is due. For the host's own clock: it takes no scope."""
        ...
