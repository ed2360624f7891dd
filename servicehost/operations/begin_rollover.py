"""A dispatcher begins to roll the certificate authority over, or goes on with a rollover that was turned back."""

from collections.abc import Awaitable, Callable

from servicehost.domain.instant import as_datetime
from servicehost.domain.people import Actor, Right, demand
from servicehost.domain.rollover import Rollover, Towards
from servicehost.operations.deed import deed
from servicehost.ports.clock import Clock
from servicehost.ports.rollover import Succession
from servicehost.ports.store import Store

__all__ = ["begin_rollover"]


async def begin_rollover(
    actor: Actor,
    *,
    store: Store,
    clock: Clock,
    succession: Succession,
    trust_changed: Callable[[], Awaitable[None]],
) -> Rollover:
    """From here on both anchors are in force, and units in session are told. Harmless twice.

    Raises Forbidden `no_right`, Conflict `rolled_over_elsewhere` or `authority_unavailable`.
    """
    demand(actor, Right.ROLL_OVER)
    now = clock.wall()
    before = succession.rollover()
    rollover = await succession.begin(now=as_datetime(now), by=actor.master_id)
    if before is None or before.towards is Towards.PRESENT:
        event = deed(
            actor,
            now,
            "authority_rollover_begun",
            present=rollover.present,
            next=rollover.next,
            cross_signed=rollover.cross_signed,
        )
        async with store.transaction(actor.scope) as tx:
            await tx.add_events([event])
    await trust_changed()
    return rollover
