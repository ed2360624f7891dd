"""A proposed charge is decided, one way or the other."""

from typing import Final

import msgspec

from servicehost.domain.audit import Action
from servicehost.domain.charge_proposal import ChargeProposal, ProposalState, check_decision
from servicehost.domain.contract import Scope
from servicehost.domain.errors import NotFound
from servicehost.domain.people import Actor, Right, demand
from servicehost.operations.casework import tell
from servicehost.operations.deed import recorded
from servicehost.operations.settle_charge import charge_event
from servicehost.ports.clock import Clock
from servicehost.ports.store import Batch, Store

__all__ = ["decide_charge"]

_ACTIONS: Final = {ProposalState.APPROVED: Action.APPROVE_CHARGE, ProposalState.WAIVED: Action.WAIVE_CHARGE}


async def decide_charge(
    actor: Actor, number: int, decision: ProposalState, reason: str, *, store: Store, clock: Clock
) -> ChargeProposal:
    """The proposal, decided by the actor. Raises as `approve_charge` says."""
    demand(actor, Right.DISPATCH)
    now = clock.wall()

    def work(batch: Batch) -> ChargeProposal:
        standing = _the_charge(batch, number, actor.scope)
        if not check_decision(standing, decision, reason):
            return standing
        after = msgspec.structs.replace(
            standing, state=decision, decided_at=now, decided_by=actor.master_id[:64], reason=reason[:255]
        )
        batch.save_proposal(after)
        entry = recorded(
            actor,
            now,
            _ACTIONS[decision],
            f"charge {number}",
            management_code=after.management_code,
            before={"state": standing.state},
            after={"state": after.state, "rule": after.rule, "total": after.total},
            note=reason,
        )
        batch.append_audit([entry])
        tell(batch, [charge_event(after, f"charge_{decision}", actor.master_id, now, reason[:255])])
        return after

    return await store.batch(actor.scope, work)


def _the_charge(batch: Batch, number: int, scope: Scope) -> ChargeProposal:
    found = batch.proposal(number)
    if found is None or not scope.sees(found.management_code):
        raise NotFound("charge_not_found", f"There is no charge {number}")
    return found
