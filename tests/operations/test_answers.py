"""Answers reach who waits in order, and never more of them in one turn of the loop than the loop can bear."""

import asyncio
from typing import Any

import pytest

from servicehost.operations.answers import AT_ONCE, Answers


def futures(count: int) -> list["asyncio.Future[Any]"]:
    loop = asyncio.get_running_loop()
    return [loop.create_future() for _ in range(count)]


def done(waiting: list["asyncio.Future[Any]"]) -> int:
    return sum(future.done() for future in waiting)


async def test_a_lone_answer_is_given_at_once() -> None:
    [waiting] = futures(1)
    Answers(asyncio.get_running_loop()).give([(waiting, "yes")])
    assert waiting.result() == "yes"


async def test_many_are_given_a_portion_a_turn_and_in_order() -> None:
    answers, waiting = Answers(asyncio.get_running_loop()), futures(2 * AT_ONCE + 1)
    answers.give((future, number) for number, future in enumerate(waiting))
    for expected in (AT_ONCE, 2 * AT_ONCE, 2 * AT_ONCE + 1):
        assert done(waiting) == expected
        assert [future.result() for future in waiting[:expected]] == list(range(expected))
        await asyncio.sleep(0)


async def test_what_is_given_later_comes_later() -> None:
    answers, first, second = Answers(asyncio.get_running_loop()), futures(AT_ONCE + 1), futures(1)
    answers.give((future, None) for future in first)
    answers.give([(second[0], None)])
    assert not second[0].done()
    await answers.rested()
    assert done(first + second) == AT_ONCE + 2


async def test_an_error_is_raised_by_whoever_asked_for_it() -> None:
    [waiting] = futures(1)
    Answers(asyncio.get_running_loop()).give([(waiting, ValueError("no"))])
    with pytest.raises(ValueError, match="no"):
        waiting.result()


async def test_who_has_gone_is_passed_over() -> None:
    gone, there = futures(2)
    gone.cancel()
    Answers(asyncio.get_running_loop()).give([(gone, 1), (there, 2)])
    assert there.result() == 2


async def test_who_waits_at_the_end_is_cancelled() -> None:
    answers, waiting = Answers(asyncio.get_running_loop()), futures(AT_ONCE + 3)
    answers.give((future, None) for future in waiting)
    answers.cancel()
    assert [future.cancelled() for future in waiting[-3:]] == [True] * 3
    await answers.rested()
