"""Events as they are looked for and as they go, on every backend."""

import itertools
import random
from collections.abc import Iterator

import pytest

from servicehost.backends.sql import event_reads
from servicehost.domain.contract import EVERYTHING, Scope
from servicehost.domain.event import Event, EventClass, EventFilter, Severity
from servicehost.ports.events import NOT_YET, EventsWanted, Horizon
from servicehost.ports.reads import Reads
from servicehost.ports.store import Store
from tests.builders.estate import an_event, build_estate

ONE, TWO = "nxm000000001", "nxm000000002"
FILTERS = [
    EventFilter(),
    EventFilter(classes=(EventClass.MONITOR,)),
    EventFilter(classes=(EventClass.MONITOR, EventClass.OPERATION), severity=Severity.ERROR),
    EventFilter(sub_types=("b", "c")),
    EventFilter(service_code="nxe000000001"),
    EventFilter(service_code="nxe000000001", actor="anna", sub_types=("a",)),
    EventFilter(actor="host", since=20),
    EventFilter(since=10, until=30),
    EventFilter(sub_types=("none such",)),
]


def some_events(count: int) -> Iterator[Event]:
    chance = random.Random(7)
    for _ in range(count):
        tenant = chance.choice([ONE, TWO, None])
        yield an_event(
            tenant,
            at=chance.randrange(40),
            class_=chance.choice(list(EventClass)),
            severity=chance.choice(list(Severity)),
            sub_type=chance.choice("abc"),
            actor=chance.choice(["host", "anna"]),
            service_code=None if tenant is None else chance.choice([None, tenant.replace("nxm", "nxe")]),
        )


async def fill(store: Store, events: list[Event]) -> None:
    for number in (1, 2):
        await build_estate(store, number)
    await store.batch(EVERYTHING, lambda batch: batch.add_events(events))


async def walked(reads: Reads, scope: Scope, wanted: EventFilter, *, newest_first: bool, limit: int) -> list[int]:
    found: list[int] = []
    after: int | None = 0
    while after is not None:
        part = EventsWanted(filter=wanted, after=after, limit=limit, newest_first=newest_first)
        page = await reads.find_events(scope, part)
        assert len(page.items) <= limit
        found += [event.event for event in page.items]
        after = page.next
    return found


@pytest.mark.parametrize("newest_first", [False, True])
@pytest.mark.parametrize("window", [7, 20_000])
async def test_parts_put_together_are_all_that_fits_in_its_order(
    store: Store, reads: Reads, monkeypatch: pytest.MonkeyPatch, newest_first: bool, window: int
) -> None:
    monkeypatch.setattr(event_reads, "WINDOW", window)
    await fill(store, list(some_events(120)))
    everything = await reads.events(EVERYTHING, limit=1_000)
    for wanted, scope in itertools.product(FILTERS, (EVERYTHING, Scope(management_code=ONE))):
        fitting = [one.event for one in everything if scope.sees(one.management_code) and wanted.fits(one)]
        found = await walked(reads, scope, wanted, newest_first=newest_first, limit=3)
        assert found == (fitting[::-1] if newest_first else fitting)


async def test_the_oldest_go_first_and_how_far_is_known(store: Store, reads: Reads) -> None:
    assert await reads.event_horizon() == NOT_YET
    await fill(store, [an_event(None, at=at) for at in (10, 20, 30, 25, 40)])
    (first, *rest) = [one for one in await reads.events(EVERYTHING) if one.management_code is None]

    assert await store.batch(EVERYTHING, lambda batch: batch.forget_events(28, first.event, 99)) == first.event
    assert await reads.event_horizon() == Horizon(event=first.event, removed_at=99)
    # What came after the one of 30 stays with it: the horizon is one number.
    assert await store.batch(EVERYTHING, lambda batch: batch.forget_events(28, 100, 100)) == 1
    assert await reads.event_horizon() == Horizon(event=rest[0].event, removed_at=100)
    assert [one.at for one in await reads.events(EVERYTHING)] == [30, 25, 40]
    assert await store.batch(EVERYTHING, lambda batch: batch.forget_events(28, 100, 101)) == 0
    assert await reads.event_horizon() == Horizon(event=rest[0].event, removed_at=100)


async def test_numbers_are_never_given_again(store: Store, reads: Reads) -> None:
    await fill(store, [an_event(None, at=1)])
    newest = (await reads.events(EVERYTHING))[-1].event
    await store.batch(EVERYTHING, lambda batch: batch.forget_events(10**15, 1_000, 2))
    assert await reads.events(EVERYTHING) == []
    await store.batch(EVERYTHING, lambda batch: batch.add_events([an_event(None)]))
    assert [one.event for one in await reads.events(EVERYTHING)] == [newest + 1]


async def test_no_customer_removes_events_not_even_their_own(store: Store, reads: Reads) -> None:
    await fill(store, [an_event(ONE)])
    before = await reads.events(EVERYTHING)
    assert await store.batch(Scope(management_code=ONE), lambda batch: batch.forget_events(10**15, 100, 7)) == 0
    assert await reads.events(EVERYTHING) == before
