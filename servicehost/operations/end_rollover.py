"""A dispatcher ends a rollover: one anchor stays in force, the other one is believed no more."""

from collections.abc import Awaitable, Callable
from typing import Final

from servicehost.domain.audit import Action
from servicehost.domain.contract import EVERYTHING
from servicehost.domain.errors import Conflict
from servicehost.domain.people import Actor, Right, demand
from servicehost.operations.record_rollover import record_end
from servicehost.operations.show_rollover import RolloverReport, report_on
from servicehost.ports.clock import Clock
from servicehost.ports.rollover import RolloverReads, Succession
from servicehost.ports.store import Store

__all__ = ["end_rollover"]

_NAMED: Final = 5


async def end_rollover(
    actor: Actor,
    force: bool,
    reason: str,
    *,
    store: Store,
    clock: Clock,
    reads: RolloverReads,
    succession: Succession,
    trust_changed: Callable[[], Awaitable[None]],
) -> RolloverReport:
    """What was reported at the end. Whom it strands with `force` is recorded, with the reason, before it is done.

    Raises Forbidden `no_right`, Conflict `no_rollover` or `units_would_be_stranded` (with their number and the first
    names), `force_needs_reason` for force without a reason, and
    `authority_unavailable`.
    """
    demand(actor, Right.ROLL_OVER)
    if force and not reason.strip():
        raise Conflict("force_needs_reason", "Say why units may be stranded: the reason is recorded")
    rollover = succession.rollover()
    if rollover is None:
        raise Conflict("no_rollover", "No rollover of the authority is under way")
    report = await report_on(rollover, EVERYTHING, after=0, limit=_NAMED, reads=reads)
    if report.stranded and not force:
        raise Conflict("units_would_be_stranded", _who(report))
    await record_end(
        actor, rollover, reason, action=Action.END_ROLLOVER, stranded=report.stranded, store=store, clock=clock
    )
    await succession.finish()
    await trust_changed()
    return report


def _who(report: RolloverReport) -> str:
    names = ", ".join(f"{unit.distribution_id} ({why.value})" for unit, why in report.units)
    more = report.stranded - len(report.units)
    rest = f" and {more} more" if more else ""
    return f"{report.stranded} units could not phone home any more: {names}{rest}"
