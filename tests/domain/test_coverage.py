"""What the provider's lists say of a place: covered unless it is named, and named reasons are given back."""

import pytest

from servicehost.domain.coverage import CoveragePolicy, CoverageWord
from servicehost.domain.fact_kind import Coverage
from servicehost.domain.place import Place

POLICY = CoveragePolicy(islands={"13401": "八丈島", "47": "沖縄"}, uncovered={"13": "未対応", "14100": "休止中"})


@pytest.mark.parametrize(
    ("place", "word"),
    [
        (Place(municipality="27102", city="27100"), CoverageWord(coverage=Coverage.COVERED)),
        (Place(municipality="47201"), CoverageWord(coverage=Coverage.ISLAND, reason="沖縄")),
        (Place(municipality="13101"), CoverageWord(coverage=Coverage.UNCOVERED, reason="未対応")),
        (Place(municipality="13401"), CoverageWord(coverage=Coverage.UNCOVERED, reason="未対応")),
        (Place(municipality="14103", city="14100"), CoverageWord(coverage=Coverage.UNCOVERED, reason="休止中")),
    ],
)
def test_a_place_is_found_by_municipality_city_or_prefecture(place: Place, word: CoverageWord) -> None:
    assert POLICY.of(place) == word


def test_by_default_nothing_is_uncovered_and_islands_without_a_bridge_are_islands() -> None:
    assert CoveragePolicy().of(Place(municipality="13101")).coverage is Coverage.COVERED
    assert CoveragePolicy().of(Place(municipality="42209")).coverage is Coverage.ISLAND
