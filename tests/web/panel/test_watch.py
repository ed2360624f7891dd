"""One task for everybody who looks, none when nobody does, and a bound on how many may."""

import asyncio
from contextlib import AsyncExitStack
from typing import Any

import pytest

from servicehost.domain.contract import EVERYTHING, Scope
from servicehost.domain.errors import Busy
from servicehost.web.panel.watch import Watch
from tests.builders.office import ANNA_S, BEN_S, Office, open_office
from tests.web.panel.test_stream import BY_HAND

ONE = "nxe000000001"
ANNA, BEN = Scope(management_code=ANNA_S), Scope(management_code=BEN_S)


class CountingReads:
    """Counts what is asked of the store, by name."""

    def __init__(self, office: Office) -> None:
        self.asked: list[str] = []
        self.broken = False
        self.office = office
        self._reads = office.reads

    def __getattr__(self, name: str) -> Any:
        if self.broken:
            raise OSError("the disk is gone")
        self.asked.append(name)
        return getattr(self._reads, name)


def watch_of(office: Office, reads: Any = None, **more: Any) -> Watch:
    return Watch(reads or office.reads, office.clock, wait=BY_HAND, **more)


def at_work(watch: Watch) -> bool:
    return watch.at_work


async def test_one_viewer_more_than_the_bound_is_refused_by_name() -> None:
    office = await open_office()
    watch = watch_of(office, max_viewers=3)
    async with AsyncExitStack() as seats:
        for scope in (ANNA, ANNA, BEN):
            await seats.enter_async_context(watch.seat(scope))
        with pytest.raises(Busy) as refused:
            await seats.enter_async_context(watch.seat(BEN))
        assert (refused.value.code, refused.value.retry_after_s) == ("too_many_viewers", 10)
        assert watch.viewers == 3
    assert watch.viewers == 0
    async with watch.seat(BEN):
        assert watch.viewers == 1
    await watch.close()


async def test_viewers_of_one_contract_share_what_is_read() -> None:
    office = await open_office()
    reads = CountingReads(office)
    watch = watch_of(office, reads)
    async with watch.seat(ANNA), watch.seat(ANNA), watch.seat(ANNA):
        assert reads.asked.count("adapters") == 1
        await watch.round()
        reads.asked.clear()
        await watch.round()
        assert sorted(reads.asked) == ["events", "leases"]
    await watch.close()


async def test_nothing_is_done_when_nobody_looks() -> None:
    office = await open_office()
    reads = CountingReads(office)
    watch = watch_of(office, reads)
    assert not at_work(watch)
    async with watch.seat(ANNA):
        assert at_work(watch)
    office.clock.go_on(9.9)
    await watch.round()
    assert at_work(watch)
    office.clock.go_on(0.2)
    reads.asked.clear()
    await watch.round()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert not at_work(watch)
    assert reads.asked == []
    async with watch.seat(ANNA) as room:
        assert at_work(watch)
        assert room.picture.fleet == ()
    await watch.close()


async def test_a_room_shows_its_own_scope_and_sees_news_at_the_next_round() -> None:
    office = await open_office()
    watch = watch_of(office)
    async with watch.seat(ANNA) as annas, watch.seat(BEN) as bens, watch.seat(EVERYTHING) as all_of_it:
        before = bens.version
        await office.adapter(ONE)
        await watch.round()
        assert [row.service_code for row in annas.picture.fleet] == [ONE]
        assert [row.service_code for row in all_of_it.picture.fleet] == [ONE]
        assert bens.picture.fleet == ()
        assert bens.version == before
    await watch.close()


async def test_a_store_that_fails_is_told_to_everybody_and_the_next_round_tries_again() -> None:
    office = await open_office()
    reads = CountingReads(office)
    watch = watch_of(office, reads)
    async with watch.seat(ANNA) as room:
        reads.broken = True
        with pytest.raises(OSError, match="disk"):
            await watch.round()
        told = [room.readable]
        reads.broken = False
        await watch.round()
        assert [*told, room.readable] == [False, True]
    await watch.close()


async def test_a_host_that_goes_lets_nobody_in_and_wakes_everybody() -> None:
    office = await open_office()
    watch = watch_of(office)
    async with watch.seat(ANNA) as room:
        turn = room.turn
        await watch.close()
        assert turn.is_set()
        assert not at_work(watch)
        with pytest.raises(Busy):
            async with watch.seat(ANNA):
                raise AssertionError("nobody gets in")
