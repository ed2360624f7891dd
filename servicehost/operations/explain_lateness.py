"""A dispatcher says why an errand missed its target, or will: where the carrier told a late arrival and no reason."""

import msgspec

from servicehost.domain.audit import Action
from servicehost.domain.contract import EVERYTHING
from servicehost.domain.errand import Errand
from servicehost.domain.errors import Conflict
from servicehost.domain.miss import MissReason
from servicehost.domain.people import Actor, Right, demand
from servicehost.operations.casework import Word, the_exchange
from servicehost.operations.errands import can_explain, keep, late_now, the_errand
from servicehost.ports.clock import Clock
from servicehost.ports.store import Batch, Store

__all__ = ["explain_lateness"]


async def explain_lateness(actor: Actor, exchange: int, reason: MissReason, *, store: Store, clock: Clock) -> Errand:
    """The errand with its reason; said again, as it stands. Another reason takes the place of the first.

    Raises Forbidden `no_right`; NotFound `exchange_not_found`; Conflict `not_late`.
    """
    demand(actor, Right.DISPATCH)
    word = Word(by=actor.master_id, at=clock.wall(), actor=actor)

    def work(batch: Batch) -> Errand:
        standing = the_exchange(batch, exchange, actor.scope)
        before = the_errand(batch, standing)
        late = late_now(before, standing, word.at)
        if not can_explain(late):
            raise Conflict("not_late", f"The errand of exchange {exchange} is not late ({late.punctuality})")
        if before.late_because is reason:
            return before
        after = msgspec.structs.replace(before, late_because=reason, changed_at=word.at)
        keep(
            batch,
            standing,
            after,
            word,
            told="lateness_explained",
            action=Action.EXPLAIN_LATENESS,
            before={"late_because": before.late_because},
            after={"late_because": reason},
            detail={"because": reason, "late_by_s": late.by_ms // 1000},
        )
        return after

    return await store.batch(EVERYTHING, work)
