import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from servicehost.domain.custody import Holder, Place
from servicehost.domain.depot import (
    MAIN_STOCK,
    Depot,
    StockThreshold,
    in_order_of_nearness,
    is_low,
    place_of,
    serves,
)
from servicehost.domain.spare import Spare, SpareState


def depot(name: str, area: str) -> Depot:
    return Depot(depot=name, label=name, area=area, changed_at=0, changed_by="d")


def spare(unit_id: int, where: str = MAIN_STOCK, stocked_at: int = 0) -> Spare:
    return Spare(
        unit_id=unit_id,
        distribution_id=f"D-{unit_id}",
        model="SA-W2",
        state=SpareState.FREE,
        stocked_at=stocked_at,
        depot=where,
    )


@pytest.mark.parametrize(
    ("area", "location", "expected"),
    [
        ("東京都, 神奈川県", "東京都千代田区富士見 1-1", "東京都"),
        ("東京都、東京都千代田区", "東京都千代田区富士見 1-1", "東京都千代田区"),
        ("tokyo", "TOKYO 1-1", "tokyo"),
        ("大阪府", "東京都千代田区", None),
        (" , ,", "東京都千代田区", None),
        ("東京都", "", None),
    ],
)
def test_a_depot_serves_what_its_area_names(area: str, location: str, expected: str | None) -> None:
    assert serves(depot("d", area), location) == expected


def test_the_nearest_comes_first_and_among_equals_the_one_that_has_lain_longest() -> None:
    depots = [depot("near", "東京都千代田区"), depot("nearby", "東京都"), depot("far", "大阪府")]
    lying = [spare(1, "far", 1), spare(2, "nearby", 2), spare(3, "near", 4), spare(4, "near", 3), spare(5)]
    ordered = in_order_of_nearness(lying, depots, "東京都千代田区富士見 1-1")
    assert [one.unit_id for one, _ in ordered] == [4, 3, 2, 5, 1]
    assert "near" in ordered[0][1].en
    assert "東京都千代田区" in ordered[0][1].ja
    assert "longest in stock" in ordered[3][1].en


@settings(max_examples=200, deadline=None, database=None)
@given(
    st.lists(
        st.tuples(st.integers(1, 99), st.sampled_from(["a", "b", MAIN_STOCK]), st.integers(0, 9)),
        unique_by=lambda row: row[0],
    ),
    st.sampled_from(["東京都 1", "大阪府 2", ""]),
)
def test_nobody_is_lost_or_doubled_and_the_order_is_that_of_no_list(
    rows: list[tuple[int, str, int]], location: str
) -> None:
    lying = [spare(*row) for row in rows]
    depots = [depot("a", "東京都"), depot("b", "大阪府")]
    forward = [one for one, _ in in_order_of_nearness(lying, depots, location)]
    assert forward == [one for one, _ in in_order_of_nearness(lying[::-1], depots, location)]
    assert sorted(one.unit_id for one in forward) == sorted(one.unit_id for one in lying)


@pytest.mark.parametrize(("free", "least", "low"), [(2, 3, True), (3, 3, False), (0, 1, True), (0, None, False)])
def test_a_depot_is_low_below_its_threshold(free: int, least: int | None, low: bool) -> None:
    set_ = None if least is None else StockThreshold(depot="a", model="m", least=least, changed_at=0, changed_by="d")
    assert is_low(free, set_) is low


def test_the_main_stock_is_the_stock_without_a_name() -> None:
    assert place_of(MAIN_STOCK) == Place(holder=Holder.STOCK)
    assert place_of("east") == Place(holder=Holder.STOCK, name="east")
