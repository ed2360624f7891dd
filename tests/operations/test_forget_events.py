"""Events are kept as long as the settings say."""

from servicehost.domain.contract import EVERYTHING
from servicehost.operations.forget_events import forget_events
from servicehost.ports.store import Batch
from tests.builders.estate import an_event
from tests.fakes.clock import FixedClock
from tests.fakes.shelf import Shelf, ShelfStore

DAY_MS = 86_400_000


async def filled(ages: list[int]) -> tuple[Shelf, ShelfStore, FixedClock]:
    shelf, clock = Shelf(), FixedClock()
    store = ShelfStore(shelf)

    def work(batch: Batch) -> None:
        batch.add_events([an_event(None, at=clock.wall() - age * DAY_MS) for age in ages])

    await store.batch(EVERYTHING, work)
    return shelf, store, clock


async def test_what_is_older_goes_a_part_at_a_time_and_the_rest_stays() -> None:
    shelf, store, clock = await filled([12, 11, 11, 10, 1])
    assert await forget_events(2, store=store, clock=clock, kept_days=10) == 2
    assert await forget_events(2, store=store, clock=clock, kept_days=10) == 1
    assert await forget_events(2, store=store, clock=clock, kept_days=10) == 0
    assert sorted(shelf.events) == [4, 5]
    assert shelf.horizon[1].event == 3


async def test_with_no_days_they_are_kept_for_ever() -> None:
    shelf, store, clock = await filled([100_000])
    assert await forget_events(2, store=store, clock=clock, kept_days=0) == 0
    assert len(shelf.events) == 1
