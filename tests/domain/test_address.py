"""Addresses as people write them, against the list: each mistake has its name, and what is only unknown is a doubt."""

from datetime import date

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicehost.domain.address import AddressFault, WrittenAddress, check_address
from servicehost.domain.place import FormerMunicipality, Municipality, Place, Prefecture
from servicehost.domain.places import NO_PLACES, Places


def town(code: str, name: str, prefecture: str, ward_of: str | None = None) -> Municipality:
    return Municipality(code=code, name=name, kana="", prefecture=prefecture, ward_of=ward_of)


TOWNS = (
    town("13101", "千代田区", "東京都"),
    town("14100", "横浜市", "神奈川県"),
    town("14103", "横浜市西区", "神奈川県", "14100"),
    town("14104", "横浜市中区", "神奈川県", "14100"),
    town("22325", "田方郡函南町", "静岡県"),
    town("13381", "三宅島三宅村", "東京都"),
)
LIST = Places(
    as_of=date(2026, 10, 3),
    source="here",
    prefectures=[
        Prefecture(code="13", name="東京都", kana=""),
        Prefecture(code="14", name="神奈川県", kana=""),
        Prefecture(code="22", name="静岡県", kana=""),
    ],
    municipalities=TOWNS,
    former=[
        FormerMunicipality(code="22131", name="浜松市中区", prefecture="静岡県", until="2023-12-31", became=("22325",))
    ],
    postal_codes=[(1020071, 0), (2200012, 2), (4190107, 4), (1001101, 5), (2310002, 3), (2200012, 3)],
)
GOOD = WrittenAddress(
    postal_code="102-0071",
    prefecture="東京都",
    municipality="千代田区",
    rest="富士見 2-10-2",
    addressee="株式会社サンプル",
    telephone="03-1234-5678",
)


def faults(**changes: str) -> list[str]:
    return [one.fault.value for one in check_address(msgspec.structs.replace(GOOD, **changes), LIST).findings]


def test_a_good_address_is_kept_with_the_lists_own_words() -> None:
    checked = check_address(GOOD, LIST)
    assert checked.findings == ()
    assert checked.address is not None
    assert checked.address.line == "〒102-0071 東京都千代田区富士見 2-10-2"
    assert checked.address.telephone == "0312345678"
    assert checked.place == Place(municipality="13101", postal_code="1020071")


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"postal_code": "102007"}, "postal_code_malformed"),
        ({"postal_code": "220-0012"}, "postal_code_elsewhere"),
        ({"postal_code": "999-9999"}, "postal_code_unknown"),
        ({"prefecture": "東京"}, "prefecture_unknown"),
        ({"prefecture": "神奈川県"}, "municipality_unknown"),
        ({"municipality": "千代田市"}, "municipality_unknown"),
        ({"prefecture": "静岡県", "municipality": "浜松市中区"}, "municipality_former"),
        ({"prefecture": "静岡県", "municipality": "22131"}, "municipality_former"),
        ({"postal_code": "220-0012", "prefecture": "神奈川県", "municipality": "横浜市"}, "ward_missing"),
        ({"rest": "  "}, "rest_missing"),
        ({"rest": "1" * 121}, "rest_too_long"),
        ({"rest": "1\n2"}, "rest_missing"),
        ({"addressee": ""}, "addressee_missing"),
        ({"addressee": "名" * 101}, "addressee_too_long"),
        ({"telephone": "12345"}, "telephone_malformed"),
        ({"telephone": "+1 212 555 0100"}, "telephone_malformed"),
    ],
)
def test_each_mistake_has_its_name(changes: dict[str, str], named: str) -> None:
    assert faults(**changes) == [named]


@pytest.mark.parametrize(
    "changes",
    [
        {"postal_code": "〒１０２－００７１"},
        {"prefecture": "13", "municipality": "13101"},
        {"prefecture": "東京都 "},
        {"telephone": "０３（１２３４）５６７８"},
        {"telephone": "+81 3 1234 5678"},
        {"postal_code": "419-0107", "prefecture": "静岡県", "municipality": "函南町"},
        {"postal_code": "100-1101", "municipality": "三宅村"},
        {"postal_code": "220-0012", "prefecture": "神奈川県", "municipality": "横浜市西区"},
        {"postal_code": "220-0012", "prefecture": "神奈川県", "municipality": "横浜市", "rest": "中区 1-1"},
    ],
)
def test_what_can_be_understood_is_forgiven(changes: dict[str, str]) -> None:
    assert faults(**changes) == []


def test_a_ward_that_stands_with_the_rest_is_found_there() -> None:
    written = msgspec.structs.replace(
        GOOD, postal_code="2200012", prefecture="神奈川県", municipality="横浜市", rest="西区みなとみらい２−２"
    )
    address = check_address(written, LIST).address
    assert address is not None
    assert (address.municipality, address.rest) == ("横浜市西区", "みなとみらい2-2")


def test_an_unknown_postal_code_is_a_doubt_and_the_address_is_there_to_be_kept() -> None:
    checked = check_address(msgspec.structs.replace(GOOD, postal_code="9999999"), LIST)
    assert checked.wrong == ()
    assert [one.fault for one in checked.doubts] == [AddressFault.POSTAL_CODE_UNKNOWN]
    assert checked.address is not None
    assert "2026-10-03" in checked.doubts[0].words.en


def test_only_the_place_is_asked_for_where_nothing_is_shipped() -> None:
    written = WrittenAddress(postal_code="1020071", prefecture="東京都", municipality="千代田区")
    assert check_address(written, LIST, place_only=True).findings == ()


def test_several_mistakes_are_named_together() -> None:
    assert faults(postal_code="x", telephone="y") == ["postal_code_malformed", "telephone_malformed"]


@given(st.builds(WrittenAddress, **{name: st.text(max_size=20) for name in WrittenAddress.__struct_fields__}))
def test_whatever_is_written_is_answered_and_never_kept_without_a_list(written: WrittenAddress) -> None:
    checked = check_address(written, NO_PLACES)
    assert checked.wrong
    assert checked.address is None
    assert all(one.words.ja and one.words.en for one in checked.findings)
