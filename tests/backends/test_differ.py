"""Texts compared in a process of its own: what comes of it, and what ends it."""

import asyncio

import pytest

from servicehost.backends.differ import ProcessDiffer
from servicehost.domain.errors import Busy, Conflict

LARGE = "".join(f"filter {number} block 192.0.2.{number % 251}\n" for number in range(35_000))


async def test_two_configs_of_a_mebibyte_are_compared() -> None:
    assert len(LARGE) > 2**20
    changed = LARGE.replace("filter 500 block", "filter 500 pass")
    diff = await ProcessDiffer().unified(LARGE, changed, left_name="a", right_name="b")
    assert "-filter 500 block 192.0.2.249\n+filter 500 pass 192.0.2.249\n" in diff


async def test_what_takes_too_long_is_killed_and_named() -> None:
    with pytest.raises(Conflict) as refused:
        await ProcessDiffer(limit_s=0.0).unified("a", "b", left_name="a", right_name="b")
    assert refused.value.code == "diff_too_slow"


async def test_more_than_may_wait_are_sent_away() -> None:
    differ = ProcessDiffer(at_once=1, waiting=1)
    asked = [asyncio.create_task(differ.unified("a", "b", left_name="a", right_name="b")) for _ in range(3)]
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert [answer.code for answer in answers if isinstance(answer, Busy)] == ["diffs_busy"]
    assert sum(isinstance(answer, str) for answer in answers) == 2


async def test_a_comparison_that_nobody_waits_for_any_more_gives_its_place_back() -> None:
    differ = ProcessDiffer(at_once=1, waiting=0)
    asked = asyncio.create_task(differ.unified("a", "b", left_name="a", right_name="b"))
    await asyncio.sleep(0)
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked
    assert await differ.unified("a", "a", left_name="a", right_name="b") == ""
