"""An operation manager makes a group, still without adapters."""

from servicehost.domain.audit import Action
from servicehost.domain.group import Group, GroupPolicy, check_name, check_room
from servicehost.domain.people import Actor, Right, demand
from servicehost.operations.grouping import demand_contract, kept, tell
from servicehost.ports.clock import Clock
from servicehost.ports.store import Batch, Store

__all__ = ["make_group"]


async def make_group(
    actor: Actor, management_code: str, name: str, note: str, *, store: Store, clock: Clock, policy: GroupPolicy
) -> Group:
    """The group, version 1.

    Raises Forbidden `no_right`; NotFound `contract_not_found`; Conflict `contract_ended`, `name_empty`,
    `name_too_long`, `too_many_groups`, `group_exists`.
    """
    demand(actor, Right.LOOK_AFTER_SITES)
    now = clock.wall()

    def work(batch: Batch) -> Group:
        demand_contract(batch, management_code, now)
        check_room(len(batch.groups_of(management_code)), policy.groups, "groups")
        made = batch.add_group(
            Group(
                group=0,
                management_code=management_code,
                name=check_name(name, policy),
                note=note.strip(),
                version=1,
                made_at=now,
                made_by=actor.master_id,
            )
        )
        after = {"name": kept(made.name, management_code), "note": kept(made.note, management_code)}
        subject = f"group {made.group}"
        tell(
            batch, actor, now, Action.MAKE_GROUP, subject, management_code=management_code,
            sub_type="group_made", after=after, group=made.group,
        )  # fmt: skip
        return made

    return await store.batch(actor.scope, work)
