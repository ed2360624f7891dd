"""The intake: whatever came from sessions while the last commit ran is the next batch.

One set-based read, pure rules, one statement for each kind of write, one sync to the disk, then every answer. There
is no timer and no transaction per message; only when commits follow each other closely does a batch wait until
`GATHER_S` after the last one began, because a commit of one costs the processor as much as a commit of twenty.
An item whose batch fails is tried again alone and answered alone. The queue holds 10,000 items; the overflow is
Busy, "come back in n". Endings are not answered by anybody, so they are kept and retried until they are written.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

import structlog

from protocol.codes import CloseCode
from protocol.messages import ConfigOffer, ConfigProgress, Event, Hello, OfferAnswer, Report
from protocol.session import RefusedByPeer
from servicehost.domain.contract import EVERYTHING
from servicehost.domain.errors import Busy, StoreFull
from servicehost.operations.end_sessions import Attempt, Ending, end_sessions, list_attempts
from servicehost.operations.phone_home import Call, HostIdentity, phone_home
from servicehost.operations.take_answers import Answer, take_answers
from servicehost.operations.take_events import Notice, take_events
from servicehost.operations.take_progress import Step, take_progress
from servicehost.operations.take_reports import Hearsay, write_reports
from servicehost.operations.work_due import work_due
from servicehost.ports.clock import Clock
from servicehost.ports.desk import Caller, Fence, Welcomed
from servicehost.ports.store import Batch, Store

__all__ = ["GATHER_S", "MAX_BATCH", "MAX_QUEUE", "Intake"]

GATHER_S: Final = 0.01
MAX_QUEUE: Final = 10_000
MAX_BATCH: Final = 1_000
MAX_ATTEMPTS: Final = 200
BUSY_FOR_S: Final = 30

T = TypeVar("T")
_Outcomes = Sequence[Any]
_log = structlog.get_logger("intake")


class _Item:
    """One thing to take, and who waits for the answer."""

    __slots__ = ("future", "payload", "verb")

    def __init__(self, verb: str, payload: Any, future: "asyncio.Future[Any]") -> None:
        self.verb = verb
        self.payload = payload
        self.future = future


class Intake:
    """`ports.desk.Desk` on a store. `run` works until it is cancelled; `flush` ends what was queued before it."""

    def __init__(self, store: Store, clock: Clock, us: HostIdentity) -> None:
        self._store = store
        self._clock = clock
        self._us = us
        self._loop = asyncio.get_running_loop()
        self._queue: deque[_Item] = deque()
        self._endings: deque[Ending] = deque()
        self._attempts: deque[Attempt] = deque()
        self._unlisted = 0
        self._hearsay = Hearsay()
        self._wake = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._last_began = -GATHER_S
        self.batches = 0
        self.items = 0
        self.offer_answers = 0

    # -- what sessions call -------------------------------------------------------------------------------------

    def phone_home(self, caller: Caller, hello: Hello) -> "asyncio.Future[Welcomed]":
        return self._put("phone_home", Call(caller=caller, hello=hello))

    def work_due(self, fence: Fence) -> "asyncio.Future[ConfigOffer | None]":
        return self._put("work_due", fence)

    def take_offer_answer(self, fence: Fence, push: int, answer: OfferAnswer | RefusedByPeer) -> "asyncio.Future[None]":
        return self._put("take_answers", Answer(fence=fence, push=push, said=answer))

    def take_progress(self, fence: Fence, progress: ConfigProgress) -> "asyncio.Future[None]":
        return self._put("take_progress", Step(fence=fence, said=progress))

    def take_event(self, fence: Fence, boot_id: str, event: Event) -> "asyncio.Future[None]":
        return self._put("take_events", Notice(fence=fence, boot_id=boot_id, said=event))

    def take_report(self, fence: Fence, report: Report) -> None:
        self._hearsay.take(fence, report, self._clock.wall())

    def session_ended(self, fence: Fence, code: CloseCode, reason: str) -> None:
        self._hearsay.forget(fence)
        self._endings.append(Ending(fence=fence, code=code, reason=reason, at=self._clock.wall()))
        self._stir()

    def attempt_failed(self, remote_address: str, code: CloseCode, reason: str, distribution_id: str | None) -> None:
        if len(self._attempts) >= MAX_ATTEMPTS:
            self._unlisted += 1
            return
        self._attempts.append(
            Attempt(
                remote_address=remote_address,
                code=code,
                reason=reason,
                distribution_id=distribution_id,
                at=self._clock.wall(),
            )
        )

    def _put(self, verb: str, payload: Any) -> "asyncio.Future[Any]":
        future: asyncio.Future[Any] = self._loop.create_future()
        if len(self._queue) >= MAX_QUEUE:
            future.set_exception(Busy("intake_full", "Too much arrives at once; come back later", BUSY_FOR_S))
            return future
        self._queue.append(_Item(verb, payload, future))
        self._stir()
        return future

    def _stir(self) -> None:
        self._idle.clear()
        self._wake.set()

    # -- what the host calls ------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Work batch after batch until cancelled. Never raises anything else."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._queue or self._endings:
                await self._gather()
                await self._next_batch()
            self._idle.set()

    async def flush(self) -> None:
        """Wait until everything queued so far is answered. `run` must be running."""
        await self._idle.wait()

    async def tick(self) -> None:
        """Once a second: write the reports that are due and the attempts that failed."""
        now = self._clock.wall()
        heard = self._hearsay.due(MAX_BATCH * 5)
        attempts, unlisted = list(self._attempts), self._unlisted
        self._attempts.clear()
        self._unlisted = 0

        def work(batch: Batch) -> None:
            write_reports(batch, heard)
            list_attempts(batch, attempts, unlisted, now)

        if self._endings:
            self._stir()
        if heard or attempts or unlisted:
            try:
                await self._store.batch(EVERYTHING, work)
            except Exception:
                self._unlisted += unlisted + len(attempts)  # reports may be lost, but not that somebody dialled
                raise

    async def _gather(self) -> None:
        wait = self._last_began + GATHER_S - self._clock.monotonic()
        if wait > 0 and len(self._queue) < MAX_BATCH:
            await asyncio.sleep(wait)
        self._last_began = self._clock.monotonic()

    async def _next_batch(self) -> None:
        items = [self._queue.popleft() for _ in range(min(len(self._queue), MAX_BATCH))]
        endings = [self._endings.popleft() for _ in range(min(len(self._endings), MAX_BATCH))]
        self.batches += 1
        self.items += len(items)
        try:
            outcomes = await self._store.batch(EVERYTHING, lambda batch: self._work(batch, items, endings))
        except StoreFull as full:
            _log.error("store_full", items=len(items), endings=len(endings))
            self._endings.extendleft(reversed(endings))
            _answer(items, [full] * len(items))
            await asyncio.sleep(1)
        except Exception:
            _log.exception("batch_failed", items=len(items), endings=len(endings))
            await self._one_by_one(items, endings)
        else:
            self.offer_answers += sum(item.verb == "take_answers" for item in items)
            _answer(items, outcomes)

    def _work(self, batch: Batch, items: Sequence[_Item], endings: Sequence[Ending]) -> _Outcomes:
        """Runs on the store's thread. Kinds in an order of their own; within one kind, in order of arrival."""
        now = self._clock.wall()
        by_verb: dict[str, list[int]] = {}
        for index, item in enumerate(items):
            by_verb.setdefault(item.verb, []).append(index)
        outcomes: list[Any] = [None] * len(items)
        if endings:
            end_sessions(batch, endings)
        for verb, take in self._verbs(now):
            indexes = by_verb.get(verb)
            if indexes:
                for index, outcome in zip(indexes, take(batch, [items[i].payload for i in indexes]), strict=True):
                    outcomes[index] = outcome
        return outcomes

    def _verbs(self, now: int) -> tuple[tuple[str, Callable[[Batch, Any], _Outcomes]], ...]:
        return (
            ("phone_home", lambda batch, payloads: phone_home(batch, payloads, self._us, now)),
            ("take_events", lambda batch, payloads: take_events(batch, payloads, now)),
            ("take_answers", lambda batch, payloads: take_answers(batch, payloads, now)),
            ("take_progress", lambda batch, payloads: take_progress(batch, payloads, now)),
            ("work_due", lambda batch, payloads: work_due(batch, payloads, now)),
        )

    async def _one_by_one(self, items: Sequence[_Item], endings: Sequence[Ending]) -> None:
        for item in items:
            try:
                outcomes = await self._store.batch(EVERYTHING, lambda batch, one=item: self._work(batch, [one], []))  # type: ignore[misc]  # mypy cannot infer a lambda with a default
            except Exception as error:
                _log.exception("item_failed", verb=item.verb)
                outcomes = [error]
            _answer([item], outcomes)
        for ending in endings:
            try:
                await self._store.batch(EVERYTHING, lambda batch, one=ending: end_sessions(batch, [one]))  # type: ignore[misc]  # as above
            except Exception:
                _log.exception("ending_unwritten", unit_id=ending.fence.unit_id, code=ending.code.name)


def _answer(items: Sequence[_Item], outcomes: _Outcomes) -> None:
    for item, outcome in zip(items, outcomes, strict=True):
        if item.future.done():
            continue  # the session that asked is gone; what it said is written all the same
        if isinstance(outcome, Exception):
            item.future.set_exception(outcome)
        else:
            item.future.set_result(outcome)
