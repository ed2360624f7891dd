"""An operation manager drops a group; its adapters stay."""

from servicehost.domain.audit import Action
from servicehost.domain.people import Actor, Right, demand
from servicehost.operations.grouping import kept, tell, the_group
from servicehost.ports.clock import Clock
from servicehost.ports.store import Batch, Store

__all__ = ["drop_group"]


async def drop_group(actor: Actor, number: int, *, store: Store, clock: Clock) -> None:
    """Nothing is left of the group but its record. Raises Forbidden `no_right`; NotFound `group_not_found`."""
    demand(actor, Right.LOOK_AFTER_SITES)
    now = clock.wall()

    def work(batch: Batch) -> None:
        group = the_group(batch, number)
        members = batch.members_of(number)
        batch.drop_group(number)
        before = {"name": kept(group.name, group.management_code), "members": len(members)}
        tell(
            batch, actor, now, Action.DROP_GROUP, f"group {number}", management_code=group.management_code,
            sub_type="group_dropped", before=before, group=number, members=len(members),
        )  # fmt: skip

    await store.batch(actor.scope, work)
