"""Scheduled pushes where nobody has ordered one. Ordered ones are tested on the real store."""

from servicehost.domain.contract import Scope
from servicehost.domain.push_schedule import Occurrence, PushSchedule

__all__ = ["NoPushSchedules"]


class NoPushSchedules:
    """Implements `ports.push_schedules.PushScheduleReads`."""

    async def push_schedules(
        self, scope: Scope, *, waiting: bool = False, after: int = 0, limit: int = 100
    ) -> list[PushSchedule]:
        return []

    async def push_schedule_numbered(self, scope: Scope, number: int) -> PushSchedule | None:
        return None

    async def occurrences(self, scope: Scope, schedule: int, *, limit: int = 100) -> list[Occurrence]:
        return []

    async def next_due_push(self) -> int | None:
        return None
