"""The clock's door ends pushes that waited too long for an absent adapter."""

import msgspec

from servicehost.domain.contract import EVERYTHING
from servicehost.domain.event import Event, EventClass, Severity
from servicehost.domain.push import Phase, Push
from servicehost.ports.clock import Clock
from servicehost.ports.store import Store

__all__ = ["expire_pushes"]


async def expire_pushes(limit: int, *, store: Store, clock: Clock) -> int:
    """How many were ended, at most `limit`: as many as that means there may be more. Harmless twice."""
    now = clock.wall()
    async with store.transaction(EVERYTHING) as tx:
        over = await tx.expired_pushes(now, limit)
        if not over:
            return 0
        ended = [
            msgspec.structs.replace(push, phase=Phase.EXPIRED, reason="waited_too_long", changed_at=now)
            for push in over
        ]
        await tx.save_pushes(ended)
        await tx.add_events([_expired(push) for push in ended])
    return len(ended)


def _expired(push: Push) -> Event:
    return Event(
        at=push.changed_at,
        class_=EventClass.CONFIGURATION,
        sub_type="push_expired",
        severity=Severity.WARNING,
        management_code=push.management_code,
        service_code=push.service_code,
        reason=push.reason,
        detail={"push": push.push, "revision": push.revision},
    )
