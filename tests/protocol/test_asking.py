"""When a unit asks again where to call."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.asking import ASK_CAP_S, ASK_FIRST_S, ask_again_delay, refresh_delay
from tests.protocol.test_location import NOW, location

DAY_S = 86_400.0
ONE = location(1)


def low(least: float, most: float) -> float:
    assert least <= most
    return least


def high(least: float, most: float) -> float:
    assert least <= most
    return most


@pytest.mark.parametrize(
    ("now", "least", "most"),
    [
        (NOW, 0.9 * DAY_S, DAY_S),
        (NOW + timedelta(hours=12), 0.4 * DAY_S, 0.5 * DAY_S),
        (NOW + timedelta(days=1), 30.0, 60.0),
        (NOW + timedelta(days=400), 30.0, 60.0),
        (datetime(1970, 1, 1, tzinfo=UTC), 0.9 * DAY_S, DAY_S),
    ],
    ids=["fresh", "half", "expired", "long expired", "a unit without a clock"],
)
def test_a_document_is_refreshed_in_the_last_tenth_of_its_life(now: datetime, least: float, most: float) -> None:
    assert refresh_delay(ONE, now, 0, low) == pytest.approx(least)
    assert refresh_delay(ONE, now, 0, high) == pytest.approx(most)


def test_a_document_that_nobody_renews_is_asked_for_ever_more_rarely() -> None:
    long_ago = NOW + timedelta(days=400)
    assert [refresh_delay(ONE, long_ago, attempt, high) for attempt in (0, 1, 2, 9)] == [60.0, 120.0, 240.0, ASK_CAP_S]


@given(st.integers(0, 200), st.floats(0, 1))
def test_questions_that_go_unanswered_become_ever_rarer_up_to_one_an_hour(attempt: int, chance: float) -> None:
    def draw(least: float, most: float) -> float:
        return least + (most - least) * chance

    wait_s = ask_again_delay(attempt, draw)
    assert ASK_FIRST_S / 2 <= wait_s <= ASK_CAP_S
    assert ask_again_delay(attempt + 1, draw) >= wait_s


@given(st.integers(-(10**8), 10**9), st.integers(1, 10**8), st.floats(0, 1))
def test_a_refresh_never_comes_at_once_nor_later_than_the_life(at: int, life: int, chance: float) -> None:
    document = msgspec.structs.replace(ONE, expires_at=ONE.issued_at + timedelta(seconds=life))
    wait_s = refresh_delay(document, NOW + timedelta(seconds=at), 0, lambda a, b: a + (b - a) * chance)
    assert ASK_FIRST_S / 2 <= wait_s <= max(life, ASK_FIRST_S)
