"""What fails holds back nothing that comes after it."""

import pytest

from servicehost.domain.errors import StoreFull
from servicehost.operations.one_by_one import one_by_one


class Work:
    """Remembers what it was given, and fails where it is told to."""

    def __init__(self, **failing: Exception) -> None:
        self.seen: list[str] = []
        self._failing = failing

    async def __call__(self, item: str) -> None:
        self.seen.append(item)
        if item in self._failing:
            raise self._failing[item]


async def test_each_has_its_turn_in_order() -> None:
    work = Work()
    await one_by_one("abc", work)
    assert work.seen == ["a", "b", "c"]


async def test_the_others_have_their_turn_and_the_first_failure_is_raised_after_them() -> None:
    work = Work(a=ValueError("one"), c=KeyError("two"))
    with pytest.raises(ValueError, match="one"):
        await one_by_one("abcd", work)
    assert work.seen == ["a", "b", "c", "d"]


async def test_a_full_store_stops_at_once() -> None:
    work = Work(b=StoreFull())
    with pytest.raises(StoreFull):
        await one_by_one("abc", work)
    assert work.seen == ["a", "b"]
