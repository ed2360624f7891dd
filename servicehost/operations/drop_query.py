"""An operation manager drops a saved query."""

from servicehost.domain.audit import Action
from servicehost.domain.people import Actor, Right, demand
from servicehost.operations.grouping import kept, tell, the_query
from servicehost.ports.clock import Clock
from servicehost.ports.store import Batch, Store

__all__ = ["drop_query"]


async def drop_query(actor: Actor, number: int, *, store: Store, clock: Clock) -> None:
    """Nothing is left of it but its record. Raises Forbidden `no_right`; NotFound `query_not_found`."""
    demand(actor, Right.LOOK_AFTER_SITES)
    now = clock.wall()

    def work(batch: Batch) -> None:
        query = the_query(batch, number)
        batch.drop_query(number)
        before = {"name": kept(query.name, query.management_code), "text": kept(query.text, query.management_code)}
        tell(
            batch, actor, now, Action.DROP_QUERY, f"query {number}", management_code=query.management_code,
            sub_type="query_dropped", before=before, query=number,
        )  # fmt: skip

    await store.batch(actor.scope, work)
