"""An operation manager keeps a query under a name."""

from servicehost.domain.audit import Action
from servicehost.domain.group import GroupPolicy, SavedQuery, check_room, saved_query
from servicehost.domain.people import Actor, Right, demand
from servicehost.operations.grouping import demand_contract, kept, tell
from servicehost.ports.clock import Clock
from servicehost.ports.store import Batch, Store

__all__ = ["save_query"]


async def save_query(
    actor: Actor, management_code: str, name: str, text: str, *, store: Store, clock: Clock, policy: GroupPolicy
) -> SavedQuery:
    """The saved query, version 1.

    Raises Forbidden `no_right`; NotFound `contract_not_found`; Conflict `contract_ended`, `query_malformed`,
    `name_empty`, `name_too_long`, `too_many_queries`, `query_exists`.
    """
    demand(actor, Right.LOOK_AFTER_SITES)
    now = clock.wall()
    draft = SavedQuery(
        query=0,
        management_code=management_code,
        name=name,
        text=text,
        version=1,
        saved_at=now,
        saved_by=actor.master_id,
    )

    def work(batch: Batch) -> SavedQuery:
        demand_contract(batch, management_code, now)
        check_room(len(batch.saved_queries_of(management_code)), policy.queries, "queries")
        saved = batch.add_saved_query(saved_query(draft, policy))
        after = {"name": kept(saved.name, management_code), "text": kept(saved.text, management_code)}
        tell(
            batch, actor, now, Action.SAVE_QUERY, f"query {saved.query}", management_code=management_code,
            sub_type="query_saved", after=after, query=saved.query,
        )  # fmt: skip
        return saved

    return await store.batch(actor.scope, work)
