"""A dispatcher gives up a unit that has not come back, and says why."""

from servicehost.domain.charge_proposal import ReturnPolicy
from servicehost.domain.errors import Invalid
from servicehost.domain.people import Actor, Right, demand
from servicehost.domain.unit_return import Loss, UnitReturn
from servicehost.operations.casework import Word
from servicehost.operations.returning import Gone, the_return, write_off
from servicehost.ports.clock import Clock
from servicehost.ports.store import Batch, Store

__all__ = ["write_off_return"]


async def write_off_return(
    actor: Actor, number: int, loss: Loss, reason: str, *, store: Store, clock: Clock, policy: ReturnPolicy
) -> UnitReturn:
    """The return, given up; given up again, as it stands. Only `never_returned` is the customer's loss.

    Raises Forbidden `no_right`; Invalid `no_reason`; NotFound `return_not_found`; Conflict `return_received_already`,
    `return_not_owed`.
    """
    demand(actor, Right.DISPATCH)
    if not reason.strip():
        raise Invalid("no_reason", "Say why the unit is given up")
    word = Word(by=actor.master_id, at=clock.wall(), reason=loss, actor=actor, note=reason)

    def work(batch: Batch) -> UnitReturn:
        return write_off(batch, the_return(batch, number, actor.scope), Gone(loss=loss, reason=reason), word, policy)

    return await store.batch(actor.scope, work)
