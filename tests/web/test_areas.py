"""Closed areas at the operators' door, and locations that say where they lie."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.builders.area_orders import on_site_order, settle
from tests.builders.case_api import CaseApi, open_case_api
from tests.builders.world import CODE

PLACE = {"postal_code": "102-0071", "prefecture": "東京都", "municipality": "千代田区"}
CLOSING = {"code": "13", "reason": "台風", "review_at": "2033-01-01T00:00:00Z"}


@pytest.fixture
async def cases(tmp_path: Path) -> AsyncIterator[CaseApi]:
    async with open_case_api(tmp_path) as opened:
        yield opened


async def test_an_area_is_closed_decided_and_opened_and_the_customer_reads_the_notice(cases: CaseApi) -> None:
    await on_site_order(cases.world)
    area = await cases.post(cases.dispatcher, "areas", **CLOSING)
    assert (area["area"], area["name"], area["closed"], area["review_due"]) == (1, "東京都", True, False)
    eligibility = await cases.get(cases.anna, f"adapters/{CODE}/eligibility")
    assert "provider_closed_area" in [risk["rule"] for risk in eligibility["risks"]]
    word = {"kind": "downgrade", "accept": True, "reason": "道路が通れない"}
    (decided,) = (await cases.post(cases.dispatcher, "areas/1/decisions", **word))["items"]
    (seen,) = (await cases.get(cases.anna, "area-proposals?area=1&state=accepted"))["items"]
    assert seen == decided
    assert "センドバック" in seen["notice_ja"]
    assert (await cases.get(cases.ben, "area-proposals"))["items"] == []
    await settle(cases.world)
    reopened = await cases.post(cases.dispatcher, "areas/1/reopening", reason="復旧")
    assert (reopened["closed"], reopened["end_reason"]) == (False, "復旧")
    (restore,) = (await cases.get(cases.dispatcher, "area-proposals?state=open"))["items"]
    path = f"area-proposals/{restore['proposal']}/decision"
    assert (await cases.post(cases.dispatcher, path, accept=False, reason="手配済み"))["state"] == "declined"
    assert (await cases.get(cases.anna, "areas?closed=true"))["items"] == []
    assert len((await cases.get(cases.anna, "areas"))["items"]) == 1


async def test_open_faults_are_counted_by_municipality(cases: CaseApi) -> None:
    await on_site_order(cases.world)
    counted = await cases.get(cases.dispatcher, "areas/faults")
    assert [(one["name"], one["faults"], one["many"]) for one in counted["items"]] == [("東京都千代田区", 1, False)]


async def test_only_a_dispatcher_closes(cases: CaseApi) -> None:
    assert await cases.refused(cases.anna, "areas", **CLOSING) == (403, "no_right")
    assert await cases.refused(cases.dispatcher, "areas", code="13", reason="x") == (409, "review_missing")
    assert await cases.refused(cases.dispatcher, "areas", code="13999", reason="x") == (409, "area_unknown")


async def test_a_location_that_says_where_it_lies_is_covered_without_a_decision(cases: CaseApi) -> None:
    path = f"adapters/{CODE}/declared-locations"
    declared = await cases.post(cases.anna, path, location="東京都千代田区富士見 1-1", place=PLACE)
    assert (declared["municipality_code"], declared["coverage"]) == ("13101", "covered")
    assert declared["postal_code"] == "102-0071"


async def test_an_island_waits_for_a_decision(cases: CaseApi) -> None:
    place = {"postal_code": "100-1401", "prefecture": "東京都", "municipality": "八丈町"}
    path = f"adapters/{CODE}/declared-locations"
    declared = await cases.post(cases.anna, path, location="東京都八丈町大賀郷", place=place)
    assert declared["coverage"] == "island"
    answer = await cases.call("PUT", f"adapters/{CODE}/option", cases.anna, json={})
    assert (answer.json["outcome"], answer.json["rule"]) == ("needs_decision", "on_an_island")


async def test_a_location_in_words_alone_still_waits_for_a_decision(cases: CaseApi) -> None:
    declared = await cases.post(cases.anna, f"adapters/{CODE}/declared-locations", location="東京都千代田区")
    assert (declared["municipality_code"], declared["coverage"]) == (None, None)


async def test_a_place_that_contradicts_itself_is_refused_and_a_doubt_needs_a_reason(cases: CaseApi) -> None:
    path = f"adapters/{CODE}/declared-locations"
    wrong = PLACE | {"municipality": "港区"}
    assert await cases.refused(cases.anna, path, location="x", place=wrong) == (409, "postal_code_elsewhere")
    new = PLACE | {"postal_code": "999-9999"}
    assert await cases.refused(cases.anna, path, location="x", place=new) == (409, "postal_code_unknown")
    taken = await cases.post(cases.anna, path, location="x", place=new, reason="郵便局に確認済み")
    assert taken["postal_code"] == "999-9999"
