"""One task of the host looks for news, once a second, for everybody who looks at the page; with nobody there is none.

The viewers of one scope share one room: what is known is read once for all of them.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final, TypeVar

import structlog

from servicehost.domain.contract import EVERYTHING, Scope
from servicehost.domain.errors import Busy
from servicehost.domain.evidence import TriagePolicy
from servicehost.domain.presence import Lease
from servicehost.ports.clock import Clock
from servicehost.ports.reads import Reads
from servicehost.runtime.supervise import Pause, keep_running, pause
from servicehost.web.fleet_answers import Moment
from servicehost.web.panel.filters import Filters
from servicehost.web.panel.knowledge import Knowledge
from servicehost.web.panel.language import Language
from servicehost.web.panel.picture import Picture, picture_of
from servicehost.web.panel.search import Wish
from servicehost.web.panel.sheet import Sheet, sheet_of
from servicehost.web.panel.stored_cases import StoredCases

__all__ = ["MAX_VIEWERS", "Room", "Watch", "aside"]

MAX_VIEWERS: Final = 200
_EVERY_S: Final = 1.0
_KEPT_S: Final = 10.0
"""A room without viewers is kept so long: the stream follows its page, and a reload its stream."""
_JUDGED_EVERY: Final = 5
"""Presence is judged anew every so many rounds, also when nothing was read."""
_SMALL: Final = 300
"""The picture of so many adapters takes a few milliseconds."""
_SHARE: Final = 4
"""Drawing takes at most one part in so many of the time."""
_RETRY_S: Final = 10
_T = TypeVar("_T")
_log: Final[Any] = structlog.get_logger("servicehost.panel")


class Room:
    """What the viewers of one scope share. `version` grows with every change of `picture`."""

    def __init__(self, knowledge: Knowledge, filters: Filters, clock: Clock) -> None:
        self.knowledge = knowledge
        self.filters = filters
        self.seats = 0
        self.kept_until = clock.monotonic() + _KEPT_S
        self.version = 0
        self.readable = True
        """False while the store cannot be read: the picture is old then, and nobody may think it is not."""
        self.turn = asyncio.Event()
        self._picture: Picture | None = None
        self._clock = clock
        self._lock = asyncio.Lock()
        self._rounds = 0
        self._sheets: dict[tuple[Wish, Language], Sheet] = {}
        self._drawn_at = 0.0
        self._took_s = 0.0
        self._owed = False

    @property
    def picture(self) -> Picture:
        """The newest. Only after `enter`."""
        if self._picture is None:
            raise LookupError("nothing has been read yet")
        return self._picture

    async def enter(self, reads: Reads) -> None:
        """Read everything, unless somebody has."""
        async with self._lock:
            if self._picture is None:
                await self.knowledge.read()
                await self._draw(await reads.leases())

    async def sheet(self, wish: Wish, language: Language) -> tuple[int, Sheet]:
        """The page's lines, and the version of the picture that they show. Made once for all who ask for the same."""
        found = await self.filters.found(wish.filters)
        version, picture, sheets = self.version, self.picture, self._sheets
        if (wish, language) not in sheets:
            sheets[wish, language] = await aside(len(picture.fleet), lambda: sheet_of(picture, wish, language, found))
        return version, sheets[wish, language]

    async def catch_up(self, newest: int, leases: Sequence[Lease]) -> None:
        """Take in what has happened."""
        async with self._lock:
            if self._picture is None:
                return
            self._rounds += 1
            fresh = await self.knowledge.catch_up(newest)
            self._owed = self._owed or fresh or self._rounds % _JUDGED_EVERY == 0
            if self._owed and self._clock.monotonic() - self._drawn_at >= self._took_s * _SHARE:
                await self._draw(leases)
            if await self.filters.refresh():
                self._changed()

    def end_turn(self) -> None:
        """Let every viewer look whether there is something for them."""
        ended, self.turn = self.turn, asyncio.Event()
        ended.set()

    async def _draw(self, leases: Sequence[Lease]) -> None:
        began = self._clock.monotonic()
        moment = Moment.of(leases, self._clock.wall())
        # Nobody else touches what is known as long as the lock is held.
        picture, same = await aside(len(self.knowledge.adapters), lambda: self._drawn(moment))
        if not same:
            self._picture = picture
            self._changed()
        self._drawn_at = self._clock.monotonic()
        self._took_s = self._drawn_at - began
        self._owed = False

    def _changed(self) -> None:
        self._sheets = {}
        self.version += 1

    def _drawn(self, moment: Moment) -> tuple[Picture, bool]:
        picture = picture_of(self.knowledge, moment)
        return picture, picture == self._picture


