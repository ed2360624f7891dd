"""When a unit renews its certificate."""

import hashlib
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.renewal import (
    HOST_SKEW_S,
    PERMISSION_RETRY_CAP_S,
    RETRY_CAP_S,
    RETRY_FIRST_S,
    HostTime,
    Life,
    asked_delay,
    due_at,
    heard_time,
    host_certificate_stale,
    lot_of,
    retry_delay,
    standing,
)

DAY = 86_400.0
YEAR = Life(not_before=1_800_000_000.0, not_after=1_800_000_000.0 + 365 * DAY)

chances = st.floats(0.0, 1.0)


def wait(
    attempt: int,
    chance: float = 1.0,
    *,
    left_s: float | None = None,
    asked_s: float | None = None,
    cap_s: float = RETRY_CAP_S,
) -> float:
    def uniform(low: float, high: float) -> float:
        return low + (high - low) * chance

    return retry_delay(attempt, left_s=left_s, uniform=uniform, asked_s=asked_s, cap_s=cap_s)


# -- due ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lot", "of_its_life"), [(0.0, 2 / 3 - 1 / 20), (0.5, 2 / 3), (0.75, 2 / 3 + 1 / 40), (1.0, 2 / 3 + 1 / 20)]
)
def test_it_is_due_at_two_thirds_of_its_life_give_or_take_a_twentieth(lot: float, of_its_life: float) -> None:
    assert due_at(YEAR, lot) == pytest.approx(YEAR.not_before + 365 * DAY * of_its_life, abs=1)


@given(st.floats(0, 4e9), st.floats(60, 1e9), st.binary())
def test_the_lot_moves_the_day_within_a_twentieth_and_never_again(begins: float, lasts: float, der: bytes) -> None:
    life = Life(not_before=begins, not_after=begins + lasts)
    fingerprint = hashlib.sha256(der).hexdigest()
    due = due_at(life, lot_of(fingerprint))
    assert abs(due - (begins + lasts * 2 / 3)) <= lasts / 20 + 1e-6 * (begins + lasts)
    assert due == due_at(life, lot_of(fingerprint.upper()))


def test_lots_lie_evenly_between_nothing_and_one() -> None:
    lots = [lot_of(hashlib.sha256(bytes([high, low])).hexdigest()) for high in range(16) for low in range(250)]
    tenths = [sum(tenth <= 10 * lot < tenth + 1 for lot in lots) for tenth in range(10)]
    assert sum(tenths) == len(lots)
    assert min(tenths) > len(lots) / 10 * 0.8


@pytest.mark.parametrize(("digits", "lot"), [("0" * 64, 0.0), ("8" + "0" * 63, 0.5), ("f" * 64, 1 - 2**-53)])
def test_a_lot_is_read_off_the_first_digits(digits: str, lot: float) -> None:
    assert lot_of(digits) == lot


@pytest.mark.parametrize("text", ["", "ab12", "g" * 64])
def test_what_is_no_fingerprint_draws_no_lot(text: str) -> None:
    with pytest.raises(ValueError, match=r"digits|base 16"):
        lot_of(text)


@pytest.mark.parametrize(
    ("day", "said"),
    [(None, "unknown"), (0, "fresh"), (243, "fresh"), (244, "due"), (364.9, "due"), (365, "due"), (365.1, "expired")],
)
def test_how_a_certificate_stands_by_the_hosts_time(day: float | None, said: str) -> None:
    assert standing(YEAR, 0.5, None if day is None else YEAR.not_before + day * DAY) == said


# -- the hosts' time ------------------------------------------------------------------------------------------------


def test_the_hosts_time_goes_on_by_the_units_monotonic_clock() -> None:
    heard = heard_time("2027-01-15T08:00:00Z", 5.0)
    assert heard == HostTime(said=1_800_000_000.0, heard_at=5.0)
    assert heard is not None
    assert (heard.now(65.0), heard.now(4.0)) == (1_800_000_060.0, 1_800_000_000.0)


@pytest.mark.parametrize("text", [None, "", "soon", "2027-01-15", "2027-01-15T08:00:00"])
def test_a_time_that_is_none_is_not_taken(text: str | None) -> None:
    assert heard_time(text, 1.0) is None


@pytest.mark.parametrize(
    ("now", "stale"),
    [
        (None, False),
        (YEAR.not_before - HOST_SKEW_S, False),
        (YEAR.not_before - HOST_SKEW_S - 1, True),
        (YEAR.not_after + HOST_SKEW_S, False),
        (YEAR.not_after + HOST_SKEW_S + 1, True),
    ],
)
def test_a_hosts_dates_are_judged_only_by_a_time_that_was_heard(now: float | None, stale: bool) -> None:
    assert host_certificate_stale(YEAR, now) is stale


# -- trying again ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("attempt", "least", "most"),
    [(0, 60, 120), (1, 120, 240), (4, 960, 1920), (9, 30_720, 61_440), (10, 43_200, 86_400), (10_000, 43_200, 86_400)],
)
def test_waits_double_up_to_a_day(attempt: int, least: float, most: float) -> None:
    assert (wait(attempt, 0.0), wait(attempt, 1.0)) == (least, most)


@pytest.mark.parametrize(
    ("left_s", "waited"),
    [(10 * DAY, DAY), (DAY, DAY / 2), (600, 300), (121, 60.5), (100, 60), (1, 60), (0, DAY), (-5, DAY)],
)
def test_waits_shrink_as_the_end_comes_near_and_an_end_that_is_past_is_none(left_s: float, waited: float) -> None:
    assert wait(20, left_s=left_s) == waited


@pytest.mark.parametrize(
    ("asked_s", "waited"), [(None, 120), (5, 120), (7_200, 7_200), (90_000, RETRY_CAP_S), (10**12, RETRY_CAP_S)]
)
def test_what_the_host_asks_for_is_kept_within_a_day(asked_s: float | None, waited: float) -> None:
    assert wait(0, asked_s=asked_s) == waited


def test_a_unit_that_cannot_call_asks_once_an_hour_at_least() -> None:
    assert wait(30, cap_s=PERMISSION_RETRY_CAP_S) == 3_600


@given(chances, st.floats(min_value=2 * RETRY_FIRST_S, max_value=400 * DAY), st.integers(0, 40))
def test_no_end_is_slept_through_and_no_storm_comes_before_it(chance: float, left_s: float, attempt: int) -> None:
    """From any failure on: tries go on to the certificate's last two minutes, never two within one."""
    now, tries = 0.0, []
    for number in itertools.count(attempt):
        step = wait(number, chance, left_s=left_s - now)
        assert step >= RETRY_FIRST_S
        now += step
        if now >= left_s:
            break
        tries.append(now)
    assert tries
    assert left_s - tries[-1] <= 2 * RETRY_FIRST_S
    assert len(tries) <= left_s / RETRY_CAP_S * 2 + 40


@pytest.mark.parametrize(
    ("chance", "since_try_s", "begins"), [(0.0, None, 0), (0.5, None, 300), (0.0, 10, 50), (1.0, 10, 600), (0.0, 90, 0)]
)
def test_a_unit_that_is_asked_begins_at_random_but_not_right_after_its_last_try(
    chance: float, since_try_s: float | None, begins: float
) -> None:
    assert asked_delay(600, since_try_s, lambda low, high: low + (high - low) * chance) == begins
