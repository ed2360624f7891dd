"""What a rollover's end leaves behind among the events and in the audit."""

from servicehost.domain.audit import Action
from servicehost.domain.event import Severity
from servicehost.domain.people import Actor
from servicehost.domain.rollover import Rollover
from servicehost.operations.deed import deed, recorded
from servicehost.ports.clock import Clock
from servicehost.ports.store import Store

__all__ = ["AUTHORITY", "record_end"]

AUTHORITY = "authority"
"""The subject of records of rollovers: there is one authority."""


async def record_end(
    actor: Actor, rollover: Rollover, reason: str, *, action: Action, stranded: int, store: Store, clock: Clock
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
    entry = recorded(
        actor,
        event.at,
        action,
        AUTHORITY,
        management_code=None,
        before={"anchors": [rollover.stays, rollover.leaves]},
        after={"anchors": [rollover.stays], "stranded": stranded},
        note=reason,
    )
    async with store.transaction(actor.scope) as tx:
        await tx.add_events([event])
        await tx.append_audit([entry])