async def aside(adapters: int, work: Callable[[], _T]) -> _T:
    """Do it beside the event loop when the fleet is so large that sessions would feel it."""
    return work() if adapters <= _SMALL else await asyncio.to_thread(work)


class Watch:
    """The rooms of one host. On the event loop's thread."""

    def __init__(
        self,
        reads: Reads,
        clock: Clock,
        *,
        max_viewers: int = MAX_VIEWERS,
        wait: Pause = pause,
        triage: Callable[[], TriagePolicy] = TriagePolicy,
    ) -> None:
        self.closing = False
        self._reads = reads
        self._clock = clock
        self._cases = StoredCases(reads, clock, triage)
        self._max_viewers = max_viewers
        self._wait = wait
        self._rooms: dict[Scope, Room] = {}
        self._task: asyncio.Task[None] | None = None
        self._stopping = asyncio.Event()

    @property
    def viewers(self) -> int:
        """How many streams are open."""
        return sum(room.seats for room in self._rooms.values())

    @property
    def at_work(self) -> bool:
        """Whether the task runs."""
        return self._task is not None and not self._task.done()

    async def glance(self, scope: Scope) -> Room:
        """The scope's room, for one look."""
        room = self._room(scope)
        await room.enter(self._reads)
        return room

    @asynccontextmanager
    async def seat(self, scope: Scope) -> AsyncIterator[Room]:
        """The scope's room for as long as the block lasts. Raises Busy `too_many_viewers`."""
        if self.closing or self.viewers >= self._max_viewers:
            text = f"This host shows the page to {self._max_viewers} at once at most; close one or try again later"
            raise Busy("too_many_viewers", text, _RETRY_S)
        room = self._room(scope)
        room.seats += 1
        try:
            await room.enter(self._reads)
            yield room
        finally:
            room.seats -= 1
            room.kept_until = self._clock.monotonic() + _KEPT_S

    async def round(self) -> None:
        """Look for news once. Raises what the store raises, after everybody has been told that it cannot be read."""
        self._close_empty_rooms()
        if not self._rooms:
            self._stopping.set()
            return
        readable = False
        try:
            newest = await self._reads.events(EVERYTHING, newest_first=True, limit=1)
            leases = await self._reads.leases()
            for room in tuple(self._rooms.values()):
                await room.catch_up(newest[0].event if newest else 0, leases)
            readable = True
        finally:
            for room in self._rooms.values():
                room.readable = readable
                room.end_turn()

    async def close(self) -> None:
        """Tell every viewer that the host goes away. Nobody gets in any more."""
        self.closing = True
        self._stopping.set()
        for room in self._rooms.values():
            room.end_turn()
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait((self._task,))

    def _room(self, scope: Scope) -> Room:
        room = self._rooms.get(scope)
        if room is None:
            knowledge = Knowledge(scope, self._reads, self._clock, self._cases)
            room = Room(knowledge, Filters(scope, self._reads, self._clock), self._clock)
            self._rooms[scope] = room
        room.kept_until = max(room.kept_until, self._clock.monotonic() + _KEPT_S)
        self._go_to_work()
        return room

    def _go_to_work(self) -> None:
        if self.closing or (self.at_work and not self._stopping.is_set()):
            return
        self._stopping = asyncio.Event()
        work = keep_running("panel_watch", self.round, every_s=_EVERY_S, stopping=self._stopping, wait=self._wait)
        self._task = asyncio.create_task(work, name="panel watch")

    def _close_empty_rooms(self) -> None:
        now = self._clock.monotonic()
        gone = [scope for scope, room in self._rooms.items() if room.seats == 0 and room.kept_until <= now]
        for scope in gone:
            del self._rooms[scope]
