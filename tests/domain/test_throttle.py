import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicehost.domain.throttle import Bucket, Rate, Throttle, network_of, refilled

RATE = Rate(burst=3, refill_s=10)


def test_a_burst_is_free_and_then_each_refill_gives_one_more() -> None:
    throttle = Throttle(RATE, keys=10)
    for _ in range(3):
        assert throttle.wait_s("anna", 0) == 0
        throttle.take("anna", 0)
    assert throttle.wait_s("anna", 0) == 10
    assert throttle.wait_s("anna", 9) == pytest.approx(1)
    assert throttle.wait_s("anna", 10) == 0


def test_keys_do_not_share() -> None:
    throttle = Throttle(Rate(burst=1, refill_s=10), keys=10)
    throttle.take("anna", 0)
    assert throttle.wait_s("anna", 0) > 0
    assert throttle.wait_s("ben", 0) == 0


def test_what_is_given_back_counts_no_more_and_a_full_bucket_is_forgotten() -> None:
    throttle = Throttle(RATE, keys=10)
    throttle.take("anna", 0)
    throttle.give_back("anna", 0)
    assert len(throttle) == 0


def test_memory_is_bounded_and_the_longest_untouched_is_forgotten() -> None:
    throttle = Throttle(Rate(burst=1, refill_s=10), keys=2)
    for key in ("anna", "ben", "cho"):
        throttle.take(key, 0)
    assert len(throttle) == 2
    assert throttle.wait_s("anna", 0) == 0
    assert throttle.wait_s("ben", 0) > 0


@given(
    left=st.floats(0, 3),
    at=st.floats(0, 1e6),
    now=st.floats(0, 1e6),
)
def test_a_bucket_never_holds_more_than_a_burst_nor_loses_by_waiting(left: float, at: float, now: float) -> None:
    after = refilled(Bucket(left=left, at=at), RATE, now)
    assert left <= after.left <= RATE.burst


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8::1", "2001:db8::/64"),
        ("2001:db8:0:0:ffff::1", "2001:db8::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("unknown", "unknown"),
    ],
)
def test_one_household_is_one_network(address: str, network: str) -> None:
    assert network_of(address) == network
