"""Units' lives, tables of units, ends of contracts and the history of bindings, through the operators' door."""

from typing import Any

import pytest

from servicehost.domain.life import PEOPLES_WORDS
from servicehost.settings.operators_door import OperatorsDoor
from servicehost.web.orders import LifeWord
from tests.builders.api import Answer, open_api
from tests.builders.case_api import CaseApi
from tests.builders.office import open_office
from tests.builders.world import CODE, NEW, OLD, distribution_id
from tests.operations.test_unit_rows import row, table

UNIT = f"units/{distribution_id(OLD)}"
CSV = {"Content-Type": "text/csv"}


async def say(cases: CaseApi, life: str, unit_id: int = OLD, **fields: Any) -> Answer:
    body = {"life": life, "reason": "told so", **fields}
    return await cases.call("PUT", f"units/{distribution_id(unit_id)}/life", cases.dispatcher, json=body)


async def send(cases: CaseApi, raw: bytes, query: str = "", **headers: str) -> Answer:
    return await cases.call("POST", f"units/imports{query}", cases.dispatcher, data=raw, headers=CSV | headers)


def test_the_words_people_may_say_are_those_the_rule_knows() -> None:
    assert [word.value for word in LifeWord] == [said.value for said in PEOPLES_WORDS]


async def test_a_units_life_is_shown_and_changed(cases: CaseApi) -> None:
    seen = (await cases.get(cases.anna, UNIT), await cases.get(cases.dispatcher, f"adapters/{CODE}"))
    assert (seen[0]["life"], seen[0]["life_reason"], seen[0]["ownership"]) == ("bound", "installed", "rental")
    assert seen[1]["unit"]["life"] == "bound"
    body = {"life": "stolen", "reason": "the shop was broken into"}
    answer = await cases.call("PUT", f"{UNIT}/life", cases.anna, json=body)
    assert (answer.status, answer.json["life"], answer.json["life_reason"]) == (200, "stolen", body["reason"])
    assert answer.json == await cases.get(cases.anna, UNIT)
    assert answer.json["life_since"].endswith("Z")


async def test_what_does_not_fit_a_units_life_is_a_conflict_that_says_what_to_do(cases: CaseApi) -> None:
    answer = await say(cases, "returned")
    assert (answer.status, answer.code) == (409, "unit_bound")
    assert "unbind" in answer.json["detail"]
    assert (await say(cases, "found")).code == "unit_not_missing"
    assert (await say(cases, "vanished")).code == "body_invalid"
    assert (await say(cases, "lost", reason=" ")).code == "body_invalid"
    assert (await say(cases, "lost", unit_id=99)).code == "unit_not_found"


async def test_a_unit_that_is_gone_is_neither_stocked_nor_bound(cases: CaseApi) -> None:
    assert (await say(cases, "retired", NEW)).status == 200
    box = {"distribution_id": distribution_id(NEW)}
    assert await cases.refused(cases.dispatcher, "spares", **box) == (409, "unit_retired")
    assert (await cases.call("DELETE", f"adapters/{CODE}/unit?reason=moved", cases.dispatcher)).status == 204
    assert await cases.refused(cases.dispatcher, f"adapters/{CODE}/unit", "PUT", **box) == (409, "unit_retired")


async def test_the_history_of_bindings_is_told_from_both_ends(cases: CaseApi) -> None:
    await cases.call("DELETE", f"adapters/{CODE}/unit?reason=moved", cases.dispatcher)
    again = {"distribution_id": distribution_id(OLD), "reason": "back again"}
    bound = await cases.call("PUT", f"adapters/{CODE}/unit", cases.dispatcher, json=again)
    assert (bound.json["unbound_at"], bound.json["unbound_reason"]) == (None, None)

    history = await cases.get(cases.anna, f"adapters/{CODE}/bindings")
    assert history == await cases.get(cases.anna, f"{UNIT}/bindings")
    assert [(one["reason"], one["unbound_reason"]) for one in history["items"]] == [
        ("installed", "moved"),
        ("back again", None),
    ]
    first = await cases.get(cases.anna, f"adapters/{CODE}/bindings?limit=1")
    assert (first["items"], first["next"]) == (history["items"][:1], 1)
    rest = await cases.get(cases.anna, f"adapters/{CODE}/bindings?after=1")
    assert (rest["items"], rest["next"]) == (history["items"][1:], None)
    assert await cases.get(cases.dispatcher, f"units/{distribution_id(NEW)}/bindings") == {"items": [], "next": None}
    for path, code in ((f"{UNIT}/bindings", "unit_not_found"), (f"adapters/{CODE}/bindings", "adapter_not_found")):
        assert (await cases.call("GET", path, cases.ben)).code == code


