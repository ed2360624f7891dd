"""A task's life in the real store: ordered, given once, ended once, and never in the way of a push."""

import asyncio
from typing import Any

import msgspec
import pytest

from protocol.codes import CloseCode, ErrorCode
from protocol.messages import ConfigOffer
from protocol.session import RefusedByPeer
from protocol.task_messages import TaskAnswer, TaskDone, TaskResult, TaskRun
from servicehost.domain.contract import EVERYTHING
from servicehost.domain.errors import Conflict, Invalid, NotFound
from servicehost.domain.people import Actor, Role
from servicehost.domain.push import Phase
from servicehost.domain.task import Task, TaskLimits, TaskState
from servicehost.domain.task_work import ReadStatus, TaskWork
from servicehost.operations.hand_out_tasks import HELD_BACK, Work, hand_out_tasks
from servicehost.operations.order_task import TaskOrder, TaskOrdered, TaskPolicy
from servicehost.operations.take_task_ends import TaskEnd, take_task_ends
from servicehost.operations.task_catalogue import TaskCatalogue, open_task_catalogue
from servicehost.operations.task_slots import Room
from servicehost.operations.work_due import work_due
from servicehost.ports.desk import Fence, Stale
from servicehost.ports.store import Batch
from tests.builders.estate import Estate
from tests.builders.tasks import PING
from tests.fakes.line import RecordingLine
from tests.fakes.no_results import NO_RESULTS
from tests.operations.conftest import NOW, World

S = TaskState
LIMITS = TaskLimits(queue_length=3)
ROOM = Room(holders=frozenset(), free=10, limits=LIMITS)


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def wall(self) -> int:
        return self.now

    def monotonic(self) -> float:
        return self.now / 1000


class House:
    """The world, its tasks, and what sessions would say."""

    def __init__(self, world: World) -> None:
        self.world, self.line, self.clock = world, RecordingLine(), Clock()
        self.due: list[int] = []
        self.catalogue: TaskCatalogue = open_task_catalogue(
            store=world.store,
            reads=world.reads,
            clock=self.clock,
            line=self.line,
            files=NO_RESULTS,
            policy=TaskPolicy(limits=LIMITS, life_s=60),
            due=self.due.append,
        )

    def manager(self, estate: Estate) -> Actor:
        return Actor(
            person_id=estate.person.person_id,
            master_id=estate.person.master_id,
            name="Anna",
            role=Role.OPERATION_MANAGER,
            management_code=estate.management_code,
        )

    async def order(self, *estates: Estate, work: TaskWork = PING, **more: Any) -> list[TaskOrdered]:
        order = TaskOrder(service_codes=[one.service_code for one in estates], work=work, **more)
        return await self.catalogue.order_task(self.manager(estates[0]), order)

    async def ordered(self, estate: Estate, **more: Any) -> int:
        (one,) = await self.order(estate, **more)
        assert one.task is not None
        return one.task.task

    async def fence(self, estate: Estate, *, runs_tasks: bool = True) -> Fence:
        answer = await self.world.hello(estate)
        return msgspec.structs.replace(answer.fence, runs_tasks=runs_tasks)

    async def look(self, *fences: Fence, room: Room = ROOM) -> list[Work]:
        def work(batch: Batch) -> list[Work]:
            return hand_out_tasks(batch, fences, work_due(batch, fences), room, self.clock.now)

        return await self.world.batch(work)

    async def given(self, fence: Fence) -> TaskRun:
        (one,) = await self.look(fence)
        assert isinstance(one, TaskRun)
        return one

    async def say(self, fence: Fence, number: int, said: Any) -> Any:
        end = TaskEnd(fence=fence, task=number, said=said)
        (answer,) = await self.world.batch(lambda batch: take_task_ends(batch, [end], LIMITS, self.clock.now))
        return answer

    async def task(self, number: int) -> Task:
        task = await self.world.reads.task(EVERYTHING, number)
        assert task is not None
        return task

    async def stands(self, number: int) -> tuple[TaskState, str]:
        task = await self.task(number)
        return task.state, task.reason


