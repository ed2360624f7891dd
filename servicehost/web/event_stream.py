"""Programs follow events: server-sent events, from where they stopped, in the order of commits, each once.

One task of the host looks once a second whether there is a newer event, for all who follow; with nobody there is none.
The store is read anew from the follower's own place, so nothing waits in a queue and nothing is lost on the way. Who
takes nothing for ten seconds is cut, and finds its place again by Last-Event-ID.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

import msgspec
import structlog

from servicehost.domain.contract import EVERYTHING, Scope
from servicehost.domain.errors import Busy
from servicehost.domain.event import EventFilter
from servicehost.domain.instant import rfc3339
from servicehost.ports.clock import Clock
from servicehost.ports.events import EventsWanted
from servicehost.ports.reads import Reads
from servicehost.runtime.supervise import Pause, keep_running, pause
from servicehost.web.event_answers import EventAnswer, Removed

__all__ = ["BEAT_S", "EventStreams", "Following"]

BEAT_S: Final = 15.0
"""A beat at least so often; as often it is asked whether the follower may still listen."""
_EVERY_S: Final = 1.0
_AT_ONCE: Final = 500
_RETRY_S: Final = 10
_RETRY_MS: Final = 2_000
_log: Final[Any] = structlog.get_logger("servicehost.web")


class Begun(msgspec.Struct, frozen=True, kw_only=True):
    """The first message. `missed`: events after the one last seen were removed before they could be told."""

    after: int
    missed: bool
    removed: Removed


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """A beat, or why the stream ends: token_invalid, host_leaves, host_fault."""

    at: str
    code: str = ""


class EventStreams:
    """Who follows, on one host. On the event loop's thread."""

    def __init__(self, reads: Reads, clock: Clock, *, limit: int, wait: Pause = pause) -> None:
        self.closing = False
        self.turn = asyncio.Event()
        self._reads = reads
        self._clock = clock
        self._limit = limit
        self._wait = wait
        self._following = 0
        self._stopping = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._newest = 0
        self._turned_at = 0.0

    async def follow(
        self, scope: Scope, wanted: EventFilter, after: int | None, may_listen: Callable[[], Awaitable[bool]]
    ) -> "Following":
        """A place among those who follow, after the event `after` (None: what comes from now on); leave it in the end.

        Raises Busy `too_many_streams`.
        """
        if self.closing or self._following >= self._limit:
            text = f"This host tells {self._limit} programs of events at once at most; end one or try again later"
            raise Busy("too_many_streams", text, _RETRY_S)
        self._following += 1
        try:
            horizon = await self._reads.event_horizon()
            begun = await self._now() if after is None else after
        except BaseException:
            self.leave()
            raise
        self._go_to_work()
        missed = after is not None and after < horizon.event
        hello = Begun(after=begun, missed=missed, removed=Removed.of(horizon))
        return Following(
            streams=self,
            reads=self._reads,
            clock=self._clock,
            scope=scope,
            wanted=wanted,
            hello=hello,
            may_listen=may_listen,
        )

    def leave(self) -> None:
        """One follower less; with the last one the looking ends."""
        self._following -= 1
        if self._following == 0:
            self._stopping.set()

    async def look(self) -> None:
        """Look once whether there is a newer event. Raises what the store raises."""
        newest, now = await self._now(), self._clock.monotonic()
        if newest != self._newest or now - self._turned_at >= BEAT_S:
            self._newest, self._turned_at = newest, now
            self._end_turn()

    async def close(self) -> None:
        """Tell all who follow that the host goes away. Nobody gets in any more."""
        self.closing = True
        self._stopping.set()
        self._end_turn()
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait((self._task,))

    async def _now(self) -> int:
        newest = await self._reads.events(EVERYTHING, newest_first=True, limit=1)
        return newest[0].event if newest else 0

    def _end_turn(self) -> None:
        ended, self.turn = self.turn, asyncio.Event()
        ended.set()

    def _go_to_work(self) -> None:
        if self._task is not None and not self._task.done() and not self._stopping.is_set():
            return
        self._stopping = asyncio.Event()
        work = keep_running("follow_events", self.look, every_s=_EVERY_S, stopping=self._stopping, wait=self._wait)
        self._task = asyncio.create_task(work, name="follow events")


class Following:
    """One program that follows."""

    def __init__(
        self,
        *,
        streams: EventStreams,
        reads: Reads,
        clock: Clock,
        scope: Scope,
        wanted: EventFilter,
        hello: Begun,
        may_listen: Callable[[], Awaitable[bool]],
    ) -> None:
        self._streams = streams
        self._reads = reads
        self._clock = clock
        self._scope = scope
        self._wanted = wanted
        self._hello = hello
        self._may_listen = may_listen
        self._after = hello.after
        self._asked_at = clock.monotonic()

    async def run(self, send: Callable[[bytes], Awaitable[None]]) -> None:
        """Tell, until there is a reason to end. Raises what `send` raises."""
        await send(f"retry: {_RETRY_MS}\n\n".encode() + _message("begun", self._hello))
        while (ending := await self._tell(send)) is None:
            await self._turn.wait()
        await send(_message("ended", self._said(ending)))

    def leave(self) -> None:
        """Give the place up."""
        self._streams.leave()

    async def _tell(self, send: Callable[[bytes], Awaitable[None]]) -> str | None:
        self._turn = self._streams.turn
        if self._streams.closing:
            return "host_leaves"
        try:
            if self._clock.monotonic() - self._asked_at >= BEAT_S:
                self._asked_at = self._clock.monotonic()
                if not await self._may_listen():
                    return "token_invalid"
                await send(_message("beat", self._said()))
            await self._tell_news(send)
        except (TimeoutError, ConnectionError):
            raise
        except Exception:
            _log.exception("following_failed")
            return "host_fault"
        return None

    async def _tell_news(self, send: Callable[[bytes], Awaitable[None]]) -> None:
        following: int | None = self._after
        while following is not None:
            wanted = EventsWanted(filter=self._wanted, after=following, limit=_AT_ONCE)
            page = await self._reads.find_events(self._scope, wanted)
            if page.items:
                await send(b"".join(_message("event", EventAnswer.of(one), one.event) for one in page.items))
                self._after = page.items[-1].event
            following = page.next
            self._after = max(self._after, following or 0)

    def _said(self, code: str = "") -> Said:
        return Said(at=rfc3339(self._clock.wall()), code=code)


def _message(name: str, value: msgspec.Struct, number: int | None = None) -> bytes:
    """JSON has no line feeds, so one line of data will do."""
    head = f"event: {name}\n" if number is None else f"event: {name}\nid: {number}\n"
    return head.encode() + b"data: " + msgspec.json.encode(value) + b"\n\n"
