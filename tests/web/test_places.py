"""The list of places at the operators' door: its age stands beside whatever rests on it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from servicehost.web.api.places import EXAMPLE
from servicehost.web.place_answers import today_in_japan
from tests.builders.case_api import CaseApi, open_case_api
from tests.builders.world import CODE


@pytest.fixture
async def cases(tmp_path: Path) -> AsyncIterator[CaseApi]:
    async with open_case_api(tmp_path) as opened:
        yield opened


async def test_the_age_of_the_list_is_shown_wherever_it_is_used(cases: CaseApi) -> None:
    age = await cases.get(cases.anna, "places")
    assert age["as_of"] >= "2026-10-03"
    for path in ("places/prefectures", "places/municipalities", "places/postal-codes/102-0071"):
        assert (await cases.get(cases.anna, path))["list"] == age
    assert (await cases.post(cases.anna, "places/check", **EXAMPLE))["list"] == age


async def test_a_good_address_is_valid_and_is_answered_as_it_would_be_kept(cases: CaseApi) -> None:
    checked = await cases.post(cases.anna, "places/check", **EXAMPLE | {"postal_code": "１０２００７１"})
    assert (checked["valid"], checked["findings"]) == (True, [])
    assert checked["address"]["municipality_code"] == "13101"
    assert checked["address"]["postal_code"] == "102-0071"


async def test_what_contradicts_itself_is_named_in_both_languages(cases: CaseApi) -> None:
    checked = await cases.post(
        cases.anna, "places/check", **EXAMPLE | {"postal_code": "100-8111", "municipality": "港区"}
    )
    (finding,) = checked["findings"]
    assert (checked["valid"], checked["address"], finding["doubt"]) == (False, None, False)
    assert finding["code"] == "postal_code_elsewhere"
    assert "千代田区" in finding["text_ja"]
    assert finding["text_en"]


async def test_an_unknown_postal_code_is_a_doubt(cases: CaseApi) -> None:
    checked = await cases.post(cases.anna, "places/check", **EXAMPLE | {"postal_code": "999-9999"})
    assert [(one["code"], one["doubt"]) for one in checked["findings"]] == [("postal_code_unknown", True)]
    assert checked["valid"] is False
    assert checked["address"]["postal_code"] == "999-9999"


async def test_municipalities_are_listed_part_by_part(cases: CaseApi) -> None:
    first = await cases.get(cases.anna, "places/municipalities?prefecture=13&limit=60")
    rest = await cases.get(cases.anna, f"places/municipalities?prefecture=13&after={first['next']}")
    codes = [one["code"] for one in first["items"] + rest["items"]]
    assert codes == sorted(set(codes))
    assert {code[:2] for code in codes} == {"13"}
    assert rest["next"] is None
    assert len(codes) == 62


async def test_a_postal_code_on_a_border_lies_in_both(cases: CaseApi) -> None:
    answer = await cases.get(cases.anna, "places/postal-codes/4980000")
    assert [one["prefecture"] for one in answer["items"]] == ["愛知県", "三重県"]
    assert (await cases.call("GET", "places/postal-codes/49800", cases.anna)).code == "path_invalid"


def test_the_day_in_japan_begins_nine_hours_before_that_of_greenwich() -> None:
    assert today_in_japan(15 * 3_600_000).isoformat() == "1970-01-02"
    assert today_in_japan(15 * 3_600_000 - 1).isoformat() == "1970-01-01"


async def test_a_shipping_address_is_kept_with_its_history(cases: CaseApi) -> None:
    path = f"adapters/{CODE}/shipping-address"
    first = (await cases.call("PUT", path, cases.anna, json=EXAMPLE)).json
    again = (await cases.call("PUT", path, cases.dispatcher, json=EXAMPLE)).json
    assert first == again
    assert first["address"]["postal_code"] == "102-0071"
    await cases.call("PUT", path, cases.dispatcher, json=EXAMPLE | {"rest": "富士見 9-9"})
    before, *said = (await cases.get(cases.anna, f"adapters/{CODE}/shipping-addresses"))["items"]
    assert before["number"] < said[0]["number"]
    assert [one["address"]["rest"] for one in said] == ["富士見 2-10-2", "富士見 9-9"]
    assert said[0]["list"] == await cases.get(cases.anna, "places")


async def test_a_shipping_address_is_refused_by_name_and_a_doubt_is_settled_by_a_word(cases: CaseApi) -> None:
    path = f"adapters/{CODE}/shipping-address"
    for changes, code in (
        ({"postal_code": "999-9999"}, "postal_code_unknown"),
        ({"telephone": "1"}, "telephone_malformed"),
        ({"addressee": ""}, "addressee_missing"),
    ):
        assert await cases.refused(cases.anna, path, "PUT", **EXAMPLE | changes) == (409, code)
    doubtful = EXAMPLE | {"postal_code": "999-9999", "word": "郵便局に確認済み"}
    assert (await cases.call("PUT", path, cases.anna, json=doubtful)).json["word"] == "郵便局に確認済み"
    assert await cases.refused(cases.support, path, "PUT", **EXAMPLE) == (403, "no_right")
    assert await cases.refused(cases.ben, path, "PUT", **EXAMPLE) == (404, "adapter_not_found")
