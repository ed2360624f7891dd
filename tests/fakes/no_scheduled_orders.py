"""Scheduled orders where nobody has ordered one. Ordered ones are tested on the real store."""

from servicehost.domain.contract import Scope
from servicehost.domain.scheduled_order import Occurrence, PlanKind, ScheduledOrder

__all__ = ["NoScheduledOrders"]


class NoScheduledOrders:
    """Implements `ports.scheduled_orders.ScheduledOrderReads`."""

    async def scheduled_orders(
        self, scope: Scope, *, kind: PlanKind | None = None, waiting: bool = False, after: int = 0, limit: int = 100
    ) -> list[ScheduledOrder]:
        return []

    async def scheduled_order_numbered(self, scope: Scope, number: int) -> ScheduledOrder | None:
        return None

    async def occurrences(self, scope: Scope, schedule: int, *, limit: int = 100) -> list[Occurrence]:
        return []

    async def next_due_order(self) -> int | None:
        return None
