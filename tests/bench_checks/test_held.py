"""The longest hold, out of two readings of a histogram."""

import math

import pytest

from servicehost.runtime.metrics import Metrics
from tests.bench.held import buckets, longest_ms
from tests.bench.subject import LoadError


def readings(*holds: list[float]) -> list[dict[float, float]]:
    """The buckets after each part of the holds, as the host shows them."""
    metrics, read = Metrics(process=False), []
    for part in holds:
        for seconds in part:
            metrics.observe_held(seconds)
        read.append(buckets(metrics.generate().decode()))
    return read


def test_the_longest_is_told_by_the_bound_it_kept() -> None:
    (after,) = readings([0.0, 0.044, 0.02])
    assert longest_ms({}, after) == 50


def test_what_was_before_is_nobodys_any_more() -> None:
    before, after = readings([0.4, 0.4], [0.02, 0.012])
    assert longest_ms(before, after) == 20


def test_the_same_bound_again_is_seen() -> None:
    before, after = readings([0.4], [0.001, 0.45])
    assert longest_ms(before, after) == 500


def test_nothing_measured_is_nothing_held() -> None:
    before, after = readings([0.4], [])
    assert longest_ms(before, after) == 0


def test_a_hold_above_every_bound_is_no_figure() -> None:
    (after,) = readings([11.0])
    assert math.inf in after
    with pytest.raises(LoadError, match="for more than 10 s"):
        longest_ms({}, after)


def test_metrics_without_the_histogram_are_an_error_not_a_zero() -> None:
    with pytest.raises(LoadError, match="tells no servicehost_loop_held_seconds"):
        buckets("servicehost_sessions 3.0\n")
