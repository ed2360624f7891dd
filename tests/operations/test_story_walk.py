import asyncio
import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from servicehost.domain import exchange
from servicehost.domain.exchange import EXCHANGE_TABLE, ExchangeState, Said
from servicehost.operations import check_acceptance, failing, swapping
from tests.builders.walk import EVENTS, Walk

S = ExchangeState
STARTS = ("founded", "ordered", "swapped", "accepted")


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as opened:
        yield opened


@pytest.fixture(scope="module")
def walk(runner: asyncio.Runner) -> Walk:
    made = Walk()
    runner.run(made.prepare())
    return made


@pytest.mark.parametrize("examples", [100, pytest.param(2_000, marks=[pytest.mark.slow, pytest.mark.timeout(900)])])
def test_no_order_of_events_breaks_the_story(runner: asyncio.Runner, walk: Walk, examples: int) -> None:
    @settings(max_examples=examples, deadline=None, database=None)
    @given(start=st.sampled_from(STARTS), events=st.lists(st.sampled_from(sorted(EVENTS)), max_size=14))
    def walks(start: str, events: list[str]) -> None:
        runner.run(walk.walk(start, events))

    walks()


def _any_walk_fails(runner: asyncio.Runner, walk: Walk, start: str, tries: int = 400) -> bool:
    chance = random.Random(7)
    names = sorted(EVENTS)
    for _ in range(tries):
        events = [chance.choice(names) for _ in range(14)]
        try:
            runner.run(walk.walk(start, events))
        except AssertionError:
            return True
    return False


Mutate = Callable[[pytest.MonkeyPatch], None]


def _cell(state: ExchangeState, said: Said, target: ExchangeState | None) -> Mutate:
    def mutate(patch: pytest.MonkeyPatch) -> None:
        row: Any = EXCHANGE_TABLE[state]
        patch.setitem(row, said, target)

    return mutate


MUTANTS: dict[str, tuple[str, Mutate]] = {
    "the old unit is never asked": (
        "ordered",
        lambda patch: patch.setattr(swapping, "swap_due", lambda view: view.new_said_hello),
    ),
    "a hello is not needed": (
        "ordered",
        lambda patch: patch.setattr(swapping, "swap_due", lambda view: view.old_silent or view.said_now),
    ),
    "one point is enough": (
        "swapped",
        lambda patch: patch.setattr(check_acceptance, "accepted", lambda points: any(p.holds for p in points)),
    ),
    "the dead unit keeps its binding": (
        "swapped",
        lambda patch: patch.setattr(failing, "may_return", lambda state: False),
    ),
    "nothing is released": ("ordered", lambda patch: patch.setattr(failing, "release", lambda batch, exchange: None)),
    "an ended exchange can fail": ("accepted", _cell(S.CLOSED, Said.FAIL, S.FAILED)),
    "a swap can be cancelled": ("swapped", _cell(S.SWAPPED, Said.CANCEL, S.CANCELLED)),
    "a failed exchange is ordered again": ("ordered", _cell(S.FAILED, Said.RESERVE, S.RESERVED)),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_a_walk_notices_when(name: str, runner: asyncio.Runner, walk: Walk, monkeypatch: pytest.MonkeyPatch) -> None:
    start, mutate = MUTANTS[name]
    mutate(monkeypatch)

    assert _any_walk_fails(runner, walk, start), f"no walk noticed that {name}"


def test_the_same_walks_pass_without_a_mutant(runner: asyncio.Runner, walk: Walk) -> None:
    assert not any(_any_walk_fails(runner, walk, start, tries=12) for start in STARTS)
    assert exchange.EXCHANGE_TABLE is EXCHANGE_TABLE
