"""A dispatcher says that a visit came to nothing: nobody there, no entry, refused, or the driver came too late."""

from servicehost.domain.contract import EVERYTHING
from servicehost.domain.errand import Errand
from servicehost.domain.miss import MissReason
from servicehost.domain.people import Actor, Right, demand
from servicehost.operations.casework import Word, the_exchange
from servicehost.operations.errands import Miss, miss_visit
from servicehost.ports.clock import Clock
from servicehost.ports.store import Batch, Store

__all__ = ["report_missed_visit"]


async def report_missed_visit(
    actor: Actor, exchange: int, reason: MissReason, note: str, *, store: Store, clock: Clock
) -> Errand:
    """The errand, which waits for a new appointment. The exchange, its unit and its order stay as they are.

    Raises Forbidden `no_right`; NotFound `exchange_not_found`; Conflict `no_visit_expected`, `errand_not_ordered`,
    `no_visit_under_way`.
    """
    demand(actor, Right.DISPATCH)
    word = Word(by=actor.master_id, at=clock.wall(), reason=note or None, actor=actor, own_words=True)

    def work(batch: Batch) -> Errand:
        standing = the_exchange(batch, exchange, actor.scope)
        return miss_visit(batch, standing, Miss(reason=reason, note=note), word)

    return await store.batch(EVERYTHING, work)
