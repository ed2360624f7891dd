"""The tool that makes the list: wards get their city, neighbours share a postal code, what is gone is remembered."""

from datetime import date
from pathlib import Path

from servicehost.backends.places.build import built, main
from servicehost.backends.places.table import read_places
from tests.builders.postal_data import office_record, postal_database, postal_record

WARDS = [
    postal_record("01101", "0600000", "北海道", "札幌市中央区", "サッポロシチュウオウク"),
    postal_record("01102", "0010000", "北海道", "札幌市北区", "サッポロシキタク"),
]
BORDER = postal_record("24303", "4980000", "三重県", "桑名郡木曽岬町", "クワナグンキソサキチョウ")
YATOMI = postal_record("23235", "4980000", "愛知県", "弥富市", "ヤトミシ", BORDER)


def test_wards_are_gathered_under_their_city(tmp_path: Path) -> None:
    places = read_places(built(postal_database(tmp_path / "db", WARDS, []), date(2026, 10, 3)))
    city = places.municipality("01100")
    assert city is not None
    assert (city.name, city.kana, city.ward_of) == ("札幌市", "サッポロシ", None)
    assert [one.name for one in places.within("01100")] == ["札幌市", "札幌市中央区", "札幌市北区"]


def test_a_postal_code_may_lie_in_two_prefectures_and_an_office_has_one_of_its_own(tmp_path: Path) -> None:
    database = postal_database(tmp_path / "db", [*WARDS, YATOMI], [office_record("01101", "0608621")])
    places = read_places(built(database, date(2026, 10, 3)))
    assert [one.code for one in places.at("4980000")] == ["23235", "24303"]
    assert [one.code for one in places.at("0608621")] == ["01101"]


def test_what_a_new_edition_has_no_more_is_a_former_municipality_from_then_on(tmp_path: Path) -> None:
    output = tmp_path / "japan.tsv"
    for name, records, day in (
        ("first", [*WARDS, YATOMI], "2026-10-03"),
        ("second", WARDS, "2027-01-05"),
        ("third", WARDS, "2027-04-02"),
    ):
        database = postal_database(tmp_path / name, records, [])
        assert main([str(database), "--as-of", day, "--output", str(output)]) == 0
    places = read_places(output.read_text("utf-8"))
    assert places.municipality("23235") is None
    gone = places.former["23235"]
    assert (gone.name, gone.prefecture, gone.until, gone.became) == ("弥富市", "愛知県", "2026-10-03", ())
    assert places.words_for("23235") == "愛知県弥富市"


def test_the_same_data_makes_the_same_octets(tmp_path: Path) -> None:
    first = postal_database(tmp_path / "first", [*WARDS, YATOMI], [])
    second = postal_database(tmp_path / "second", [YATOMI, *reversed(WARDS)], [])
    assert built(first, date(2026, 10, 3)) == built(second, date(2026, 10, 3))
