"""An operation manager, or a dispatcher, calls an exchange off while the old unit still has its place."""

from servicehost.domain.contract import EVERYTHING
from servicehost.domain.errors import Forbidden, Invalid
from servicehost.domain.exchange import Exchange, Said, next_state
from servicehost.domain.people import Actor, Role
from servicehost.operations.casework import Word, move, release, the_exchange
from servicehost.ports.clock import Clock
from servicehost.ports.store import Batch, Store

__all__ = ["cancel_exchange"]

_MAY_CANCEL = frozenset({Role.OPERATION_MANAGER, Role.DISPATCHER})


async def cancel_exchange(actor: Actor, exchange: int, reason: str, *, store: Store, clock: Clock) -> Exchange:
    """The exchange, cancelled; cancelled again, as it stands. The fault stays: the unit is no better for it.

    Raises Forbidden `no_right`; Invalid `no_reason`; NotFound `exchange_not_found`; Conflict `swapped_already` or
    another refusal of the exchange's table.
    """
    if actor.role not in _MAY_CANCEL:
        raise Forbidden("no_right", f"{actor.master_id} ({actor.role}) has no right to cancel an exchange")
    if not reason.strip():
        raise Invalid("no_reason", "Say why the exchange is cancelled")
    word = Word(by=actor.master_id, at=clock.wall(), reason=reason[:255], actor=actor, own_words=True)

    def work(batch: Batch) -> Exchange:
        standing = the_exchange(batch, exchange, actor.scope)
        if next_state(standing, Said.CANCEL) is not None:
            release(batch, standing)
        return move(batch, standing, Said.CANCEL, word, reason=reason[:255]) or standing

    return await store.batch(EVERYTHING, work)