async def test_a_unit_is_registered_with_what_the_judgement_needs(cases: CaseApi) -> None:
    box = {"distribution_id": distribution_id(9), "model": "SA-W2", "serial": "9"}
    plain = await cases.post(cases.dispatcher, "units", **box)
    assert (plain["ownership"], plain["channel"], plain["life"]) == ("rental", "direct", "registered")
    box |= {"distribution_id": distribution_id(10), "serial": "10"}
    own = await cases.post(cases.dispatcher, "units", **box, ownership="brought_in", channel="reseller")
    assert (own["ownership"], own["channel"]) == ("brought_in", "reseller")
    assert await cases.get(cases.dispatcher, f"units/{distribution_id(10)}") == own


async def test_a_contract_ends_at_a_time_that_a_dispatcher_sets_and_takes_back(cases: CaseApi) -> None:
    body = {"out_of_service_at": "2030-01-31T00:00:00+09:00", "reason": "cancelled"}
    ended = await cases.call("PUT", f"adapters/{CODE}/end", cases.dispatcher, json=body)
    assert (ended.status, ended.json["out_of_service_at"]) == (200, "2030-01-30T15:00:00.000Z")
    assert cases.world.line.ended == []
    now = await cases.call("PUT", f"adapters/{CODE}/end", cases.dispatcher, json={})
    assert now.json["out_of_service_at"].startswith("2027-01-15")
    assert [unit for unit, _ in cases.world.line.ended] == [OLD]
    assert (await cases.call("DELETE", f"adapters/{CODE}/end", cases.dispatcher)).status == 204
    assert (await cases.get(cases.anna, f"adapters/{CODE}"))["out_of_service_at"] is None


@pytest.mark.parametrize("time", ["tomorrow", "2030-01-31", "2030-02-31T00:00:00Z", "2030-01-31T00:00:00"])
async def test_a_time_that_is_none_is_refused_by_name(cases: CaseApi, time: str) -> None:
    body = {"out_of_service_at": time}
    answer = await cases.call("PUT", f"adapters/{CODE}/end", cases.dispatcher, json=body)
    assert (answer.status, answer.code) == (422, "time_malformed")


async def test_a_table_is_tried_dry_then_taken_whole(cases: CaseApi) -> None:
    raw = table(row(101), row(102))
    dry = await send(cases, raw, "?dry_run=true")
    assert (dry.status, dry.json) == (200, {"units": 2, "dry_run": True})
    before = len((await cases.get(cases.dispatcher, "units"))["items"])
    done = await send(cases, raw, "?dry_run=false", **{"Content-Type": "text/csv; charset=utf-8"})
    assert (done.status, done.json) == (200, {"units": 2, "dry_run": False})
    assert len((await cases.get(cases.dispatcher, "units"))["items"]) == before + 2


async def test_everything_wrong_in_a_table_is_in_one_problem(cases: CaseApi) -> None:
    raw = table(row(101, channel="shop"), row(102, distribution_id=distribution_id(OLD)), row(103), row(103))
    answer = await send(cases, raw, "?dry_run=true")
    assert (answer.status, answer.code) == (422, "rows_invalid")
    assert [(one["line"], one["column"], one["code"]) for one in answer.json["errors"]] == [
        (2, "channel", "cell_unknown"),
        (3, "distribution_id", "unit_exists"),
        (5, "distribution_id", "row_twice"),
        (5, "serial", "row_twice"),
    ]
    assert all(one["detail"] for one in answer.json["errors"])
    assert answer.json["unlisted"] == 0


async def test_other_problems_list_nothing(cases: CaseApi) -> None:
    assert "errors" not in (await say(cases, "returned")).json


async def test_a_table_in_another_encoding_or_media_type_is_refused_by_name(cases: CaseApi) -> None:
    assert (await send(cases, "distribution_id,機種".encode("cp932"))).code == "csv_is_cp932"
    other = await send(cases, table(row(101)), **{"Content-Type": "application/json"})
    assert (other.status, other.code) == (415, "media_type_unsupported")
    assert "text/csv" in other.json["detail"]
    assert (await send(cases, table(row(101)), "?dry_run=perhaps")).code == "query_invalid"


async def test_a_table_over_the_bodys_bound_is_refused() -> None:
    office = await open_office()
    async with open_api(office, OperatorsDoor(max_body_bytes=262_144)) as api:
        raw = b"x" * 262_145
        answer = await api.call("POST", "units/imports", office.dispatcher, data=raw, headers=CSV)
        assert (answer.status, answer.code) == (413, "body_too_large")


async def test_the_address_of_tables_takes_nothing_but_tables(cases: CaseApi) -> None:
    answer = await cases.call("GET", "units/imports", cases.dispatcher)
    assert (answer.status, answer.code, answer.headers["Allow"]) == (405, "method_not_allowed", "POST")
    assert (await cases.call("GET", "units/imports/life", cases.dispatcher)).code == "not_found"
    assert (await cases.call("GET", "units/important", cases.dispatcher)).code == "distribution_id_malformed"


async def test_a_customer_sends_no_table(cases: CaseApi) -> None:
    answer = await cases.call("POST", "units/imports", cases.anna, data=table(row(101)), headers=CSV)
    assert (answer.status, answer.code) == (403, "no_right")
