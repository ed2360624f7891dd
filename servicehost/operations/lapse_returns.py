"""The clock's door: a return whose date has passed is a loss, once; the charge that follows is for people to decide."""

from servicehost.domain.contract import EVERYTHING
from servicehost.domain.exchange import ENDED
from servicehost.domain.unit_return import ReturnSaid
from servicehost.operations.casework import HOST, Word, the_exchange
from servicehost.operations.returning import move_return
from servicehost.ports.clock import Clock
from servicehost.ports.store import Batch, Store

__all__ = ["lapse_returns"]


async def lapse_returns(limit: int = 1_000, *, store: Store, clock: Clock) -> int:
    """How many have lapsed now. One that serves an adapter does not: it is owed no more, or not swapped yet; unless
    the adapter's contract is what has ended."""
    word = Word(by=HOST, at=clock.wall())

    def work(batch: Batch) -> int:
        lapsed = 0
        for one in batch.returns_past_due(word.at, limit):
            if one.exchange is None or batch.binding_of_unit(one.unit_id) is None:
                lapsed += move_return(batch, one, ReturnSaid.LAPSE, word) is not None
            elif the_exchange(batch, one.exchange).state in ENDED:
                move_return(batch, one, ReturnSaid.CALL_OFF, word)
        return lapsed

    return await store.batch(EVERYTHING, work)
