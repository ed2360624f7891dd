"""How a stream of events ends, and that it costs nothing while nobody follows. The clock is moved by hand."""

import asyncio
from typing import Any

import msgspec
import pytest

from servicehost.domain.contract import EVERYTHING, Scope
from servicehost.domain.event import EventFilter
from servicehost.runtime.supervise import Pause
from servicehost.web.event_stream import BEAT_S, EventStreams
from tests.builders.estate import an_event
from tests.builders.office import ANNA_S, Office, open_office

ANNA = Scope(management_code=ANNA_S)


async def until_stopped(stopping: asyncio.Event, delay_s: float) -> None:
    """Rounds are made by hand here."""
    await stopping.wait()


BY_HAND: Pause = until_stopped


class Listener:
    """Takes frames."""

    def __init__(self) -> None:
        self.frames: list[tuple[str, Any]] = []
        self.may_listen = True

    async def take(self, data: bytes) -> None:
        for part in data.decode().split("\n\n"):
            fields = dict(line.split(": ", 1) for line in part.splitlines())
            if "event" in fields:
                self.frames.append((fields["event"], msgspec.json.decode(fields["data"])))

    async def allowed(self) -> bool:
        return self.may_listen

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self.frames]


async def settled(streams: EventStreams | None = None) -> None:
    """Every follower has had its turn, after a look if there are streams."""
    if streams is not None:
        await streams.look()
    for _ in range(20):
        await asyncio.sleep(0)


async def begun(office: Office, streams: EventStreams, listener: Listener) -> asyncio.Task[None]:
    following = await streams.follow(ANNA, EventFilter(), None, listener.allowed)
    task = asyncio.create_task(following.run(listener.take))
    task.add_done_callback(lambda _: following.leave())
    await settled()
    return task


async def tell(office: Office) -> None:
    await office.store.batch(EVERYTHING, lambda batch: batch.add_events([an_event(ANNA_S)]))


@pytest.fixture
async def office() -> Office:
    return await open_office()


@pytest.fixture
def streams(office: Office) -> EventStreams:
    return EventStreams(office.reads, office.clock, limit=2, wait=BY_HAND)


async def test_each_event_is_told_once_in_its_order(office: Office, streams: EventStreams) -> None:
    listener = Listener()
    task = await begun(office, streams, listener)
    for _ in range(3):
        await tell(office)
        await settled(streams)
    await settled(streams)
    assert listener.names == ["begun", "event", "event", "event"]
    numbers = [data["event"] for name, data in listener.frames if name == "event"]
    assert numbers == sorted(office.shelf.events)[-3:]
    await streams.close()
    await task


async def test_a_beat_comes_when_nothing_happens_and_a_token_that_has_ended_ends_the_stream(
    office: Office, streams: EventStreams
) -> None:
    listener = Listener()
    task = await begun(office, streams, listener)
    office.clock.go_on(BEAT_S)
    await settled(streams)
    assert listener.names == ["begun", "beat"]
    listener.may_listen = False
    office.clock.go_on(BEAT_S)
    await settled(streams)
    await task
    assert listener.frames[-1][0] == "ended"
    assert listener.frames[-1][1]["code"] == "token_invalid"


async def test_a_host_that_leaves_says_so_and_lets_nobody_in(office: Office, streams: EventStreams) -> None:
    listener = Listener()
    task = await begun(office, streams, listener)
    await streams.close()
    await task
    assert listener.frames[-1][1]["code"] == "host_leaves"
    with pytest.raises(Exception, match="at once at most"):
        await streams.follow(ANNA, EventFilter(), None, listener.allowed)


async def test_a_store_that_cannot_be_read_ends_the_stream_by_name(
    office: Office, streams: EventStreams, monkeypatch: pytest.MonkeyPatch
) -> None:
    listener = Listener()
    task = await begun(office, streams, listener)

    async def broken(*_: object, **__: object) -> None:
        raise OSError("disk")

    await tell(office)
    monkeypatch.setattr(office.reads, "find_events", broken)
    await settled(streams)
    await task
    assert listener.frames[-1][1]["code"] == "host_fault"


async def test_a_place_given_up_is_free_again(office: Office, streams: EventStreams) -> None:
    one = await streams.follow(ANNA, EventFilter(), None, Listener().allowed)
    await streams.follow(ANNA, EventFilter(), None, Listener().allowed)
    with pytest.raises(Exception, match="at once at most"):
        await streams.follow(ANNA, EventFilter(), None, Listener().allowed)
    one.leave()
    await streams.follow(ANNA, EventFilter(), None, Listener().allowed)
    await streams.close()
