"""What one viewer is told, and when it ends. The clock is moved by hand; nothing here waits."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec

from servicehost.domain.contract import Scope
from servicehost.runtime.supervise import Pause
from servicehost.web.panel.language import Language
from servicehost.web.panel.search import Wish
from servicehost.web.panel.stream import BEAT_S, Telling, Viewing
from servicehost.web.panel.watch import Room, Watch
from tests.builders.office import ANNA_S, Office, open_office

ONE, TWO = "nxe000000001", "nxe000000002"
ANNA = Scope(management_code=ANNA_S)


async def until_stopped(stopping: asyncio.Event, delay_s: float) -> None:
    """Rounds are made by hand here."""
    await stopping.wait()


BY_HAND: Pause = until_stopped


class Viewer:
    """Takes frames; looks after each turn of the room."""

    def __init__(self, office: Office, room: Room, **viewing: Any) -> None:
        self.frames: list[tuple[str, Any, str]] = []
        self.there = True
        self.may_look = True
        self.leaving = False
        self.stuck = False
        self.told = asyncio.Event()
        self._office = office
        self._room = room
        self._viewing = viewing

    async def take(self, data: bytes) -> None:
        if self.stuck:
            await asyncio.Event().wait()
        for part in data.decode().split("\n\n"):
            fields = dict(line.split(": ", 1) for line in part.splitlines())
            if "event" in fields:
                self.frames.append((fields["event"], msgspec.json.decode(fields["data"]), fields.get("id", "")))

    async def allowed(self) -> bool:
        return self.may_look

    def telling(self) -> Telling:
        viewing: dict[str, Any] = {"wish": Wish(), "language": Language.JA, "build": "b"} | self._viewing
        return Telling(
            self._room,
            Viewing(**viewing),
            self._office.clock,
            send=self.take,
            there=lambda: self.there,
            may_look=self.allowed,
            leaving=lambda: self.leaving,
            patience_s=0 if self.stuck else 10,
        )

    @property
    def names(self) -> list[str]:
        return [name for name, _, _ in self.frames]

    def lists(self) -> dict[str, list[str]]:
        """Of the last change: list → keys of the lines that were sent."""
        return {name: list(one["items"]) for name, one in self.frames[-1][1]["lists"].items()}


@asynccontextmanager
async def watched(office: Office) -> AsyncIterator[tuple[Watch, Room]]:
    watch = Watch(office.reads, office.clock, wait=BY_HAND)
    async with watch.seat(ANNA) as room:
        yield watch, room
    await watch.close()


async def go_round(watch: Watch) -> None:
    """One round, after which every viewer has had its turn."""
    await watch.round()
    for _ in range(20):
        await asyncio.sleep(0)


async def test_the_whole_page_comes_first_and_then_only_what_differs() -> None:
    office = await open_office()
    await office.adapter(ONE)
    await office.adapter(TWO)
    async with watched(office) as (watch, room):
        viewer = Viewer(office, room)
        telling = asyncio.create_task(viewer.telling().run())
        await go_round(watch)
        assert viewer.names == ["hello", "change"]
        assert viewer.lists()["fleet"] == [ONE, TWO]
        await go_round(watch)
        assert viewer.names == ["hello", "change"]
        push = await office.push(ONE, "hostname one\n")
        await go_round(watch)
        assert viewer.names == ["hello", "change", "change"]
        assert viewer.lists()["fleet"] == [ONE]
        assert viewer.lists()["pushes_open"] == [f"{push.push}"]
        assert viewer.frames[-1][1]["lists"]["fleet"]["order"] == [ONE, TWO]
        assert viewer.frames[-1][2] == f"{max(office.shelf.events)}"
        viewer.there = False
        await go_round(watch)
        assert await telling == "left"


async def test_a_quiet_stream_beats_every_fifteen_seconds() -> None:
    office = await open_office()
    async with watched(office) as (watch, room):
        viewer = Viewer(office, room)
        telling = asyncio.create_task(viewer.telling().run())
        await go_round(watch)
        office.clock.go_on(BEAT_S - 0.1)
        await go_round(watch)
        assert "beat" not in viewer.names
        office.clock.go_on(0.1)
        await go_round(watch)
        await go_round(watch)
        assert viewer.names.count("beat") == 1
        viewer.leaving = True
        await go_round(watch)
        assert await telling == "host_leaves"
        assert viewer.frames[-1][:2] == ("leaving", {"at": viewer.frames[-1][1]["at"], "code": "host_leaves"})


async def test_who_may_not_look_any_more_is_told_so_at_the_next_beat() -> None:
    office = await open_office()
    async with watched(office) as (watch, room):
        viewer = Viewer(office, room)
        telling = asyncio.create_task(viewer.telling().run())
        await go_round(watch)
        viewer.may_look = False
        office.clock.go_on(BEAT_S)
        await go_round(watch)
        assert await telling == "token_invalid"
        assert viewer.names[-1] == "ended"


async def test_a_viewer_who_takes_nothing_is_dropped_by_name() -> None:
    office = await open_office()
    async with watched(office) as (_, room):
        viewer = Viewer(office, room)
        viewer.stuck = True
        assert await viewer.telling().run() == "viewer_too_slow"


async def test_a_line_that_breaks_is_no_fault() -> None:
    office = await open_office()
    async with watched(office) as (_, room):
        viewer = Viewer(office, room)

        async def broken(data: bytes) -> None:
            raise ConnectionResetError

        viewer.take = broken  # type: ignore[method-assign]  # this viewer's line is cut
        assert await viewer.telling().run() == "left"


async def test_who_comes_back_is_told_how_much_they_missed() -> None:
    office = await open_office()
    await office.adapter(ONE)
    seen = max(office.shelf.events)
    await office.adapter(TWO)
    async with watched(office) as (watch, room):
        for last, missed in ((seen, 1), (0, 0)):
            viewer = Viewer(office, room, seen=last)
            telling = asyncio.create_task(viewer.telling().run())
            await go_round(watch)
            assert (viewer.names[0], viewer.frames[0][1]["missed"]) == ("hello", missed)
            viewer.there = False
            await go_round(watch)
            assert await telling == "left"


async def test_a_store_that_cannot_be_read_is_said_once_and_is_no_beat() -> None:
    office = await open_office()
    async with watched(office) as (watch, room):
        viewer = Viewer(office, room)
        telling = asyncio.create_task(viewer.telling().run())
        await go_round(watch)
        room.readable = False
        for _ in range(3):
            office.clock.go_on(BEAT_S)
            room.end_turn()
            await asyncio.sleep(0)
            await asyncio.sleep(0)
        assert viewer.names.count("trouble") == 1
        assert "beat" not in viewer.names
        await office.adapter(ONE)
        await go_round(watch)
        assert viewer.names[-1] == "change"
        telling.cancel()


async def test_a_viewer_sees_what_they_asked_for_in_their_language() -> None:
    office = await open_office()
    await office.adapter(ONE)
    await office.adapter(TWO)
    async with watched(office) as (watch, room):
        viewer = Viewer(office, room, wish=Wish(search=TWO), language=Language.EN)
        telling = asyncio.create_task(viewer.telling().run())
        await go_round(watch)
        assert viewer.lists()["fleet"] == [TWO]
        assert "機器なし" not in viewer.frames[-1][1]["lists"]["fleet"]["items"][TWO]
        telling.cancel()
