"""The task between a host and a unit, over a wire that loses, repeats, delays and reorders, while both ends crash.

The rules of both sides are the real ones, without a database or a socket: none is lost, none is run twice, and what
the host says of its end is true.
"""

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from adapter_sim.slot import NotNow
from adapter_sim.stored_task import Done, StoredTask
from adapter_sim.task_slot import TaskSlot
from protocol.codes import ErrorCode
from protocol.session import RefusedByPeer
from protocol.task_messages import TaskAnswer, TaskDone, TaskRun
from servicehost.domain.event import Event
from servicehost.domain.task import Fact, Result, Task, TaskLimits, TaskState, after, changed
from servicehost.operations.hand_out_tasks import hand_out_tasks
from servicehost.operations.take_task_ends import TaskEnd, take_task_ends
from servicehost.operations.task_slots import Room
from servicehost.ports.desk import Fence
from servicehost.ports.store import Batch
from tests.builders.tasks import a_task

CODE, UNIT = "nxe000000001", 7
LIMITS = TaskLimits()
ROOM = Room(holders=frozenset(), free=9, limits=LIMITS)
MOST = 6
FEW = settings(max_examples=60, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck))
MANY = settings(max_examples=2_000, stateful_step_count=60, deadline=None, suppress_health_check=list(HealthCheck))


class Shelf:
    """Of `ports.store.Batch` what tasks need: one adapter, one unit."""

    def __init__(self) -> None:
        self.all: dict[int, Task] = {}
        self.epoch = 1
        self.events: list[str] = []

    def task_heads(self, service_codes: Collection[str]) -> dict[str, Task]:
        head = next((task for _, task in sorted(self.all.items()) if not task.state.ended), None)
        return {CODE: head} if head is not None and CODE in service_codes else {}

    def open_pushes(self, service_codes: Collection[str]) -> dict[str, list[Any]]:
        return {}

    def tasks(self, numbers: Collection[int]) -> dict[int, Task]:
        return {number: self.all[number] for number in numbers if number in self.all}

    def save_tasks(self, tasks: Sequence[Task]) -> None:
        self.all |= {task.task: task for task in tasks}

    def add_events(self, events: Sequence[Event]) -> None:
        self.events += [event.sub_type for event in events]

    def add_task_results(self, results: Sequence[Result]) -> None:
        """None are brought here."""

    def fences(self, unit_ids: Collection[int]) -> dict[int, tuple[int, int | None]]:
        return {UNIT: (self.epoch, 1)}