async def open_house(world: World) -> House:
    """Whose adapters no push keeps busy."""
    for estate in (world.one, world.two):
        await world.save(estate.push, phase=Phase.CONFIRMED)
    return House(world)


@pytest.fixture
async def house(world: World) -> House:
    return await open_house(world)


def done(run: TaskRun, **fields: Any) -> TaskDone:
    said = TaskDone(task=run.task, issued_ms=run.issued_ms, outcome="succeeded")
    return msgspec.structs.replace(said, **fields)


async def test_a_task_is_queued_given_and_ended_with_its_result(house: House) -> None:
    one = house.world.one
    number = await house.ordered(one)
    assert await house.stands(number) == (S.QUEUED, "ordered")
    assert (house.line.nudged, house.due) == ([one.unit.unit_id], [NOW + 60_000])
    fence = await house.fence(one)
    run = await house.given(fence)
    assert (run.task, run.issued_ms, msgspec.to_builtins(run.work)["address"]) == (number, NOW, "192.0.2.1")
    assert await house.stands(number) == (S.IN_PROGRESS, "handed_out")
    said = TaskAnswer(outcome="succeeded", results=(TaskResult(media_type="application/json", body='{"sent":5}'),))
    assert await house.say(fence, number, said) is None
    assert await house.stands(number) == (S.SUCCEEDED, "done")
    (result,) = await house.world.reads.task_results(EVERYTHING, number)
    assert (result.module, result.size_bytes, result.body) == (0, 10, None)
    whole = await house.world.reads.task_result(EVERYTHING, number, 0)
    assert whole is not None
    assert whole.body == b'{"sent":5}'
    assert (await house.world.event_names())[-1] == "task_succeeded"


async def test_a_hello_says_that_a_task_waits(house: House) -> None:
    assert not (await house.world.hello(house.world.one)).work_waits
    await house.ordered(house.world.one)
    assert (await house.world.hello(house.world.one)).work_waits
    assert not (await house.world.hello(house.world.two)).work_waits
    assert house.world.one.unit.unit_id in await house.world.reads.units_with_work(EVERYTHING)


async def test_tasks_of_an_adapter_go_out_in_order_one_after_the_other(house: House) -> None:
    first, second = await house.ordered(house.world.one), await house.ordered(house.world.one)
    fence = await house.fence(house.world.one)
    assert (await house.given(fence)).task == first
    assert (await house.given(fence)).task == first  # asked again: the same one, and it is not written again
    await house.say(fence, first, TaskAnswer(outcome="failed", reason="unknown_host"))
    assert (await house.given(fence)).task == second
    assert (await house.task(first)).reason == "unknown_host"


async def test_the_same_end_told_twice_changes_nothing(house: House) -> None:
    number = await house.ordered(house.world.one)
    fence = await house.fence(house.world.one)
    run = await house.given(fence)
    result = TaskResult(body="first")
    await house.say(fence, number, done(run, results=(result,)))
    before = house.world.dump()
    assert await house.say(fence, number, done(run, outcome="failed", results=(TaskResult(body="second"),))) is None
    assert house.world.dump() == before


async def test_a_push_comes_first_and_nothing_is_begun_while_one_is_on_trial(house: House) -> None:
    number = await house.ordered(house.world.one)
    fence = await house.fence(house.world.one)
    push = await house.world.push(house.world.one.push.push)
    async with house.world.store.transaction(EVERYTHING) as tx:
        (again,) = await tx.add_pushes([msgspec.structs.replace(push, phase=Phase.QUEUED)])
    (offered,) = await house.look(fence)
    assert isinstance(offered, ConfigOffer)
    await house.world.save(again, phase=Phase.STORED)
    assert await house.look(fence) == [None]
    await house.world.save(again, phase=Phase.CONFIRMED)
    assert (await house.given(fence)).task == number


