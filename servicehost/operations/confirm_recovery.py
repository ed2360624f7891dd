"""The operation manager confirms that the network works again: the contract makes that check theirs."""

from servicehost.domain.contract import EVERYTHING
from servicehost.domain.exchange import Exchange, Said
from servicehost.domain.people import Actor, Right
from servicehost.operations.casework import Word, move, the_exchange
from servicehost.operations.grounds import ground
from servicehost.ports.clock import Clock
from servicehost.ports.store import Batch, Store

__all__ = ["confirm_recovery"]


async def confirm_recovery(actor: Actor, exchange: int, *, store: Store, clock: Clock) -> Exchange:
    """The exchange, confirmed; said again, as it stands. The case closes within moments.

    The provider's people pass the word on under a consent. Raises Forbidden `consent_needed`; NotFound
    `exchange_not_found`; Conflict `not_accepted` or another refusal.
    """
    now = clock.wall()

    def work(batch: Batch) -> Exchange:
        standing = the_exchange(batch, exchange, actor.scope)
        speaker = ground(batch, actor, Right.EXCHANGE, standing.service_code, now)
        return move(batch, standing, Said.CONFIRM, Word(by=speaker.author, at=now, actor=speaker)) or standing

    return await store.batch(EVERYTHING, work)
