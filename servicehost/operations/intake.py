"""The intake: whatever came from sessions while the last commit ran is the next batch.

One set-based read, pure rules, one statement for each kind of write, one sync to the disk, then every answer. There
is no timer and no transaction per message; only when commits follow each other closely does a batch wait until
`GATHER_S` after the last one began, because a commit of one costs the processor as much as a commit of twenty.
A batch that fails is tried again in halves, so that an item at fault is answered alone and every other is taken. The
queue holds 10,000 items; the overflow is Busy, "come back in n". Nobody waits for endings, so they are kept and
retried until they are written.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Sequence, Sized
from functools import partial
from typing import Any, Final

import structlog

from protocol.codes import CloseCode
from protocol.messages import AnchorsHeld, ConfigOffer, ConfigProgress, Event, Hello, OfferAnswer, Report
from protocol.session import RefusedByPeer
from protocol.task_messages import TaskAnswer, TaskDone, TaskRun
from servicehost.domain.contract import EVERYTHING
from servicehost.domain.errors import Busy, StoreFull
from servicehost.operations.answers import Answers
from servicehost.operations.end_sessions import Ending, FailedAttempt, end_sessions, list_attempts
from servicehost.operations.hand_out_tasks import HeldBack, Work, hand_out_tasks
from servicehost.operations.phone_home import Call, HostIdentity, phone_home
from servicehost.operations.take_anchors import Holding, take_anchors
from servicehost.operations.take_answers import Answer, take_answers
from servicehost.operations.take_events import Notice, take_events
from servicehost.operations.take_progress import Step, take_progress
from servicehost.operations.take_reports import Hearsay, write_reports
from servicehost.operations.take_task_ends import TaskEnd, take_task_ends
from servicehost.operations.task_slots import Room, TaskSlots
from servicehost.operations.work_due import mark_offered, work_due
from servicehost.ports.clock import Clock
from servicehost.ports.desk import Caller, Fence, Welcomed
from servicehost.ports.store import Batch, Store

__all__ = ["GATHER_S", "MAX_BATCH", "MAX_QUEUE", "Intake"]

GATHER_S: Final = 0.04
MAX_QUEUE: Final = 10_000
MAX_BATCH: Final = 1_000
MAX_REPORTS: Final = 5_000
FULL_PAUSE_S: Final = 1
"""After the store was full: everything that waits then is answered so, and the next try costs little."""
MAX_ATTEMPTS: Final = 200
BUSY_FOR_S: Final = 30
_MOVING: Final = frozenset({"phone_home", "take_answers", "take_progress"})
"""After these a push may have come to its end."""

Sleep = Callable[[float], Awaitable[object]]
_log = structlog.get_logger("intake")


class _Item:
    """One thing to take, and who waits for the answer: nobody for an ending."""

    __slots__ = ("future", "payload", "verb")

    def __init__(self, verb: str, payload: Any, future: "asyncio.Future[Any] | None") -> None:
        self.verb = verb
        self.payload = payload
        self.future = future


class Intake:
    """`ports.desk.Desk` on a store. `run` works until it is cancelled; `flush` ends what was queued before it.

    `stirred` is called, and must not wait, after whatever may have brought a push to its end was written.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        us: HostIdentity,
        *,
        sleep: Sleep = asyncio.sleep,
        stirred: Callable[[], None] = lambda: None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._sleep = sleep
        self._stirred = stirred
        self._us = us
        self.slots = TaskSlots(us.tasks)
        self._loop = asyncio.get_running_loop()
        self._answers = Answers(self._loop)
        self._queue: deque[_Item] = deque()
        self._under_way: list[_Item] = []
        self._endings: deque[Ending] = deque()
        self._late: deque[Ending] = deque()
        self._full = False
        self._attempts: deque[FailedAttempt] = deque()
        self._unlisted = 0
        self._hearsay = Hearsay()
        self._offered: set[int] = set()
        self._wake = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._last_began = -GATHER_S
        self.batches = 0
        self.items = 0
        self.offer_answers = 0
        self.task_ends = 0

    # -- what sessions call -------------------------------------------------------------------------------------

    def phone_home(self, caller: Caller, hello: Hello) -> "asyncio.Future[Welcomed]":
        return self._put("phone_home", Call(caller=caller, hello=hello))

    def work_due(self, fence: Fence) -> "asyncio.Future[ConfigOffer | TaskRun | None]":
        return self._put("work_due", fence)

    def take_task_answer(self, fence: Fence, task: int, answer: TaskAnswer | RefusedByPeer) -> "asyncio.Future[None]":
        return self._put("take_task_ends", TaskEnd(fence=fence, task=task, said=answer))

    def take_task_done(self, fence: Fence, done: TaskDone) -> "asyncio.Future[None]":
        return self._put("take_task_ends", TaskEnd(fence=fence, task=done.task, said=done))

    def take_offer_answer(self, fence: Fence, push: int, answer: OfferAnswer | RefusedByPeer) -> "asyncio.Future[None]":
        return self._put("take_answers", Answer(fence=fence, push=push, said=answer))

    def take_progress(self, fence: Fence, progress: ConfigProgress) -> "asyncio.Future[None]":
        return self._put("take_progress", Step(fence=fence, said=progress))

    def take_event(self, fence: Fence, boot_id: str, event: Event) -> "asyncio.Future[None]":
        return self._put("take_events", Notice(fence=fence, boot_id=boot_id, said=event))

    def take_anchors(self, fence: Fence, held: AnchorsHeld) -> "asyncio.Future[None]":
        return self._put("take_anchors", Holding(fence=fence, said=held))

    def take_report(self, fence: Fence, report: Report) -> None:
        self._hearsay.take(fence, report, self._clock.wall())

    def session_ended(self, fence: Fence, code: CloseCode, reason: str) -> None:
        self.slots.release(fence.unit_id)
        self._endings.append(Ending(fence=fence, code=code, reason=reason, at=self._clock.wall()))
        self._stir()

    def attempt_failed(
        self,
        remote_address: str,
        code: CloseCode,
        reason: str,
        distribution_id: str | None,
        *,
        certificate: str | None = None,
        tls_version: str | None = None,
        logged: bool = False,
    ) -> None:
        if len(self._attempts) >= MAX_ATTEMPTS:
            self._unlisted += 1
            return
        self._attempts.append(
            FailedAttempt(
                remote_address=remote_address,
                code=code,
                reason=reason,
                distribution_id=distribution_id,
                at=self._clock.wall(),
                certificate=certificate,
                tls_version=tls_version,
                logged=logged,
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
        """Work batch after batch until cancelled. Never raises anything else; who still waits then is cancelled too."""
        try:
            while True:
                await self._wake.wait()
                self._wake.clear()
                while self._queue or self._endings:
                    await self._gather()
                    await self._next_batch()
                self._idle.set()
        finally:
            for item in (*self._under_way, *self._queue):
                if item.future is not None:
                    item.future.cancel()
            self._answers.cancel()

    async def flush(self) -> None:
        """Wait until everything queued so far is answered. `run` must be running."""
        await self._idle.wait()
        await self._answers.rested()

    async def tick(self) -> None:
        """Once a second: write the reports that are due, failed attempts, unanswered offers, and endings left over.
        Raises what the store raises; then only reports may be lost, and none when it is full.
        """
        now = self._clock.wall()
        heard = self._hearsay.due(MAX_REPORTS)
        attempts, unlisted = list(self._attempts), self._unlisted
        offered, self._offered = self._offered, set()
        self._attempts.clear()
        self._unlisted = 0

        def work(batch: Batch) -> None:
            write_reports(batch, heard)
            list_attempts(batch, attempts, unlisted, now, self._us.host)
            mark_offered(batch, offered, now)

        await self._write_late_endings()
        if heard or attempts or unlisted or offered:
            try:
                await self._store.batch(EVERYTHING, work)
            except Exception as error:
                self._unlisted += unlisted + len(attempts)  # reports may be lost, but not that somebody dialled
                self._offered |= offered
                if isinstance(error, StoreFull):
                    self._hearsay.put_back(heard)
                raise

    async def _write_late_endings(self) -> None:
        """One by one, until one fails again: it goes to the end of the line, so that it keeps no other waiting."""
        for _ in range(len(self._late)):
            ending = self._late.popleft()
            try:
                await self._store.batch(EVERYTHING, partial(end_sessions, endings=[ending]))
            except Exception as error:  # whatever it is, the ending is kept
                self._keep(ending, error)
                return

    async def _gather(self) -> None:
        wait = self._last_began + GATHER_S - self._clock.monotonic()
        if wait > 0 and len(self._queue) < MAX_BATCH:
            await self._sleep(wait)
        self._last_began = self._clock.monotonic()

    async def _next_batch(self) -> None:
        endings = [_Item("end_sessions", self._endings.popleft(), None) for _ in range(_at_most(self._endings))]
        items = [self._queue.popleft() for _ in range(_at_most(self._queue))]
        self.batches += 1
        self.items += len(items)
        self._under_way = [*endings, *items]
        await self._take(self._under_way)
        self._under_way = []
        if self._full:
            self._full = False
            await self._sleep(FULL_PAUSE_S)

    async def _take(self, items: Sequence[_Item]) -> None:
        """In one transaction; should that fail, in halves, down to the one that fails and is answered alone."""
        try:
            room = self.slots.room(self._clock.wall())
            outcomes = await self._store.batch(EVERYTHING, lambda batch: self._work(batch, items, room))
        except StoreFull as full:
            self._put_off(items, full)
        except Exception as error:
            if len(items) == 1:
                self._fail(items[0], error)
            else:
                _log.warning("batch_split", items=len(items), error=repr(error))
                half = len(items) // 2
                await self._take(items[:half])
                await self._take(items[half:])
        else:
            noted = [(item, self._note(item, outcome)) for item, outcome in zip(items, outcomes, strict=True)]
            self._answer(noted)

    def _note(self, item: _Item, outcome: Any) -> Any:
        """Which offers and tasks are out, one for each session at most; what to answer. Whoever waits for ends of
        pushes is stirred: a hint."""
        if item.verb in _MOVING:
            self._stirred()
        if item.verb == "take_answers":
            self.offer_answers += 1
            self._offered.discard(item.payload.push)
        elif item.verb == "take_task_ends":
            self.task_ends += 1
            self.slots.release(item.payload.fence.unit_id)
        elif isinstance(outcome, ConfigOffer):
            self._offered.add(outcome.push)
        elif isinstance(outcome, TaskRun):
            until_s = outcome.time_out_s + self._us.tasks.grace_s
            self.slots.take(item.payload.unit_id, self._clock.wall() + until_s * 1000)
        elif isinstance(outcome, HeldBack):
            self.slots.hold_back(item.payload.unit_id)
            return None
        return outcome

    def _work(self, batch: Batch, items: Sequence[_Item], room: Room) -> Sequence[Any]:
        """Runs on the store's thread. Kinds in an order of their own; within one kind, in order of arrival."""
        now = self._clock.wall()
        by_verb: dict[str, list[int]] = {}
        for index, item in enumerate(items):
            by_verb.setdefault(item.verb, []).append(index)
        outcomes: list[Any] = [None] * len(items)
        for verb, take in self._verbs(now, room):
            indexes = by_verb.get(verb)
            if indexes:
                for index, outcome in zip(indexes, take(batch, [items[i].payload for i in indexes]), strict=True):
                    outcomes[index] = outcome
        return outcomes

    def _look(self, batch: Batch, fences: Sequence[Fence], room: Room, now: int) -> Sequence[Work]:
        return hand_out_tasks(batch, fences, work_due(batch, fences), room, now)

    def _verbs(self, now: int, room: Room) -> tuple[tuple[str, Callable[[Batch, Any], Sequence[Any]]], ...]:
        return (
            ("end_sessions", end_sessions),
            ("take_events", lambda batch, payloads: take_events(batch, payloads, now)),
            ("take_answers", lambda batch, payloads: take_answers(batch, payloads, now, self._us.startup)),
            ("take_anchors", take_anchors),
            ("take_task_ends", lambda batch, payloads: take_task_ends(batch, payloads, self._us.tasks, now)),
            ("take_progress", lambda batch, payloads: take_progress(batch, payloads, now, self._us.startup)),
            # After what older sessions said: a unit that answers, hangs up and dials has answered before its hello.
            ("phone_home", lambda batch, payloads: phone_home(batch, payloads, self._us, now)),
            ("work_due", lambda batch, payloads: self._look(batch, payloads, room, now)),
        )

    def _put_off(self, items: Sequence[_Item], full: StoreFull) -> None:
        _log.error("store_full", items=len(items))
        self._full = True
        self._endings.extendleft(item.payload for item in reversed(items) if item.future is None)
        self._answer((item, full) for item in items)

    def _fail(self, item: _Item, error: Exception) -> None:
        if item.future is None:
            self._keep(item.payload, error)
        else:
            _log.error("item_failed", verb=item.verb, exc_info=error)
            self._answer([(item, error)])

    def _answer(self, items: Iterable[tuple[_Item, Any]]) -> None:
        self._answers.give((item.future, outcome) for item, outcome in items if item.future is not None)

    def _keep(self, ending: Ending, error: Exception) -> None:
        _log.error("ending_unwritten", unit_id=ending.fence.unit_id, code=ending.code.name, error=repr(error))
        self._late.append(ending)


def _at_most(queue: Sized) -> int:
    return min(len(queue), MAX_BATCH)
