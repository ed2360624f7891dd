"""A dispatcher says how an errand goes: its times, the driver, the tracking number, why it is late."""

from servicehost.domain.contract import EVERYTHING
from servicehost.domain.errand import Errand
from servicehost.domain.people import Actor, Right, demand
from servicehost.operations.casework import Word, the_exchange
from servicehost.operations.errands import ErrandReport, note_report, the_errand
from servicehost.ports.clock import Clock
from servicehost.ports.store import Batch, Store

__all__ = ["report_errand"]


async def report_errand(actor: Actor, exchange: int, report: ErrandReport, *, store: Store, clock: Clock) -> Errand:
    """The errand after it; the same said again changes nothing. An arrival that was moves the exchange on.

    Raises Forbidden `no_right`; NotFound `exchange_not_found`; Conflict `nothing_reported`, a code of
    `ERRAND_CODES`, `lateness_reason_required`.
    """
    demand(actor, Right.DISPATCH)
    word = Word(by=actor.master_id, at=clock.wall(), actor=actor)

    def work(batch: Batch) -> Errand:
        standing = the_exchange(batch, exchange, actor.scope)
        return the_errand(batch, note_report(batch, standing, report, word))

    return await store.batch(EVERYTHING, work)
