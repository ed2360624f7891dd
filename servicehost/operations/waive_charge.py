"""A dispatcher waives a proposed charge, and says why."""

from servicehost.domain.charge_proposal import ChargeProposal, ProposalState
from servicehost.domain.people import Actor
from servicehost.operations.deciding import decide_charge
from servicehost.ports.clock import Clock
from servicehost.ports.store import Store

__all__ = ["waive_charge"]


async def waive_charge(actor: Actor, number: int, reason: str, *, store: Store, clock: Clock) -> ChargeProposal:
    """The proposal, waived; waived again, as it stands. The same charge is not proposed again from the same facts.

    Raises Forbidden `no_right`; NotFound `charge_not_found`; Conflict `charge_withdrawn`, `charge_decided`; Invalid
    `no_reason`.
    """
    return await decide_charge(actor, number, ProposalState.WAIVED, reason, store=store, clock=clock)
