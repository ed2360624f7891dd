"""An exchange is called off while the old unit still has its place."""

from servicehost.domain.contract import EVERYTHING
from servicehost.domain.errors import Invalid
from servicehost.domain.exchange import Exchange, Said, next_state
from servicehost.domain.people import Actor, Right, Role
from servicehost.operations.casework import Word, move, release, the_exchange
from servicehost.operations.grounds import ground
from servicehost.ports.clock import Clock
from servicehost.ports.store import Batch, Store

__all__ = ["cancel_exchange"]


async def cancel_exchange(actor: Actor, exchange: int, reason: str, *, store: Store, clock: Clock) -> Exchange:
    """The exchange, cancelled; cancelled again, as it stands. The fault stays: the unit is no better for it.

    An operation manager or a dispatcher does it, support under a consent. Raises Forbidden `consent_needed`; Invalid
    `no_reason`; NotFound `exchange_not_found`; Conflict `swapped_already` or another refusal of the exchange's table.
    """
    if not reason.strip():
        raise Invalid("no_reason", "Say why the exchange is cancelled")
    now = clock.wall()

    def work(batch: Batch) -> Exchange:
        standing = the_exchange(batch, exchange, actor.scope)
        speaker = actor
        if actor.role is not Role.DISPATCHER:  # who calls off what was ordered by their own word
            speaker = ground(batch, actor, Right.EXCHANGE, standing.service_code, now)
        word = Word(by=speaker.author, at=now, reason=reason[:255], actor=speaker, own_words=True)
        if next_state(standing, Said.CANCEL) is not None:
            release(batch, standing)
        return move(batch, standing, Said.CANCEL, word, reason=reason[:255]) or standing

    return await store.batch(EVERYTHING, work)
