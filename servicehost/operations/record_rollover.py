"""What a rollover's end leaves behind among the events."""

from servicehost.domain.event import Severity
from servicehost.domain.people import Actor
from servicehost.domain.rollover import Rollover
from servicehost.operations.deed import deed
from servicehost.ports.clock import Clock
from servicehost.ports.store import Store

__all__ = ["record_end"]


async def record_end(
    actor: Actor, rollover: Rollover, reason: str, *, stranded: int, store: Store, clock: Clock
) -> None:
    """Record the end, before it comes about: no anchor ever leaves unrecorded."""
    event = deed(
        actor,
        clock.wall(),
        "authority_rollover_ended",
        severity=Severity.WARNING if stranded else Severity.NOTICE,
        reason="forced" if stranded else rollover.towards.value,
        note=reason,
        stays=rollover.stays,
        leaves=rollover.leaves,
        stranded=stranded,
    )
    async with store.transaction(actor.scope) as tx:
        await tx.add_events([event])
