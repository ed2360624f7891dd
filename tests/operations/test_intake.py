"""The intake: batches that form by themselves, bounds with names, and faults that stay with the item at fault."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest
from structlog.testing import capture_logs

from protocol.codes import CloseCode
from protocol.messages import ConfigOffer, Event, OfferAnswer, Rejected, Report
from servicehost.backends.sql.store import SqlStore
from servicehost.domain.contract import EVERYTHING, Scope
from servicehost.domain.errors import Busy, NotFound, StoreFull
from servicehost.operations import intake as module
from servicehost.operations.intake import GATHER_S, Intake
from servicehost.ports.desk import Fence, NotAdmitted, Stale, Welcomed
from servicehost.ports.store import Batch
from tests.builders.databases import fill_up, fresh_database, give_space, opened, pages_of
from tests.builders.estate import build_estate
from tests.builders.units import US, a_caller, a_hello, a_progress
from tests.operations.conftest import World

T = TypeVar("T")
POISON = Event(sequence=9, sub_type="x", text="\ud800")  # no wire can say it and no database can hold it


class Standing:
    """A clock that stands still, and sleep that only notes how long it would have been."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    def wall(self) -> int:
        return 1_000

    def monotonic(self) -> float:
        return 50.0

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        await asyncio.sleep(0)


class Watched:
    """A store that counts batches and can be made to fail."""

    def __init__(self, store: SqlStore) -> None:
        self.store = store
        self.batches = 0
        self.fault: Exception | None = None

    def transaction(self, scope: Scope) -> Any:
        return self.store.transaction(scope)

    async def batch(self, scope: Scope, work: Callable[[Batch], T]) -> T:
        self.batches += 1
        if self.fault is not None:
            raise self.fault
        return await self.store.batch(scope, work)

    async def begin_run(self, host: str, now: int) -> int:
        return await self.store.begin_run(host, now)


