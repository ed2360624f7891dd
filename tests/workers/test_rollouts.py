"""The clock's door for rollouts wakes when one is due, and when it is stirred."""

import asyncio

from servicehost.operations.step_rollouts import Stepped
from servicehost.workers.rollouts import RolloutWorker
from tests.fakes.clock import FixedClock


async def no_sleep(_seconds: float) -> None:
    """Time stands still."""


async def test_it_steps_at_once_when_it_begins_and_again_when_it_is_stirred() -> None:
    clock, steps = FixedClock(), 0

    async def step() -> Stepped:
        nonlocal steps
        steps += 1
        return Stepped(next_at=None)

    worker = RolloutWorker(clock, sleep=no_sleep)
    work = worker.round(step).work
    await work()
    waiting = asyncio.ensure_future(work())
    await asyncio.sleep(0)
    assert steps == 1
    worker.stir()
    await waiting
    assert steps == 2


async def test_what_is_due_already_and_what_is_not_done_yet_is_not_waited_for() -> None:
    clock = FixedClock()
    answers = [Stepped(next_at=clock.wall() - 1), Stepped(next_at=None, more=True), Stepped(next_at=None)]
    worker = RolloutWorker(clock, sleep=no_sleep)
    left = list(answers)

    async def step() -> Stepped:
        return left.pop(0)

    work = worker.round(step).work
    for _ in answers:
        await work()
    assert left == []


async def test_what_happens_soon_after_a_step_is_one_step_and_what_was_left_over_waits_for_nothing() -> None:
    clock = FixedClock()
    slept: list[float] = []
    answers = [Stepped(next_at=None, more=True), Stepped(next_at=None), Stepped(next_at=None)]

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        worker.stir()  # more happens meanwhile

    async def step() -> Stepped:
        return answers.pop(0)

    worker = RolloutWorker(clock, sleep=sleep)
    work = worker.round(step).work
    await work()
    await work()
    assert slept == []
    worker.stir()
    await work()
    assert slept == [0.5]
    later = asyncio.ensure_future(work())
    await asyncio.sleep(0)
    assert not later.done()  # what came while it gathered is done
    later.cancel()
