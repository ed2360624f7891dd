"""A dispatcher records that a unit has come back, and which of its accessories have not."""

from servicehost.domain.charge_proposal import ReturnPolicy
from servicehost.domain.people import Actor, Right, demand
from servicehost.domain.unit_return import UnitReturn
from servicehost.operations.casework import Word
from servicehost.operations.returning import Receipt, receive, the_return
from servicehost.ports.clock import Clock
from servicehost.ports.store import Batch, Store

__all__ = ["receive_return"]


async def receive_return(
    actor: Actor, number: int, receipt: Receipt, *, store: Store, clock: Clock, policy: ReturnPolicy
) -> UnitReturn:
    """The return, received, also one that was late or given up: then it was found again, and the charge is judged anew.

    Said again with fewer accessories missing, those have come. Raises Forbidden `no_right`; Invalid
    `no_such_accessory`; NotFound `return_not_found`; Conflict `return_not_owed`, `accessory_here_already`.
    """
    demand(actor, Right.DISPATCH)
    word = Word(by=actor.master_id, at=clock.wall(), actor=actor, note=receipt.note)

    def work(batch: Batch) -> UnitReturn:
        return receive(batch, the_return(batch, number, actor.scope), receipt, word, policy)

    return await store.batch(actor.scope, work)