class Desk:
    """An intake at work, and what surrounds it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.time = Standing()
        self.store = Watched(world.store)
        self.intake = Intake(self.store, self.time, US, sleep=self.time.sleep)
        self.task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self.task = asyncio.create_task(self.intake.run())

    async def stop(self) -> None:
        if self.task is not None:
            self.task.cancel()
            await asyncio.wait([self.task])

    def hello(self, who: Any) -> "asyncio.Future[Welcomed]":
        return self.intake.phone_home(a_caller(who.unit.distribution_id), a_hello())

    async def fence(self, who: Any) -> Fence:
        return (await self.hello(who)).fence


@pytest.fixture(autouse=True)
def log() -> Iterator[list[Any]]:
    """What was logged; and no colourful traces in the output of tests that fail things on purpose."""
    with capture_logs() as entries:
        yield entries


@pytest.fixture
async def desk(world: World) -> AsyncIterator[Desk]:
    desk = Desk(world)
    yield desk
    await desk.stop()


async def test_whatever_came_meanwhile_is_one_batch(desk: Desk) -> None:
    waiting = [desk.hello(who) for who in (desk.world.one, desk.world.two, desk.world.one)]
    desk.start()
    answers = await asyncio.gather(*waiting)
    assert [answer.fence.epoch for answer in answers] == [1, 1, 2]
    assert (desk.store.batches, desk.intake.batches, desk.intake.items) == (1, 1, 3)


async def test_each_verb_answers_its_own(desk: Desk) -> None:
    desk.start()
    fence = await desk.fence(desk.world.one)
    offer = desk.intake.work_due(fence)
    event = desk.intake.take_event(fence, "b", Event(sequence=1, sub_type="link_up"))
    progress = desk.intake.take_progress(fence, a_progress(99, "confirmed"))
    stranger = desk.intake.phone_home(a_caller("nobody"), a_hello())
    offered = await offer
    assert isinstance(offered, ConfigOffer)
    assert offered.push == desk.world.one.push.push
    await event
    with pytest.raises(NotFound):
        await progress
    with pytest.raises(NotAdmitted):
        await stranger


async def test_an_ending_in_a_batch_comes_before_the_hello_in_it(desk: Desk) -> None:
    desk.start()
    fence = await desk.fence(desk.world.one)
    again = desk.hello(desk.world.one)
    desk.intake.session_ended(fence, CloseCode.SILENT, "")
    assert (await again).fence.epoch == 2
    await desk.intake.flush()
    view = await desk.world.reads.unit(EVERYTHING, desk.world.one.unit.distribution_id)
    assert view is not None
    assert view.session.ending is None


async def test_what_the_older_session_said_in_a_batch_comes_before_the_hello_in_it(desk: Desk) -> None:
    desk.start()
    fence = await desk.fence(desk.world.one)
    push = desk.world.one.push.push
    substituted = OfferAnswer(outcome="substituted", rejected=(Rejected(parameter="mtu", reason="too large"),))
    answer = desk.intake.take_offer_answer(fence, push, substituted)
    again = desk.hello(desk.world.one)
    await answer  # not Stale
    assert (await again).fence.epoch == 2
    # The hello knew nothing of what had been stored: it could only be lost because it was written first.
    assert (await desk.world.push(push)).reason == "lost_by_unit"


async def test_a_full_queue_is_busy_and_says_when_to_come_back(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_QUEUE", 2)
    taken = [desk.hello(desk.world.one) for _ in range(2)]
    with pytest.raises(Busy) as refused:
        await desk.hello(desk.world.one)
    assert (refused.value.code, refused.value.retry_after_s) == ("intake_full", 30)
    desk.start()
    assert [answer.fence.epoch for answer in await asyncio.gather(*taken)] == [1, 2]


async def test_one_item_at_fault_is_answered_alone_and_every_other_is_taken(desk: Desk, log: list[Any]) -> None:
    desk.start()
    one, two = await desk.fence(desk.world.one), await desk.fence(desk.world.two)
    good = [desk.intake.take_event(one, "b", Event(sequence=n, sub_type="link_up")) for n in range(4)]
    bad = desk.intake.take_event(two, "b", POISON)
    more = [desk.intake.take_event(two, "b", Event(sequence=n, sub_type="link_up")) for n in range(3)]
    results = await asyncio.gather(*good, bad, *more, return_exceptions=True)
    assert [type(result) for result in results] == [type(None)] * 4 + [UnicodeEncodeError] + [type(None)] * 3
    assert (await desk.world.event_names()).count("link_up") == 7
    assert [entry["verb"] for entry in log if entry["event"] == "item_failed"] == ["take_events"]


async def test_a_store_that_fails_altogether_is_answered_to_each_and_the_intake_lives_on(desk: Desk) -> None:
    desk.start()
    desk.store.fault = OSError("the disk is gone")
    results = await asyncio.gather(*(desk.hello(desk.world.one) for _ in range(5)), return_exceptions=True)
    assert [type(result) for result in results] == [OSError] * 5
    desk.store.fault = None
    assert (await desk.fence(desk.world.one)).epoch == 1


async def test_an_ending_that_could_not_be_written_is_written_later(desk: Desk) -> None:
    desk.start()
    fences = [await desk.fence(who) for who in (desk.world.one, desk.world.two)]
    desk.store.fault = OSError("the disk is gone")
    for fence in fences:
        desk.intake.session_ended(fence, CloseCode.SILENT, "")
    await desk.intake.flush()
    await desk.intake.tick()  # still gone
    desk.store.fault = None
    await desk.intake.tick()
    assert (await desk.world.event_names()).count("session_ended") == 2
    before = desk.world.dump()
    await desk.intake.tick()
    assert desk.world.dump() == before


async def test_an_ending_that_can_never_be_written_keeps_no_other_waiting(desk: Desk) -> None:
    desk.start()
    one, two = await desk.fence(desk.world.one), await desk.fence(desk.world.two)
    desk.intake.session_ended(one, CloseCode.SILENT, "\ud800")
    desk.intake.session_ended(two, CloseCode.SILENT, "")
    assert (await desk.hello(desk.world.one)).fence.epoch == 2
    await desk.intake.flush()
    await desk.intake.tick()
    assert (await desk.world.event_names()).count("session_ended") == 1


async def test_reports_are_written_once_a_second_and_not_when_there_is_no_news(desk: Desk) -> None:
    desk.start()
    fence = await desk.fence(desk.world.one)
    for _ in range(3):
        desk.intake.take_report(fence, Report(uptime_s=5))
    before = desk.store.batches
    await desk.intake.tick()
    assert desk.store.batches == before + 1
    for _ in range(3):
        desk.intake.take_report(fence, Report(uptime_s=6))
    await desk.intake.tick()
    assert desk.store.batches == before + 1


async def test_news_survives_a_full_store_and_attempts_are_counted(desk: Desk) -> None:
    desk.start()
    fence = await desk.fence(desk.world.one)
    desk.intake.take_report(fence, Report(uptime_s=5, health={"flash": "failed"}))
    desk.intake.attempt_failed("192.0.2.7", CloseCode.TLS_REFUSED, "no certificate", None)
    desk.store.fault = StoreFull()
    with pytest.raises(StoreFull):
        await desk.intake.tick()
    desk.store.fault = None
    await desk.intake.tick()
    newest = await desk.world.reads.events(EVERYTHING, newest_first=True, limit=2)
    assert [(event.sub_type, event.detail) for event in reversed(newest)] == [
        ("status_changed", {"failing": ["flash"]}),
        ("attempts_unlisted", {"count": 1}),
    ]


async def test_attempts_beyond_the_list_are_counted(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_ATTEMPTS", 2)
    for number in range(5):
        desk.intake.attempt_failed(f"192.0.2.{number}", CloseCode.TLS_REFUSED, "", None)
    await desk.intake.tick()
    newest = await desk.world.reads.events(EVERYTHING, newest_first=True, limit=3)
    assert [event.sub_type for event in newest] == ["attempts_unlisted", "attempt_failed", "attempt_failed"]
    assert newest[0].detail == {"count": 3}


async def test_batches_that_follow_each_other_closely_wait_a_little_for_company(desk: Desk) -> None:
    desk.start()
    await desk.hello(desk.world.one)
    assert desk.time.slept == []  # the first goes at once
    await desk.hello(desk.world.one)
    assert desk.time.slept == [pytest.approx(GATHER_S)]


async def test_a_batch_that_is_full_waits_for_nobody(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_BATCH", 2)
    waiting = [desk.hello(desk.world.one) for _ in range(6)]
    desk.start()
    await asyncio.gather(*waiting)
    assert (desk.store.batches, desk.time.slept) == (3, [])


async def test_flush_waits_for_everything_queued(desk: Desk) -> None:
    desk.start()
    await desk.intake.flush()  # nothing was
    waiting = [desk.hello(desk.world.one) for _ in range(3)]
    await desk.intake.flush()
    assert all(one.done() for one in waiting)


async def test_who_still_waits_when_the_intake_ends_does_not_wait_for_ever(desk: Desk) -> None:
    desk.start()
    waiting = [desk.hello(desk.world.one) for _ in range(3)]
    await asyncio.sleep(0)
    waiting.append(desk.hello(desk.world.two))
    await desk.stop()
    assert all(one.done() for one in waiting)


async def test_what_a_session_said_is_written_even_when_it_no_longer_waits(desk: Desk) -> None:
    fence_of = desk.hello(desk.world.one)
    fence_of.cancel()
    desk.start()
    await desk.intake.flush()
    assert (await desk.fence(desk.world.one)).epoch == 2


async def test_a_stale_session_is_told_so(desk: Desk) -> None:
    desk.start()
    old = await desk.fence(desk.world.one)
    await desk.fence(desk.world.one)
    with pytest.raises(Stale):
        await desk.intake.work_due(old)


async def test_a_full_database_is_answered_so_sessions_stay_and_endings_are_written_when_space_returns(
    tmp_path: Path,
) -> None:
    database = fresh_database(tmp_path)
    async with opened(database, max_page_count=pages_of(database) + 50) as (store, reads):
        estate = await build_estate(store, 1)
        world = World(store=store, reads=reads, one=estate, two=estate, dump=lambda: None)
        desk = Desk(world)
        desk.start()
        fence = await desk.fence(estate)
        await fill_up(store)
        wordy = Event(sequence=1, sub_type="x", text="x" * 100_000)
        desk.intake.session_ended(fence, CloseCode.SILENT, "x" * 100_000)
        with pytest.raises(StoreFull):
            await desk.intake.take_event(fence, "b", wordy)
        assert module.FULL_PAUSE_S in desk.time.slept
        assert "session_ended" not in await world.event_names()
        await give_space(store)
        await desk.intake.flush()
        await desk.intake.take_event(fence, "b", wordy)  # the same session, still in place
        assert (await world.event_names()).count("session_ended") == 1
        await desk.stop()
