"""When to dial again."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.messages import Redial
from protocol.timing import (
    CLIENT_HELLO_DUE_S,
    HANDSHAKE_DUE_S,
    MIN_BUSY_S,
    PING_AFTER_S,
    PONG_DUE_S,
    REPORT_INTERVAL_S,
    redial_delay,
)


def _least(low: float, _high: float) -> float:
    return low


def _most(_low: float, high: float) -> float:
    return high


def _range(attempt: int, *, slow: bool, hosts: int = 1, policy: Redial | None = None) -> tuple[float, float]:
    policy = policy or Redial()
    return (
        redial_delay(policy, attempt, slow=slow, hosts=hosts, uniform=_least),
        redial_delay(policy, attempt, slow=slow, hosts=hosts, uniform=_most),
    )


@pytest.mark.parametrize(
    ("attempt", "expected"),
    [(0, (0, 5)), (1, (5, 10)), (2, (10, 20)), (3, (20, 40)), (4, (30, 60)), (5, (30, 60)), (10_000, (30, 60))],
)
def test_after_a_lost_session_the_wait_starts_at_once_and_doubles_to_a_minute(
    attempt: int, expected: tuple[float, float]
) -> None:
    assert _range(attempt, slow=False) == expected


@pytest.mark.parametrize(
    ("attempt", "expected"),
    [
        (0, (5, 10)),
        (1, (10, 20)),
        (2, (20, 40)),
        (3, (40, 80)),
        (4, (80, 160)),
        (5, (160, 320)),
        (6, (320, 640)),
        (7, (640, 1280)),
        (8, (1280, 2560)),
        (9, (2560, 5120)),
        (10, (2560, 5120)),
        (10_000, (2560, 5120)),
    ],
)
def test_the_slow_table_is_that_of_the_user_services_platform(attempt: int, expected: tuple[float, float]) -> None:
    assert _range(attempt, slow=True) == expected


def test_all_hosts_are_walked_before_the_wait_doubles() -> None:
    assert [_range(attempt, slow=False, hosts=3)[1] for attempt in range(9)] == [5, 5, 5, 10, 10, 10, 20, 20, 20]


def test_a_unit_that_knows_no_host_list_counts_as_one_host() -> None:
    assert [_range(attempt, slow=False, hosts=0)[1] for attempt in range(3)] == [5, 10, 20]


def test_a_cap_below_the_spread_holds_from_the_first_attempt() -> None:
    assert _range(0, slow=False, policy=Redial(spread_s=100.0, cap_s=3.0)) == (0, 3)


_waits = st.floats(0, 86_400)
_policies = st.builds(Redial, spread_s=_waits, cap_s=_waits, slow_first_s=_waits, slow_cap_s=_waits)


@given(_policies, st.integers(0, 10**6), st.booleans(), st.integers(0, 9), st.integers())
def test_no_wait_is_negative_or_above_its_cap(policy: Redial, attempt: int, slow: bool, hosts: int, seed: int) -> None:
    delay = redial_delay(policy, attempt, slow=slow, hosts=hosts, uniform=random.Random(seed).uniform)
    assert 0 <= delay <= (policy.slow_cap_s if slow else policy.cap_s)


@given(_policies, st.integers(0, 200), st.booleans(), st.integers(1, 9))
def test_no_later_attempt_waits_less_at_most(policy: Redial, attempt: int, slow: bool, hosts: int) -> None:
    now = _range(attempt, slow=slow, hosts=hosts, policy=policy)
    later = _range(attempt + 1, slow=slow, hosts=hosts, policy=policy)
    assert now[0] <= later[0]
    assert now[1] <= later[1]


def test_a_dead_line_is_noticed_within_45_seconds_and_never_by_a_unit_that_reports() -> None:
    assert PING_AFTER_S + PONG_DUE_S <= 45
    assert REPORT_INTERVAL_S < PING_AFTER_S


def test_the_hello_of_tls_is_due_before_its_handshake() -> None:
    assert CLIENT_HELLO_DUE_S < HANDSHAKE_DUE_S
    assert MIN_BUSY_S >= 30
