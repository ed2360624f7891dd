"""A dispatcher sends a parked reaction again, once what kept it from succeeding is mended."""

from servicehost.domain.audit import Action
from servicehost.domain.errors import NotFound
from servicehost.domain.people import Actor, Right, demand
from servicehost.domain.reaction import Reaction, sent_again
from servicehost.operations.deed import deed, recorded
from servicehost.ports.clock import Clock
from servicehost.ports.store import Batch, Store

__all__ = ["resend_reaction"]


async def resend_reaction(actor: Actor, number: int, *, store: Store, clock: Clock) -> Reaction:
    """The reaction, waiting to be run; one that is not parked, unchanged.

    Raises Forbidden `no_right`; NotFound `reaction_not_found`: it may have succeeded meanwhile.
    """
    demand(actor, Right.DISPATCH)
    now = clock.wall()

    def work(batch: Batch) -> Reaction:
        standing = batch.reaction(number)
        if standing is None:
            raise NotFound("reaction_not_found", f"There is no reaction {number} that waits")
        if standing.parked_at is None:
            return standing
        again = sent_again(standing, now)
        batch.save_reaction(again)
        event = deed(
            actor,
            now,
            "reaction_sent_again",
            management_code=standing.management_code,
            service_code=standing.service_code,
            reason=standing.operation,
            reaction=number,
        )
        batch.add_events([event])
        entry = recorded(
            actor,
            now,
            Action.RESEND_REACTION,
            f"reaction {number}",
            management_code=standing.management_code,
            before={"parked_at": standing.parked_at, "tries": standing.tries, "operation": standing.operation},
            after={"parked_at": None, "tries": again.tries},
        )
        batch.append_audit([entry])
        return again

    return await store.batch(actor.scope, work)
