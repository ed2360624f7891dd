"""For every room: what a file leaves open is found while that file is still the one that ran."""

import gc
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True, scope="module")
def _what_is_left_open_is_this_files() -> Iterator[None]:
    """A socket nobody closed is an error of the garbage collector's hour: collected here, not in a stranger's test.

    What is left afterwards is in use by someone and is not looked through again: a thousand files of thousands of
    tests, each visited after each, were minutes.
    """
    gc.freeze()
    yield
    gc.collect()
