"""The collector is calmed once, and still collects."""

import gc
from collections.abc import Iterator

import pytest

from servicehost.runtime.collector import MIDDLE, OLD, YOUNG, calm_the_collector


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)
    gc.unfreeze()


def test_what_exists_is_left_alone_and_the_rest_is_looked_through_seldom() -> None:
    gc.collect()
    standing = len(gc.get_objects())
    calm_the_collector()
    assert gc.get_threshold() == (YOUNG, MIDDLE, OLD)
    assert gc.get_freeze_count() >= standing * 0.9
    assert gc.isenabled()


def test_a_cycle_made_later_is_still_found() -> None:
    calm_the_collector()
    cycle: list[object] = []
    cycle.append(cycle)
    del cycle
    assert gc.collect() >= 1
