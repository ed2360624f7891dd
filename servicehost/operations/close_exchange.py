"""A confirmed exchange is closed, and its fault with it; what it costs, as far as it is known, is proposed."""

from servicehost.domain.charge_proposal import ReturnPolicy
from servicehost.domain.contract import EVERYTHING
from servicehost.domain.exchange import Exchange, Said
from servicehost.domain.fault import FaultEnd, FaultNews, next_phase
from servicehost.operations.casework import HOST, Word, fault_moves, move, the_exchange
from servicehost.operations.settle_charge import settle_charges
from servicehost.ports.clock import Clock
from servicehost.ports.store import Batch, Store

__all__ = ["close_exchange"]


async def close_exchange(exchange: int, *, store: Store, clock: Clock, policy: ReturnPolicy | None = None) -> Exchange:
    """The exchange, closed; closed again, as it stands.

    Raises NotFound `exchange_not_found`; Conflict `not_confirmed` or another refusal of the exchange's table.
    """
    word = Word(by=HOST, at=clock.wall())

    def work(batch: Batch) -> Exchange:
        standing = the_exchange(batch, exchange)
        after = move(batch, standing, Said.CLOSE, word)
        if after is not None and after.fault is not None:
            fault = batch.fault(after.fault)
            phase = None if fault is None else next_phase(fault, FaultNews.CLOSED)
            if fault is not None and phase is not None:
                fault_moves(batch, fault, phase, word, FaultEnd.EXCHANGED)
        if after is None:
            return standing
        return settle_charges(batch, after, word.at, policy or ReturnPolicy())

    return await store.batch(EVERYTHING, work)
