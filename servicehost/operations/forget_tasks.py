"""Tasks older than the host keeps them are removed with what they brought, oldest first; how many, an event says."""

from servicehost.domain.contract import EVERYTHING
from servicehost.domain.event import Event, EventClass, Severity
from servicehost.operations.casework import HOST
from servicehost.ports.clock import Clock
from servicehost.ports.store import Batch, Store

__all__ = ["forget_tasks"]

_DAY_MS = 86_400_000


async def forget_tasks(at_once: int, *, store: Store, clock: Clock, kept_days: int) -> int:
    """How many were removed, at most `at_once`, each step with one event for each contract; 0 days: tasks are kept for
    ever. Files go with the next sweep. Raises what the store raises."""
    if kept_days == 0:
        return 0
    now = clock.wall()

    def work(batch: Batch) -> int:
        removed = batch.forget_tasks(now - kept_days * _DAY_MS, at_once)
        batch.add_events([_told(code, count, kept_days, now) for code, count in sorted(removed.items())])
        return sum(removed.values())

    return await store.batch(EVERYTHING, work)


def _told(management_code: str, count: int, kept_days: int, now: int) -> Event:
    return Event(
        at=now,
        class_=EventClass.OPERATION,
        sub_type="tasks_removed",
        severity=Severity.NOTICE,
        management_code=management_code,
        actor=HOST,
        reason="kept_long_enough",
        detail={"tasks": count, "kept_days": kept_days},
    )
