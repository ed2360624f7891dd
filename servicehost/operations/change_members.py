"""An operation manager puts adapters into a group and takes others out of it."""

from servicehost.domain.audit import Action
from servicehost.domain.errors import NotFound
from servicehost.domain.people import Actor, Right, demand
from servicehost.domain.selection import Selection, check_selected
from servicehost.operations.grouping import AT_ONCE, demand_space, tell, the_group
from servicehost.ports.clock import Clock
from servicehost.ports.store import Batch, Store

__all__ = ["change_members"]


async def change_members(
    actor: Actor, number: int, add: Selection | None, remove: tuple[str, ...], *, store: Store, clock: Clock
) -> int:
    """How many adapters are in the group from now on.

    Who is in it already and is added, or is not in it and is removed, stays as it is; whoever is named in both ends up
    outside. Changes of several people add up. Raises Forbidden `no_right`; NotFound `group_not_found`,
    `adapter_not_found` also for an adapter of another contract, `query_not_found`; Conflict as `selecting.selected`
    does, `selection_too_large` beyond 1,000 adapters.
    """
    demand(actor, Right.LOOK_AFTER_SITES)
    demand_space(len(remove), AT_ONCE)
    now = clock.wall()

    def work(batch: Batch) -> int:
        group, standing = the_group(batch, number), batch.members_of(number)
        chosen = () if add is None else check_selected(batch.select_adapters(add, now, AT_ONCE), AT_ONCE)
        added = sorted({*chosen} - {*standing} - {*remove})
        removed = sorted({*standing} & {*remove})
        strange = {*remove} - {one.service_code for one in batch.adapters(remove)}
        if strange:
            raise NotFound("adapter_not_found", f"There is no adapter {', '.join(sorted(strange)[:10])}")
        batch.add_members(number, added)
        batch.drop_members(number, removed)
        members = len(standing) + len(added) - len(removed)
        if added or removed:
            tell(
                batch, actor, now, Action.CHANGE_MEMBERS, f"group {number}", management_code=group.management_code,
                sub_type="group_members_changed", before={"members": len(standing)},
                after={"added": added, "members": members, "removed": removed},
                group=number, added=len(added), removed=len(removed),
            )  # fmt: skip
        return members

    return await store.batch(actor.scope, work)
