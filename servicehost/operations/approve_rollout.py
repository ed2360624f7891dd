"""A second person approves a rollout: exactly the targets, revisions and waves that were frozen when it was started."""

from servicehost.domain.errors import Conflict
from servicehost.domain.people import Actor
from servicehost.domain.rollout import Rollout, RolloutDeed
from servicehost.operations.steering import Said, acting, begun, check_version, found, reached, rights_of, steered
from servicehost.ports.clock import Clock
from servicehost.ports.store import Batch, Store

__all__ = ["approve_rollout"]


async def approve_rollout(
    actor: Actor, number: int, expected: int | None, note: str, *, store: Store, clock: Clock
) -> Rollout:
    """The rollout, scheduled or running. Neither its author nor who started it can approve it.

    Raises Forbidden `no_right` or `consent_needed`; NotFound `rollout_not_found`; Conflict `rollout_changed`,
    `rollout_state`, `approver_is_author`, `contract_ended`.
    """
    now = clock.wall()

    def work(batch: Batch) -> Rollout:
        rollout = found(batch, number)
        acts = acting(batch, actor, rights_of(rollout.plan), lambda: reached(batch, rollout, now), now)
        check_version(rollout, expected)
        if acts.master_id in (rollout.author, rollout.starter):
            text = "Whoever wrote or started a rollout does not approve it: ask another operation manager"
            raise Conflict("approver_is_author", text)
        approved = {"approved_by": acts.author, "approved_at": now}
        return steered(
            batch, acts, rollout, Said(deed=RolloutDeed.APPROVE, at=now, note=note), **approved | begun(rollout, now)
        )

    return await store.batch(actor.scope, work)