async def test_a_unit_that_runs_no_tasks_has_them_rejected_by_name(house: House) -> None:
    numbers = [await house.ordered(house.world.one), await house.ordered(house.world.one)]
    fence = await house.fence(house.world.one, runs_tasks=False)
    assert await house.look(fence) == [None]
    assert {await house.stands(number) for number in numbers} == {(S.REJECTED, "not_supported")}


async def test_a_unit_that_cannot_begin_yet_is_given_the_task_again(house: House) -> None:
    number = await house.ordered(house.world.one)
    fence = await house.fence(house.world.one)
    await house.given(fence)
    busy = RefusedByPeer(code=ErrorCode.BUSY, reason="config_on_trial")
    await house.say(fence, number, busy)
    assert await house.stands(number) == (S.QUEUED, "config_on_trial")
    assert (await house.given(fence)).task == number
    await house.say(fence, number, RefusedByPeer(code=ErrorCode.INVALID_PARAMS, reason="invalid_params"))
    assert await house.stands(number) == (S.REJECTED, "invalid_params")


async def test_what_one_unit_has_is_not_given_to_the_next_that_serves_the_adapter(house: House) -> None:
    first, second = await house.ordered(house.world.one), await house.ordered(house.world.one)
    await house.given(await house.fence(house.world.one))
    other = msgspec.structs.replace(await house.task(first), unit_id=99)
    await house.world.batch(lambda batch: batch.save_tasks([other]))
    fence = await house.fence(house.world.one)
    assert (await house.given(fence)).task == second
    assert await house.stands(first) == (S.INTERRUPTED, "unit_changed")


async def test_as_many_units_as_may_have_a_task_at_once_and_no_more(house: House) -> None:
    for estate in (house.world.one, house.world.two):
        await house.ordered(estate)
    fences = [await house.fence(estate) for estate in (house.world.one, house.world.two)]
    first, second = await house.look(*fences, room=msgspec.structs.replace(ROOM, free=1))
    assert (isinstance(first, TaskRun), second) == (True, HELD_BACK)
    holders = frozenset({house.world.one.unit.unit_id})
    full = Room(holders=holders, free=0, limits=LIMITS)
    again, still = await house.look(*fences, room=full)
    assert (isinstance(again, TaskRun), still) == (True, HELD_BACK)  # whoever has one is given it again


async def test_a_session_that_lost_its_place_gets_and_ends_nothing(house: House) -> None:
    number = await house.ordered(house.world.one)
    old = await house.fence(house.world.one)
    new = await house.fence(house.world.one)
    (stale,) = await house.look(old)
    assert isinstance(stale, Stale)
    await house.given(new)
    answer = await house.say(old, number, TaskAnswer(outcome="succeeded"))
    assert isinstance(answer, Stale)
    assert answer.code is CloseCode.TAKEN_OVER
    assert (await house.stands(number))[0] is S.IN_PROGRESS


async def test_nobody_speaks_of_anothers_task_nor_of_one_that_only_has_its_number(house: House) -> None:
    number = await house.ordered(house.world.one)
    fence, stranger = await house.fence(house.world.one), await house.fence(house.world.two)
    run = await house.given(fence)
    another = done(run, issued_ms=run.issued_ms + 1)
    for who, named, said in ((stranger, number, done(run)), (fence, number, another), (fence, 99, done(run))):
        assert isinstance(await house.say(who, named, said), NotFound)


@pytest.mark.parametrize(
    "results",
    [(TaskResult(body="%%%", encoding="base64"),), (TaskResult(body="one"), TaskResult(body="again"))],
    ids=["no base64", "one module twice"],
)
async def test_a_result_that_cannot_be_read_fails_the_task_by_name(
    house: House, results: tuple[TaskResult, ...]
) -> None:
    number = await house.ordered(house.world.one, work=ReadStatus())
    fence = await house.fence(house.world.one)
    run = await house.given(fence)
    await house.say(fence, number, done(run, results=results))
    assert await house.stands(number) == (S.FAILED, "result_unreadable")
    assert await house.world.reads.task_results(EVERYTHING, number) == []


