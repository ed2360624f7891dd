"""An operation manager gives a group another name or note."""

import msgspec

from servicehost.domain.audit import Action
from servicehost.domain.group import Group, GroupPolicy, check_name
from servicehost.domain.people import Actor, Right, demand
from servicehost.operations.grouping import demand_seen, kept, tell, the_group
from servicehost.ports.clock import Clock
from servicehost.ports.store import Batch, Store

__all__ = ["change_group"]


async def change_group(
    actor: Actor, number: int, name: str, note: str, seen: int, *, store: Store, clock: Clock, policy: GroupPolicy
) -> Group:
    """The group with its next version; the same name and note again change nothing. `seen` is the version that its
    changer has seen.

    Raises Forbidden `no_right`; NotFound `group_not_found`; Conflict `revision_conflict`, `name_empty`,
    `name_too_long`, `group_exists`.
    """
    demand(actor, Right.LOOK_AFTER_SITES)
    now = clock.wall()

    def work(batch: Batch) -> Group:
        standing = the_group(batch, number)
        demand_seen(standing.version, seen)
        changed = msgspec.structs.replace(standing, name=check_name(name, policy), note=note.strip())
        if changed == standing:
            return standing
        changed = msgspec.structs.replace(changed, version=standing.version + 1)
        batch.save_group(changed)
        before, after = (
            {"name": kept(one.name, one.management_code), "note": kept(one.note, one.management_code)}
            for one in (standing, changed)
        )
        tell(
            batch, actor, now, Action.CHANGE_GROUP, f"group {number}", management_code=standing.management_code,
            sub_type="group_changed", before=before, after=after, group=number,
        )  # fmt: skip
        return changed

    return await store.batch(actor.scope, work)
