"""What is told to one viewer: server-sent events, the whole page first, then the lines that change.

There is no queue: a viewer who is slow is told less often, and gets the difference to what was sent last. One that
takes nothing for ten seconds is dropped by name.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import msgspec

from servicehost.domain.instant import rfc3339
from servicehost.ports.clock import Clock
from servicehost.web.panel.language import Language
from servicehost.web.panel.search import Wish
from servicehost.web.panel.sheet import ListChange, Sheet, changes
from servicehost.web.panel.watch import Room

__all__ = ["BEAT_S", "PATIENCE_S", "Telling", "Viewing", "frame"]

BEAT_S: Final = 15.0
"""A beat at least so often; as often it is asked whether the viewer may still look."""
PATIENCE_S: Final = 10.0
RETRY_MS: Final = 1_500


class Hello(msgspec.Struct, frozen=True, kw_only=True):
    """The first message. `build` changes with the page's own files; `missed`: events since the viewer's last."""

    build: str
    missed: int
    at: str


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """Lists that differ."""

    lists: dict[str, ListChange]
    at: str


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """A beat, or the reason why the stream ends or cannot go on."""

    at: str
    code: str = ""


class Viewing(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody looks at."""

    wish: Wish
    language: Language
    build: str
    seen: int = 0
    """The newest event that the browser has been told of before; 0: none."""


def frame(name: str, message: msgspec.Struct, number: int | None = None) -> bytes:
    """One event of the stream. JSON has no line feeds, so one line of data will do."""
    head = f"event: {name}\n" if number is None else f"event: {name}\nid: {number}\n"
    return head.encode() + b"data: " + msgspec.json.encode(message) + b"\n\n"


class Telling:
    """Tells one viewer, until there is a reason to end."""

    def __init__(
        self,
        room: Room,
        viewing: Viewing,
        clock: Clock,
        *,
        send: Callable[[bytes], Awaitable[None]],
        there: Callable[[], bool],
        may_look: Callable[[], Awaitable[bool]],
        leaving: Callable[[], bool],
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._room = room
        self._viewing = viewing
        self._clock = clock
        self._send = send
        self._there = there
        self._may_look = may_look
        self._leaving = leaving
        self._patience_s = patience_s
        self._sent: Sheet = {}
        self._version = -1
        self._beaten_at = clock.monotonic()
        self._troubled = False

    async def run(self) -> str:
        """The name of its end: `left`, `viewer_too_slow`, `token_invalid` or `host_leaves`."""
        try:
            await self._out(f"retry: {RETRY_MS}\n\n".encode() + frame("hello", self._hello()))
            while True:
                turn = self._room.turn
                ending = await self._look()
                if ending is not None:
                    return ending
                await turn.wait()
        except TimeoutError:
            return "viewer_too_slow"
        except ConnectionError:
            return "left"

    async def _look(self) -> str | None:
        if not self._there():
            return "left"
        if self._leaving():
            return await self._end("leaving", "host_leaves")
        if self._clock.monotonic() - self._beaten_at >= BEAT_S:
            if not await self._may_look():
                return await self._end("ended", "token_invalid")
            await self._beat()
        if self._room.readable:
            self._troubled = False
            await self._tell_changes()
        elif not self._troubled:
            self._troubled = True
            await self._out(frame("trouble", Note(at=self._now(), code="store_unreadable")))
        return None

    async def _tell_changes(self) -> None:
        self._room.filters.look_through(self._viewing.wish.filters)
        if self._version == self._room.version:
            return
        number = self._room.picture.event
        version, sheet = await self._room.sheet(self._viewing.wish, self._viewing.language)
        lists = changes(self._sent, sheet)
        if lists:
            await self._out(frame("change", Change(lists=lists, at=self._now()), number))
        self._sent, self._version = sheet, version

    async def _beat(self) -> None:
        self._beaten_at = self._clock.monotonic()
        if self._room.readable:
            await self._out(frame("beat", Note(at=self._now())))

    async def _end(self, name: str, code: str) -> str:
        await self._out(frame(name, Note(at=self._now(), code=code)))
        return code

    async def _out(self, data: bytes) -> None:
        async with asyncio.timeout(self._patience_s):
            await self._send(data)

    def _hello(self) -> Hello:
        seen = self._viewing.seen
        missed = sum(1 for event in self._room.picture.events if event.event > seen) if seen else 0
        return Hello(build=self._viewing.build, missed=missed, at=self._now())

    def _now(self) -> str:
        return rfc3339(self._clock.wall())
