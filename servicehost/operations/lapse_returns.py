"""The clock's door: a return whose date has passed is a loss, once; the charge that follows is for people to decide."""

from servicehost.domain.contract import EVERYTHING
from servicehost.domain.unit_return import ReturnSaid
from servicehost.operations.casework import HOST, Word
from servicehost.operations.returning import move_return
from servicehost.ports.clock import Clock
from servicehost.ports.store import Batch, Store

__all__ = ["lapse_returns"]


async def lapse_returns(limit: int = 1_000, *, store: Store, clock: Clock) -> int:
    """How many have lapsed now. A unit that serves an adapter again is owed no more, and does not lapse."""
    word = Word(by=HOST, at=clock.wall())

    def work(batch: Batch) -> int:
        lapsed = 0
        for one in batch.returns_past_due(word.at, limit):
            serves = batch.binding_of_unit(one.unit_id) is not None
            move_return(batch, one, ReturnSaid.CALL_OFF if serves else ReturnSaid.LAPSE, word)
            lapsed += not serves
        return lapsed

    return await store.batch(EVERYTHING, work)
