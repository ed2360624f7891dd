"""Counting answers."""

import pytest

from tests.bench.subject import LoadError
from tests.bench.tally import Tally


async def test_it_is_done_at_the_wanted_number() -> None:
    tally = Tally(2, "reports heard")
    tally.add()
    tally.add()
    assert await tally.done() == 2


async def test_nothing_wanted_is_done_at_once() -> None:
    assert await Tally(0, "reports heard").done() == 0


async def test_the_first_failure_is_the_one_told_and_how_many_came() -> None:
    tally = Tally(3, "reports heard")
    tally.add()
    tally.fail("D-000001: reset")
    tally.fail("D-000002: reset")
    with pytest.raises(LoadError, match="1 of 3 reports heard: D-000001: reset"):
        await tally.done()


async def test_what_does_not_come_is_an_error_not_a_number() -> None:
    tally = Tally(2, "reports heard")
    tally.add()
    with pytest.raises(LoadError, match="1 of 2 reports heard: no more came"):
        await tally.done(grace_s=0)
