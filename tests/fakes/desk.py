"""A desk without a store: it notes what it is told, and answers at once or when the test says so."""

import asyncio
from collections import defaultdict
from typing import Any

from protocol.codes import CloseCode
from protocol.messages import AnchorsHeld, ConfigOffer, ConfigProgress, Event, Hello, OfferAnswer, Report, Welcome
from protocol.session import RefusedByPeer
from protocol.task_messages import TaskAnswer, TaskDone, TaskRun
from servicehost.ports.desk import Caller, Fence, Welcomed


class StubDesk:
    """Each distribution ID is a unit; its number is the order in which it first came.

    `hold` names methods whose futures stay open, in `held`, until the test answers them; `fail` has exceptions to
    answer with, by method, used once each.
    """

    def __init__(self) -> None:
        self.hold: set[str] = set()
        self.held: list[asyncio.Future[Any]] = []
        self.fail: dict[str, list[BaseException]] = defaultdict(list)
        self.calls: list[tuple[Any, ...]] = []
        self.reports = 0
        self.units: dict[str, int] = {}
        self.epochs: dict[int, int] = defaultdict(int)
        self.offers: dict[int, list[ConfigOffer]] = defaultdict(list)
        self.tasks: dict[int, list[TaskRun]] = defaultdict(list)
        """The first one stays until it has ended."""
        self.ended: list[tuple[Fence, CloseCode, str]] = []
        self.failed: list[tuple[str, CloseCode, str, str | None]] = []
        self.shown: list[tuple[str | None, str | None, bool]] = []
        """Of the failed ones, in their order: certificate, TLS version, whether the log has it already."""

    def phone_home(self, caller: Caller, hello: Hello) -> "asyncio.Future[Welcomed]":
        self.calls.append(("phone_home", caller, hello))
        unit_id = self.units.setdefault(caller.distribution_id, len(self.units) + 1)
        self.epochs[unit_id] += 1
        fence = Fence(unit_id=unit_id, epoch=self.epochs[unit_id])
        welcome = Welcome(standing="serving", session_epoch=fence.epoch)
        return self._answer(
            "phone_home",
            Welcomed(fence=fence, welcome=welcome, work_waits=bool(self.offers[unit_id] or self.tasks[unit_id])),
        )

    def work_due(self, fence: Fence) -> "asyncio.Future[ConfigOffer | TaskRun | None]":
        self.calls.append(("work_due", fence))
        waiting = self.offers[fence.unit_id]
        return self._answer("work_due", next(iter([*waiting, *self.tasks[fence.unit_id]]), None))

    def take_task_answer(self, fence: Fence, task: int, answer: TaskAnswer | RefusedByPeer) -> "asyncio.Future[None]":
        self.calls.append(("take_task_answer", task, answer))
        if isinstance(answer, TaskAnswer) and not self.fail["take_task_answer"]:
            self._task_over(fence, task)
        return self._answer("take_task_answer", None)

    def take_task_done(self, fence: Fence, done: TaskDone) -> "asyncio.Future[None]":
        self.calls.append(("take_task_done", done))
        if not self.fail["take_task_done"]:
            self._task_over(fence, done.task)
        return self._answer("take_task_done", None)

    def _task_over(self, fence: Fence, task: int) -> None:
        self.tasks[fence.unit_id] = [one for one in self.tasks[fence.unit_id] if one.task != task]

    def take_offer_answer(self, fence: Fence, push: int, answer: OfferAnswer | RefusedByPeer) -> "asyncio.Future[None]":
        self.calls.append(("take_offer_answer", push, answer))
        if isinstance(answer, OfferAnswer) and not self.fail["take_offer_answer"]:
            self.offers[fence.unit_id] = [offer for offer in self.offers[fence.unit_id] if offer.push != push]
        return self._answer("take_offer_answer", None)

    def take_progress(self, fence: Fence, progress: ConfigProgress) -> "asyncio.Future[None]":
        self.calls.append(("take_progress", progress))
        return self._answer("take_progress", None)

    def take_event(self, fence: Fence, boot_id: str, event: Event) -> "asyncio.Future[None]":
        self.calls.append(("take_event", boot_id, event))
        return self._answer("take_event", None)

    def take_anchors(self, fence: Fence, held: AnchorsHeld) -> "asyncio.Future[None]":
        self.calls.append(("take_anchors", fence.unit_id, held.anchors))
        return self._answer("take_anchors", None)

    def take_report(self, fence: Fence, report: Report) -> None:
        self.reports += 1

    def session_ended(self, fence: Fence, code: CloseCode, reason: str) -> None:
        self.ended.append((fence, code, reason))

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
        self.failed.append((remote_address, code, reason, distribution_id))
        self.shown.append((certificate, tls_version, logged))

    def named(self, method: str) -> list[tuple[Any, ...]]:
        """The calls of one method."""
        return [call for call in self.calls if call[0] == method]

    def _answer(self, method: str, result: Any) -> "asyncio.Future[Any]":
        future = asyncio.get_running_loop().create_future()
        if method in self.hold:
            self.held.append(future)
        elif self.fail[method]:
            future.set_exception(self.fail[method].pop(0))
        else:
            future.set_result(result)
        return future