class TaskWire(RuleBasedStateMachine):
    """`slot` is the unit's memory; `down` and `up` what is under way, each with the session it was said in."""

    slot_class: type[TaskSlot] = TaskSlot
    gives_up_on_reconnect = False

    def __init__(self) -> None:
        super().__init__()
        self.shelf = Shelf()
        self.now = 1_000
        self.down: list[tuple[int, TaskRun]] = []
        self.up: list[tuple[int, int, TaskAnswer | TaskDone | RefusedByPeer]] = []
        self.boots = 0
        self.slot = self.slot_class(None, boot_id="b0", cause="power_on")
        self.begun: Counter[int] = Counter()
        self.finished: Counter[int] = Counter()
        self.ends: dict[int, TaskState] = {}

    # -- people and the clock -------------------------------------------------------------------------------------

    @precondition(lambda self: len(self.shelf.all) < MOST)
    @rule()
    def order(self) -> None:
        number = len(self.shelf.all) + 1
        at = self.now
        self.shelf.save_tasks(
            [a_task(task=number, service_code=CODE, ordered_at=at, expires_at=at + 60_000, due_at=at + 60_000)]
        )

    @rule(number=st.integers(1, MOST))
    def cancel(self, number: int) -> None:
        self._told(number, Fact.CANCELLED)

    @rule(seconds=st.integers(1, 45))
    def time_passes(self, seconds: int) -> None:
        self.now += seconds * 1_000
        for number, task in list(self.shelf.all.items()):
            if task.due_at is not None and task.due_at <= self.now:
                self._told(number, Fact.EXPIRED if task.state is TaskState.QUEUED else Fact.UNANSWERED)

    def _told(self, number: int, fact: Fact) -> None:
        task = self.shelf.all.get(number)
        change = None if task is None else after(task, fact)
        if task is not None and change is not None:
            self.shelf.save_tasks([changed(task, change, self.now, LIMITS.grace_s)])

    # -- the host -------------------------------------------------------------------------------------------------

    @rule()
    def look(self) -> None:
        (work,) = hand_out_tasks(cast("Batch", self.shelf), [self._fence(self.shelf.epoch)], [None], ROOM, self.now)
        if isinstance(work, TaskRun):
            self.down.append((self.shelf.epoch, work))

    @rule()
    def reconnect(self) -> None:
        """A newer session; what was under way in the old one may still arrive."""
        self.shelf.epoch += 1
        if self.gives_up_on_reconnect:
            for number, task in self.shelf.all.items():
                if task.state is TaskState.IN_PROGRESS:
                    self._told(number, Fact.INTERRUPTED)

    @rule()
    def host_is_killed(self) -> None:
        """What it had in memory is gone, and so is everything under way."""
        self.down.clear()
        self.up.clear()
        self.shelf.epoch += 1

    def _fence(self, epoch: int) -> Fence:
        return Fence(unit_id=UNIT, epoch=epoch, binding=1, service_code=CODE, runs_tasks=True)

    # -- the wire -------------------------------------------------------------------------------------------------

    @precondition(lambda self: self.down)
    @rule(data=st.data(), repeated=st.booleans())
    def a_task_arrives(self, data: st.DataObject, repeated: bool) -> None:
        at = data.draw(st.integers(0, len(self.down) - 1))
        self._given(*(self.down[at] if repeated else self.down.pop(at)))

    @precondition(lambda self: self.up)
    @rule(data=st.data(), repeated=st.booleans())
    def a_word_arrives(self, data: st.DataObject, repeated: bool) -> None:
        at = data.draw(st.integers(0, len(self.up) - 1))
        self._heard(*(self.up[at] if repeated else self.up.pop(at)))

    @precondition(lambda self: self.down or self.up)
    @rule(data=st.data())
    def something_is_lost(self, data: st.DataObject) -> None:
        wire: list[Any] = data.draw(st.sampled_from([one for one in (self.down, self.up) if one]))
        wire.pop(data.draw(st.integers(0, len(wire) - 1)))

    def _heard(self, epoch: int, number: int, said: TaskAnswer | TaskDone | RefusedByPeer) -> None:
        end = TaskEnd(fence=self._fence(epoch), task=number, said=said)
        (why,) = take_task_ends(cast("Batch", self.shelf), [end], LIMITS, self.now)
        if isinstance(said, TaskDone) and why is None:
            self.slot.acknowledged(said)

    # -- the unit -------------------------------------------------------------------------------------------------

    def _given(self, epoch: int, run: TaskRun) -> None:
        answer = self.slot.answer(run)
        if answer is None:
            self.slot.begin(run)
            self.begun[run.task] += 1
            answer = TaskAnswer(outcome="accepted")
        if isinstance(answer, NotNow):
            self.up.append((epoch, run.task, RefusedByPeer(code=ErrorCode.BUSY, reason=answer.reason)))
        elif answer.outcome != "accepted":
            self.up.append((epoch, run.task, answer))

    @precondition(lambda self: self.slot.running is not None)
    @rule()
    def it_ends(self) -> None:
        running = cast("TaskRun", self.slot.running)
        self.slot.end(Done(outcome="succeeded"), said=False)
        self.finished[running.task] += 1

    @precondition(lambda self: self.slot.owed is not None)
    @rule()
    def its_end_is_said(self) -> None:
        owed = cast("TaskDone", self.slot.owed)
        self.up.append((self.shelf.epoch, owed.task, owed))

    @rule()
    def the_power_goes_and_comes(self) -> None:
        self.boots += 1
        self.slot = self.slot_class(self.slot.stored, boot_id=f"b{self.boots}", cause="power_on")

    # -- what must be true ----------------------------------------------------------------------------------------

    @invariant()
    def none_is_run_twice(self) -> None:
        assert not [number for number, times in self.begun.items() if times > 1]

    @invariant()
    def an_end_stands_and_is_true(self) -> None:
        for number, task in self.shelf.all.items():
            assert task.reason
            if not task.state.ended:
                continue
            assert self.ends.setdefault(number, task.state) is task.state
            if task.state is TaskState.SUCCEEDED:
                assert self.finished[number] == 1
            elif task.state in (TaskState.CANCELLED, TaskState.REJECTED):
                assert not self.begun[number]
            elif task.state is TaskState.INTERRUPTED:
                assert self.begun[number] == 1
                assert not self.finished[number]

    def teardown(self) -> None:
        """The wire is whole again: then every task comes to its end, none of those left is lost."""
        self.host_is_killed()
        for _ in range(6 * MOST):
            self.look()
            while self.down:
                self._given(*self.down.pop(0))
            if self.slot.running is not None:
                self.it_ends()
            if self.slot.owed is not None:
                self.its_end_is_said()
            while self.up:
                self._heard(*self.up.pop(0))
        self.none_is_run_twice()
        self.an_end_stands_and_is_true()
        assert all(task.state.ended for task in self.shelf.all.values())


