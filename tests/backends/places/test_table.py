"""The text of the list: what is written is read back, and a spoilt line is named."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicehost.backends.places.table import BadPlaces, postal_text, read_places, written_places
from servicehost.domain.place import Municipality, Prefecture

TOKYO = Prefecture(code="13", name="東京都", kana="トウキョウト")
CHIYODA = Municipality(code="13101", name="千代田区", kana="チヨダク", prefecture="東京都")
MINATO = Municipality(code="13103", name="港区", kana="ミナトク", prefecture="東京都")
Codes = st.sets(st.integers(0, 9_999_999), max_size=40)


def text_of(chiyoda: set[int], minato: set[int]) -> str:
    return written_places(
        as_of=date(2026, 10, 3),
        source="here",
        prefectures=[TOKYO],
        municipalities=[(CHIYODA, chiyoda), (MINATO, minato)],
        former=[],
    )


@given(chiyoda=Codes, minato=Codes)
def test_every_postal_code_comes_back_to_those_it_was_written_for(chiyoda: set[int], minato: set[int]) -> None:
    places = read_places(text_of(chiyoda, minato))
    for code in chiyoda | minato:
        owners = {one.code for one in places.at(f"{code:07d}")}
        assert ("13101" in owners, "13103" in owners) == (code in chiyoda, code in minato)
    assert places.age(date(2026, 10, 3)).postal_codes == len(chiyoda | minato)


def test_neighbouring_codes_are_written_as_a_run() -> None:
    assert postal_text([1000001, 1000002, 1000003, 1008111, 1010021]) == "100:0001-0003,8111 101:0021"


@pytest.mark.parametrize(
    "spoilt",
    ["as_of\t2026-10-03\textra", "nonsense\tx", "as_of\tyesterday\nsource\there", "source\there", ""],
)
def test_a_list_that_cannot_be_read_is_refused_by_name(spoilt: str) -> None:
    with pytest.raises(BadPlaces):
        read_places(spoilt)


def test_a_spoilt_postal_code_is_refused() -> None:
    with pytest.raises(BadPlaces):
        read_places(text_of({1000001}, set()).replace("100:0001", "100:00x1"))
