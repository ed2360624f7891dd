"""A dispatcher notes that a unit is on its way back."""

from servicehost.domain.charge_proposal import ReturnPolicy
from servicehost.domain.people import Actor, Right, demand
from servicehost.domain.unit_return import UnitReturn
from servicehost.operations.casework import Word
from servicehost.operations.returning import Shipment, ship, the_return
from servicehost.ports.clock import Clock
from servicehost.ports.store import Batch, Store

__all__ = ["note_shipped"]


async def note_shipped(
    actor: Actor, number: int, shipment: Shipment, *, store: Store, clock: Clock, policy: ReturnPolicy
) -> UnitReturn:
    """The return, on its way; noted again, as it stands. A unit on its way is not overdue.

    Raises Forbidden `no_right`; NotFound `return_not_found`; Conflict `return_not_owed`.
    """
    demand(actor, Right.DISPATCH)
    word = Word(by=actor.master_id, at=clock.wall(), actor=actor, note=shipment.note)

    def work(batch: Batch) -> UnitReturn:
        return ship(batch, the_return(batch, number, actor.scope), shipment, word, policy)

    return await store.batch(actor.scope, work)
