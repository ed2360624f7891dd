"""An operation manager changes a saved query."""

import msgspec

from servicehost.domain.audit import Action
from servicehost.domain.group import GroupPolicy, SavedQuery, saved_query
from servicehost.domain.people import Actor, Right, demand
from servicehost.operations.grouping import demand_seen, kept, tell, the_query
from servicehost.ports.clock import Clock
from servicehost.ports.store import Batch, Store

__all__ = ["change_query"]


async def change_query(
    actor: Actor, number: int, name: str, text: str, seen: int, *, store: Store, clock: Clock, policy: GroupPolicy
) -> SavedQuery:
    """The query with its next version; the same name and text again change nothing. `seen` is the version that its
    changer has seen. What was ordered by it before keeps the adapters it had found.

    Raises Forbidden `no_right`; NotFound `query_not_found`; Conflict `revision_conflict`, `query_malformed`,
    `name_empty`, `name_too_long`, `query_exists`.
    """
    demand(actor, Right.LOOK_AFTER_SITES)
    now = clock.wall()

    def work(batch: Batch) -> SavedQuery:
        standing = the_query(batch, number)
        demand_seen(standing.version, seen)
        changed = saved_query(msgspec.structs.replace(standing, name=name, text=text), policy)
        if changed == standing:
            return standing
        changed = msgspec.structs.replace(changed, version=standing.version + 1, saved_at=now, saved_by=actor.master_id)
        batch.save_query(changed)
        before, after = (
            {"name": kept(one.name, one.management_code), "text": kept(one.text, one.management_code)}
            for one in (standing, changed)
        )
        tell(
            batch, actor, now, Action.CHANGE_QUERY, f"query {number}", management_code=standing.management_code,
            sub_type="query_changed", before=before, after=after, query=number,
        )  # fmt: skip
        return changed

    return await store.batch(actor.scope, work)
