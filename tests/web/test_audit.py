"""The audit and erasure over the API."""

import json
from typing import Any

from servicehost.domain.people import Actor
from tests.builders.case_api import CaseApi
from tests.builders.world import CODE, OTHER_TENANT, TENANT


async def lines(cases: CaseApi, actor: Actor, query: str = "") -> list[dict[str, Any]]:
    answer = await cases.call("GET", f"audit{query}", actor)
    assert answer.status == 200, answer.text
    assert answer.headers["Content-Type"] == "application/x-ndjson"
    return [json.loads(line) for line in answer.text.splitlines()]


async def test_an_operation_manager_reads_the_chain_of_their_own_contract_and_no_other(cases: CaseApi) -> None:
    await cases.call("PUT", f"adapters/{CODE}/config", cases.anna, json={"body": "b\n", "reason": "why"})
    own = await lines(cases, cases.anna)
    assert {line["chain"] for line in own} == {TENANT}
    for chain in ("system", OTHER_TENANT):
        assert await lines(cases, cases.anna, f"?chain={chain}") == []
    assert await lines(cases, cases.ben, f"?chain={TENANT}") == []


async def test_the_provider_reads_every_chain_page_by_page(cases: CaseApi) -> None:
    whole = await lines(cases, cases.support)
    assert {line["chain"] for line in whole} == {"system"}
    first = await lines(cases, cases.support, "?limit=2")
    rest = await lines(cases, cases.support, f"?after={first[-1]['number']}")
    assert [line["number"] for line in [*first, *rest]] == [line["number"] for line in whole]
    assert {line["chain"] for line in await lines(cases, cases.support, f"?chain={TENANT}")} == {TENANT}


async def test_a_record_says_from_where_and_with_which_token_its_actor_called(cases: CaseApi) -> None:
    order = {"service_codes": [CODE], "body": "b\n", "reason": "for the shop"}
    await cases.post(cases.anna, "pushes", **order)
    (pushed,) = [line for line in await lines(cases, cases.anna) if line["record"]["action"] == "push_config"]
    system = await lines(cases, cases.support)
    (logged_in,) = [line for line in system if line["record"]["actor"] == cases.anna.master_id]
    assert pushed["personal"] == {"reason": "for the shop", "source": "127.0.0.1"}
    assert pushed["record"]["token"] == logged_in["record"]["after"]["token"]
    assert len(pushed["record"]["token"]) == 12
    token = await cases.token_of(cases.anna)
    assert token not in json.dumps([pushed, logged_in])


async def test_a_person_is_erased_and_their_token_with_them(cases: CaseApi) -> None:
    assert (await cases.call("GET", "people/me", cases.anna)).status == 200
    path = f"people/{cases.anna.master_id}/erasure"
    answer = await cases.call("POST", path, cases.dispatcher, json={"reason": "she asked"})
    assert (answer.status, answer.text) == (204, "")
    assert (await cases.call("GET", "people/me", cases.anna)).status == 401
    (entered,) = [
        line
        for line in await lines(cases, cases.support, f"?chain={TENANT}")
        if line["record"]["action"] == "add_person"
    ]
    assert entered["personal"]["after/name"] == "erased"


async def test_an_erasure_that_cannot_be_is_refused_by_name(cases: CaseApi) -> None:
    mine, own = f"people/{cases.anna.master_id}/erasure", f"people/{cases.dispatcher.master_id}/erasure"
    named = f"contracts/{TENANT}/erasures"
    assert await cases.refused(cases.support, mine, reason="x") == (403, "no_right")
    assert await cases.refused(cases.anna, named, name="Sato", reason="x") == (403, "no_right")
    assert await cases.refused(cases.dispatcher, own, reason="x") == (409, "erases_oneself")
    assert await cases.refused(cases.dispatcher, mine, reason=" ") == (422, "body_invalid")
    assert await cases.refused(cases.dispatcher, "people/anna/erasure", reason="x") == (422, "path_invalid")
    assert await cases.refused(cases.dispatcher, "people/MID99999999/erasure", reason="x") == (404, "person_not_found")
    assert await cases.refused(cases.dispatcher, named, name="Sato", reason="x") == (404, "person_not_found")
    await cases.post(cases.anna, "exchanges", service_code=CODE, attendee="Sato")
    assert await cases.refused(cases.dispatcher, named, name="Sato", reason="x") == (409, "attends_open_exchange")
