"""The doctor looks at the clock."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from servicehost.cli.checks.clock import check_clock
from servicehost.domain.instant import from_datetime


class Clock:
    """Says one date, and these monotonic instants, the last one for ever."""

    def __init__(self, year: int, *instants: float) -> None:
        self._wall = from_datetime(datetime(year, 6, 1, tzinfo=UTC))
        self._instants = self._forever(instants or (0.0,))

    def wall(self) -> int:
        return self._wall

    def monotonic(self) -> float:
        return next(self._instants)

    def _forever(self, instants: tuple[float, ...]) -> Iterator[float]:
        yield from instants
        while True:
            yield instants[-1]


def codes(clock: Clock, synchronized: bool | None = None) -> list[str]:
    return [f"{one.severity} {one.code}" for one in check_clock(clock, lambda: synchronized)]


def test_a_clock_of_these_years_is_fine() -> None:
    assert codes(Clock(2027)) == ["ok clock_sane"]


@pytest.mark.parametrize("year", [1970, 2025, 2100])
def test_a_clock_of_other_years_is_an_error(year: int) -> None:
    assert codes(Clock(year)) == ["error clock_insane"]


def test_a_monotonic_clock_that_goes_back_is_an_error() -> None:
    assert codes(Clock(2027, 1.0, 3.0, 2.0)) == ["ok clock_sane", "error clock_goes_back"]


def test_a_clock_without_a_time_server_is_a_warning_and_an_unknown_state_is_none() -> None:
    assert codes(Clock(2027), False)[1:] == ["warning clock_unsynchronized"]
    assert codes(Clock(2027), True)[1:] == ["ok clock_synchronized"]
    assert codes(Clock(2027), None)[1:] == []
