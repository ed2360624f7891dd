"""What the store keeps of orders that wait for their time."""

from collections.abc import Sequence
from typing import Protocol

from servicehost.domain.contract import Scope
from servicehost.domain.scheduled_order import Occurrence, PlanKind, ScheduledOrder

__all__ = ["ScheduledOrderBatch", "ScheduledOrderReads", "ScheduledOrderWrites"]


class ScheduledOrderWrites(Protocol):
    """In a person's transaction, and in the clock's."""

    async def scheduled_order(self, number: int) -> ScheduledOrder | None: ...

    async def add_scheduled_order(self, schedule: ScheduledOrder) -> ScheduledOrder:
        """With its number."""
        ...

    async def save_scheduled_order(self, schedule: ScheduledOrder) -> None:
        """Writes schedule, late, state, changed_at, due_at, reason and fired."""
        ...

    async def waiting_scheduled_orders(self, management_code: str) -> int:
        """How many of that contract wait."""
        ...

    async def due_scheduled_orders(self, now: int, limit: int) -> list[ScheduledOrder]:
        """What is due, the longest due first."""
        ...

    async def add_occurrences(self, occurrences: Sequence[Occurrence]) -> int:
        """How many were new: a time of a schedule that is there already is left as it is."""
        ...


class ScheduledOrderBatch(Protocol):
    """In a batch."""

    def cancel_scheduled_orders(self, management_code: str, reason: str, at: int) -> list[ScheduledOrder]:
        """Every order of the contract that waits is cancelled for that reason: as they are then, by number."""
        ...

    def orders_naming(self, management_code: str, service_code: str) -> list[ScheduledOrder]:
        """Those of the contract that wait and name this adapter, in the order of their numbers."""
        ...

    def save_scheduled_order(self, schedule: ScheduledOrder) -> None:
        """As in a transaction."""
        ...

    def erase_schedule_notes_of(self, management_code: str) -> int:
        """Empty what people wrote beside their orders, and in those of tasks the name and by what adapters were meant.
        How many had something beside them."""
        ...


class ScheduledOrderReads(Protocol):
    """Snapshots, within the caller's scope."""

    async def scheduled_orders(
        self, scope: Scope, *, kind: PlanKind | None = None, waiting: bool = False, after: int = 0, limit: int = 100
    ) -> list[ScheduledOrder]:
        """In the order of their numbers, at most `limit` after `after` (exclusive); all, or those of a kind, or those
        that wait."""
        ...

    async def scheduled_order_numbered(self, scope: Scope, number: int) -> ScheduledOrder | None: ...

    async def occurrences(self, scope: Scope, schedule: int, *, limit: int = 100) -> list[Occurrence]:
        """The latest first."""
        ...

    async def next_due_order(self) -> int | None:
        """The earliest instant at which any schedule is due. For the host's own clock: it takes no scope."""
        ...
