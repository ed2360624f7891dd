"""The list that comes with the program: whole, small, and in agreement with what the code says of places."""

from datetime import date
from importlib.resources import files

from servicehost.backends.places.packaged import FILE, packaged_places
from servicehost.domain.coverage import KNOWN_ISLANDS
from servicehost.domain.place import postal_digits

MAX_BYTES = 1_500_000


def test_it_has_every_prefecture_and_is_small() -> None:
    places = packaged_places()
    assert [one.code for one in places.prefectures] == [f"{number:02d}" for number in range(1, 48)]
    assert len(files("servicehost.backends.places").joinpath(FILE).read_bytes()) < MAX_BYTES


def test_it_has_the_municipalities_and_the_postal_codes_of_its_day() -> None:
    # 1,741 municipalities, Tokyo's special wards among them, and 171 wards of 20 cities.
    places = packaged_places()
    assert len(places.municipalities) == 1_741 + 171
    assert places.age(places.as_of).postal_codes > 140_000


def test_well_known_codes_are_where_they_should_be() -> None:
    places = packaged_places()
    assert [one.prefecture + one.name for one in places.at("1020071")] == ["東京都千代田区"]
    assert [one.name for one in places.at("4980000")] == ["弥富市", "桑名郡木曽岬町"]
    assert places.at("9999999") == ()


def test_each_ward_is_of_a_city_of_its_prefecture() -> None:
    places = packaged_places()
    wards = [one for one in places.municipalities if one.ward_of]
    assert len({one.ward_of for one in wards}) == 20
    for ward in wards:
        city = places.municipality(ward.ward_of or "")
        assert city is not None
        assert ward.name.startswith(city.name)
        assert ward.code[:2] == city.code[:2]


def test_the_known_islands_are_named_as_the_list_names_them() -> None:
    places = packaged_places()
    assert {code: places.words_for(code) for code in KNOWN_ISLANDS} == dict(KNOWN_ISLANDS)


def test_its_age_is_counted_in_days_and_never_below_none() -> None:
    places = packaged_places()
    assert places.age(date(2027, 10, 3)).days == 365
    assert places.age(date(2000, 1, 1)).days == 0


def test_what_a_merger_took_away_is_known_by_its_former_name() -> None:
    places = packaged_places()
    assert {places.words_for(code) for code in places.former["22135"].became} == {
        "静岡県浜松市中央区",
        "静岡県浜松市浜名区",
    }


def test_a_postal_code_is_read_however_it_is_written() -> None:
    for written in ("1020071", "102-0071", "〒102-0071", "１０２－００７１", " 102 0071 ", "102‐0071", "102ー0071"):
        assert postal_digits(written) == "1020071", written
    for written in ("102-007", "10200711", "", "abc-defg", "١٠٢٠٠٧١"):
        assert postal_digits(written) is None, written
