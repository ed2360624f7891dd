"""Somebody who may starts a rollout: targets and revisions are frozen, and it runs, or waits for an hour or a yes."""

import msgspec

from servicehost.domain.people import Actor
from servicehost.domain.rollout import Rollout, RolloutDeed, RolloutPolicy, RolloutState, check_deed
from servicehost.operations.freezing import frost_of, resolved
from servicehost.operations.pushing import THIS_MACHINE, check_through
from servicehost.operations.steering import Said, acting, begun, check_version, found, rights_of, steered
from servicehost.ports.clock import Clock
from servicehost.ports.store import Batch, Store

__all__ = ["start_rollout"]


async def start_rollout(
    actor: Actor,
    number: int,
    expected: int | None,
    through_acknowledged: bool,
    *,
    store: Store,
    clock: Clock,
    policy: RolloutPolicy,
) -> Rollout:
    """Every target has from here on its revision and its wave; where a module is set, the new revisions are saved.

    `expected` is the version its starter has seen (None: any). Raises Forbidden `no_right` or `consent_needed`;
    NotFound `rollout_not_found`, `adapter_not_found`; Conflict `rollout_changed`, `rollout_state`,
    `operating_through_adapter`, `adapter_in_rollout`, `nothing_to_roll_out`, `too_many_adapters`, `too_many_modules`,
    `contract_ended`.
    """
    now = clock.wall()

    def work(batch: Batch) -> Rollout:
        rollout = found(batch, number)
        acts = acting(batch, actor, rights_of(rollout.plan), lambda: resolved(batch, rollout.plan, policy, now), now)
        check_version(rollout, expected)
        check_deed(rollout, RolloutDeed.START)
        frost = frost_of(batch, rollout, policy, acts.author, now)
        members = frost.frozen.members
        if not through_acknowledged and actor.source and actor.source not in THIS_MACHINE:
            check_through(batch.adapters_at(actor.source, [one.service_code for one in members]))
        batch.add_revisions(frost.revisions)
        batch.add_rollout_members(members)
        approval = rollout.plan.approval or policy.approval_required
        counted = msgspec.structs.replace(
            rollout,
            members=len(members),
            waves=len(frost.frozen.sizes),
            starter=acts.master_id,
            consent=None if acts.warrant is None else acts.warrant.consent,
        )
        changes = {"state": RolloutState.WAITING_APPROVAL, "due_at": None} if approval else begun(counted, now)
        return steered(batch, acts, counted, Said(deed=RolloutDeed.START, at=now), **changes)

    return await store.batch(actor.scope, work)