async def test_the_clock_ends_what_waited_or_ran_for_too_long(house: House) -> None:
    waits, runs = await house.ordered(house.world.two), await house.ordered(house.world.one, time_out_s=100)
    fence = await house.fence(house.world.one)
    run = await house.given(fence)
    assert await house.world.reads.next_task_due() == NOW + 60_000
    assert await house.catalogue.end_due_tasks(10) == 0
    house.clock.now += 60_000
    assert await house.catalogue.end_due_tasks(10) == 1
    assert await house.stands(waits) == (S.TIMED_OUT, "expired")
    house.clock.now = NOW + 130_000
    house.line.nudged.clear()
    assert await house.catalogue.end_due_tasks(10) == 1
    assert await house.stands(runs) == (S.TIMED_OUT, "no_answer")
    assert house.line.nudged == [house.world.one.unit.unit_id]
    assert await house.world.reads.next_task_due() is None
    # What the unit says later is told, and changes nothing.
    assert await house.say(fence, runs, done(run)) is None
    assert await house.stands(runs) == (S.TIMED_OUT, "no_answer")
    assert (await house.world.event_names())[-1] == "task_answered_late"


async def test_an_adapter_whose_queue_is_full_is_refused_by_name_and_keeps_nobody_else(house: House) -> None:
    one = house.world.one
    for _ in range(3):
        await house.ordered(one)
    with pytest.raises(Conflict, match="3 tasks") as refused:
        await house.order(one)
    assert refused.value.code == "task_queue_full"


@pytest.mark.parametrize(
    ("codes", "work", "code"),
    [
        ([], PING, "no_adapters"),
        (["nxe000000001", "nxe000000001"], PING, "service_code_twice"),
        (["nxe000000001"], ReadStatus(modules=(1, 1)), "module_twice"),
    ],
)
async def test_an_order_that_makes_no_sense_is_refused_by_name(
    house: House, codes: list[str], work: TaskWork, code: str
) -> None:
    with pytest.raises(Invalid) as refused:
        await house.catalogue.order_task(house.manager(house.world.one), TaskOrder(service_codes=codes, work=work))
    assert refused.value.code == code


async def test_an_adapter_that_is_not_there_is_named_and_the_others_get_their_task(house: House) -> None:
    order = TaskOrder(service_codes=["nxe000000099", house.world.one.service_code], work=PING)
    missing, given = await house.catalogue.order_task(house.manager(house.world.one), order)
    assert (missing.code, missing.task) == ("adapter_not_found", None)
    assert given.task is not None


async def test_a_waiting_task_can_be_taken_back_and_one_that_a_unit_has_cannot(house: House) -> None:
    manager = house.manager(house.world.one)
    first, second = await house.ordered(house.world.one), await house.ordered(house.world.one)
    fence = await house.fence(house.world.one)
    await house.given(fence)
    with pytest.raises(Conflict) as refused:
        await house.catalogue.cancel_task(manager, first)
    assert refused.value.code == "task_in_progress"
    assert (await house.catalogue.cancel_task(manager, second)).state is S.CANCELLED
    assert (await house.catalogue.cancel_task(manager, second)).state is S.CANCELLED
    await house.say(fence, first, TaskAnswer(outcome="succeeded"))
    with pytest.raises(Conflict) as ended:
        await house.catalogue.cancel_task(manager, first)
    assert ended.value.code == "task_ended"
    with pytest.raises(NotFound):
        await house.catalogue.cancel_task(house.manager(house.world.two), first)


async def test_orders_and_looks_can_be_made_at_once(house: House) -> None:
    fence = await house.fence(house.world.one)
    numbers = await asyncio.gather(*(house.ordered(house.world.one) for _ in range(3)))
    for number in sorted(numbers):
        assert (await house.given(fence)).task == number
        await house.say(fence, number, TaskAnswer(outcome="succeeded"))
    assert await house.look(fence) == [None]
