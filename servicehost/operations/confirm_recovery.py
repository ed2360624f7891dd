"""The operation manager confirms that the network works again: the contract makes that check theirs."""

from servicehost.domain.contract import EVERYTHING
from servicehost.domain.exchange import Exchange, Said
from servicehost.domain.people import Actor, Right, demand
from servicehost.operations.casework import Word, move, the_exchange
from servicehost.ports.clock import Clock
from servicehost.ports.store import Batch, Store

__all__ = ["confirm_recovery"]


async def confirm_recovery(actor: Actor, exchange: int, *, store: Store, clock: Clock) -> Exchange:
    """The exchange, confirmed; said again, as it stands. The case closes within moments.

    Raises Forbidden `no_right`; NotFound `exchange_not_found`; Conflict `not_accepted` or another refusal.
    """
    demand(actor, Right.EXCHANGE)
    word = Word(by=actor.master_id, at=clock.wall(), actor=actor)

    def work(batch: Batch) -> Exchange:
        standing = the_exchange(batch, exchange, actor.scope)
        return move(batch, standing, Said.CONFIRM, word) or standing

    return await store.batch(EVERYTHING, work)
