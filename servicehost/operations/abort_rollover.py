"""A dispatcher abandons a rollover: the present anchor stays."""

from collections.abc import Awaitable, Callable

from servicehost.domain.contract import EVERYTHING
from servicehost.domain.errors import Conflict
from servicehost.domain.people import Actor, Right, demand
from servicehost.operations.deed import deed
from servicehost.operations.record_rollover import record_end
from servicehost.operations.show_rollover import RolloverReport, report_on
from servicehost.ports.clock import Clock
from servicehost.ports.rollover import RolloverReads, Succession
from servicehost.ports.store import Store

__all__ = ["abort_rollover"]


async def abort_rollover(
    actor: Actor,
    reason: str,
    *,
    store: Store,
    clock: Clock,
    reads: RolloverReads,
    succession: Succession,
    trust_changed: Callable[[], Awaitable[None]],
) -> RolloverReport:
    """Turn the rollover back, and end it at once if no unit's certificate leads to the next anchor.

    Otherwise both anchors stay in force, units' certificates come from the present one again, and whoever got one from
    the other is asked to renew; `end_rollover` ends it when they have. The report says which.

    Raises Forbidden `no_right`, Conflict `no_rollover` or `authority_unavailable`.
    """
    demand(actor, Right.ROLL_OVER)
    if await succession.turn_back() is None:
        raise Conflict("no_rollover", "No rollover of the authority is under way")
    turned = succession.rollover()
    report = await report_on(turned, EVERYTHING, after=0, limit=100, reads=reads)
    if turned is not None and not report.stranded:
        await record_end(actor, turned, reason, stranded=0, store=store, clock=clock)
        await succession.finish()
        report = RolloverReport(rollover=None)
    else:
        event = deed(actor, clock.wall(), "authority_rollover_turned_back", note=reason, waiting_for=report.stranded)
        async with store.transaction(actor.scope) as tx:
            await tx.add_events([event])
    await trust_changed()
    return report