class WritesTooLate(TaskSlot):
    """Begins, and writes the number only with the end."""

    def begin(self, run: TaskRun) -> None:
        before = self.stored
        super().begin(run)
        self._new, self.stored = self.stored, before

    def end(self, done: Done, *, said: bool) -> TaskAnswer:
        self.stored = self._new
        return super().end(done, said=said)


class ForgetsItsEnd(TaskSlot):
    """Runs again what it has ended."""

    def answer(self, run: TaskRun) -> TaskAnswer | NotNow | None:
        known = super().answer(run)
        return None if isinstance(known, TaskAnswer) and known.outcome == "succeeded" else known


class TakesOldOnes(TaskSlot):
    """Does not see that a task is older than its last."""

    def answer(self, run: TaskRun) -> TaskAnswer | NotNow | None:
        known = super().answer(run)
        return None if isinstance(known, TaskAnswer) and known.reason == "older_than_last" else known


class StartsAnewAfterBoot(TaskSlot):
    """Forgets at boot what it had begun."""

    def __init__(self, stored: StoredTask | None, **boot: Any) -> None:
        super().__init__(None if stored is not None and stored.done is None else stored, **boot)


class SaysItAgainForever(TaskSlot):
    """Answers every task with the end of the last one."""

    def answer(self, run: TaskRun) -> TaskAnswer | NotNow | None:
        if self.stored is not None and self.stored.done is not None:
            return TaskAnswer(outcome=self.stored.done.outcome)
        return super().answer(run)


MUTANTS: dict[str, Callable[[], type[TaskWire]]] = {
    **{
        slot.__name__: lambda slot=slot: type("Mutant", (TaskWire,), {"slot_class": slot})  # type: ignore[misc]  # mypy cannot infer a lambda with a default
        for slot in (WritesTooLate, ForgetsItsEnd, TakesOldOnes, StartsAnewAfterBoot, SaysItAgainForever)
    },
    "the host gives up when the session is lost": lambda: type("Mutant", (TaskWire,), {"gives_up_on_reconnect": True}),
}


def test_no_task_is_lost_or_run_twice() -> None:
    run_state_machine_as_test(TaskWire, settings=FEW)


@pytest.mark.slow
@pytest.mark.timeout(1_200)
def test_no_task_is_lost_or_run_twice_however_long_it_is_tried() -> None:
    run_state_machine_as_test(TaskWire, settings=MANY)


@pytest.mark.slow
@pytest.mark.timeout(1_200)
@pytest.mark.parametrize("name", MUTANTS)
def test_an_end_with_a_fault_in_it_is_found(name: str) -> None:
    with pytest.raises(AssertionError):
        run_state_machine_as_test(MUTANTS[name](), settings=from_nothing(MANY))


def from_nothing(profile: settings) -> settings:
    """The same profile, without the example database: a fault found once is not to be found from memory."""
    return settings(profile, database=None, print_blob=False, report_multiple_bugs=False)
