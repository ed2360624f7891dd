"""A dispatcher approves a proposed charge: from then on it is billed."""

from servicehost.domain.charge_proposal import ChargeProposal, ProposalState
from servicehost.domain.people import Actor
from servicehost.operations.deciding import decide_charge
from servicehost.ports.clock import Clock
from servicehost.ports.store import Store

__all__ = ["approve_charge"]


async def approve_charge(actor: Actor, number: int, reason: str = "", *, store: Store, clock: Clock) -> ChargeProposal:
    """The proposal, approved; approved again, as it stands.

    Raises Forbidden `no_right`; NotFound `charge_not_found`; Conflict `charge_withdrawn`, `charge_decided`, `no_price`;
    Invalid `no_reason` for a charge that the provider's policy leaves to be decided.
    """
    return await decide_charge(actor, number, ProposalState.APPROVED, reason, store=store, clock=clock)
