"""Depots, overrides, reopenings and replacements through the operators' door, on a real store."""

from typing import Any

import pytest

from tests.builders.case_api import CaseApi
from tests.builders.stories import SENDBACK, tell
from tests.builders.world import CODE, NEW, NEW_2, OLD, OTHER_MODEL, distribution_id


async def _judged(cases: CaseApi) -> None:
    """A sendback that waits for a unit to be taken into stock; what waited is parked."""
    for unit_id in (NEW, NEW_2):
        await cases.world.store.batch(cases.dispatcher.scope, lambda batch, one=unit_id: batch.drop_spare(one))  # type: ignore[misc]  # mypy cannot infer a lambda with a default
    await tell(cases.world, SENDBACK[:5])
    await _settled(cases)


async def _settled(cases: CaseApi) -> None:
    for _ in range(6):
        await cases.world.passes(60)
        await cases.world.ops.run_reactions()


async def test_the_customer_reads_what_the_rules_said_and_what_was_decided_otherwise(cases: CaseApi) -> None:
    await _judged(cases)
    order = {"verdict": "onsite_swap", "reason": "their only line"}
    answer = await cases.call("POST", "exchanges/1/override", cases.dispatcher, json=order)
    assert answer.status == 200
    await _settled(cases)
    case = await cases.get(cases.anna, "exchanges/1")
    assert (case["verdict"], case["ruled"], case["decided_by"]) == ("onsite_swap", "sendback", "rental_without_option")
    assert (case["override"]["reason"], case["override"]["by"]) == ("their only line", cases.dispatcher.master_id)
    assert "駆けつけ交換を実施します" in case["override"]["text_ja"]
    assert case["verdict_en"].startswith("The rules say: The unit is exchanged by standard sendback. A dispatcher (MID")
    assert "has decided otherwise: A driver swaps the unit on site." in case["verdict_en"]
    assert case["verdict_en"].endswith("Reason: their only line")
    assert len(case["trace"]) == 12
    page = await cases.call("POST", "exchanges/1/override/withdrawal", cases.dispatcher, json={"reason": "no driver"})
    assert page.status == 200
    await _settled(cases)
    case = await cases.get(cases.anna, "exchanges/1")
    assert (case["verdict"], case["override"]) == ("sendback", None)
    assert [(one["verdict"], one["withdrawn_reason"]) for one in case["overrides"]] == [("onsite_swap", "no driver")]


async def test_an_undecided_verdict_cannot_be_said_over_the_rules(cases: CaseApi) -> None:
    order = {"verdict": "undecided", "reason": "x"}
    assert await cases.refused(cases.dispatcher, "exchanges/1/override", **order) == (422, "bad_verdict")


async def test_a_downgrade_without_a_reason_is_refused_and_one_with_it_shows_it_in_the_trace(cases: CaseApi) -> None:
    await _judged(cases)
    fact: dict[str, Any] = {"name": "provider_downgrade", "value": True}
    assert await cases.refused(cases.dispatcher, "exchanges/1/facts", **fact) == (422, "no_reason")
    await cases.post(cases.dispatcher, "exchanges/1/facts", **fact, reason="the road is flooded")
    await _settled(cases)
    case = await cases.get(cases.anna, "exchanges/1")
    rule = next(line for line in case["trace"] if line["code"] == "provider_closed_area")
    (stated,) = rule["fact"]["provider_downgrade"]["statements"]
    assert (stated["reason"], stated["author"]) == ("the road is flooded", cases.dispatcher.master_id)
    assert stated["time"]


async def test_a_reservation_names_what_does_not_fit(cases: CaseApi) -> None:
    await _judged(cases)
    order = {"distribution_id": distribution_id(OTHER_MODEL)}
    assert await cases.refused(cases.dispatcher, "exchanges/1/reservation", **order) == (409, "wrong_model")
    assert await cases.refused(cases.dispatcher, "exchanges/1/reservation", **order, override=True) == (
        422,
        "no_reason",
    )
    await cases.post(cases.dispatcher, "exchanges/1/reservation", **order, override=True, reason="nothing else")
    (reservation,) = (await cases.get(cases.anna, "exchanges/1"))["reservations"]
    assert reservation["override"] == "nothing else"
    assert [one["code"] for one in reservation["misfits"] if one["severity"] == "blocking"] == ["other_model"]
    assert reservation["why_ja"] == "手配担当が機器を指定しました。"


async def test_a_closed_exchange_is_reopened_by_the_one_who_saw_it(cases: CaseApi) -> None:
    await tell(cases.world, SENDBACK)
    answer = await cases.call("POST", "exchanges/1/reopening", cases.anna, json={"saw": "it restarts"})
    assert (answer.status, answer.json["state"], answer.json["round"]) == (200, "requested", 2)
    assert await cases.refused(cases.anna, "exchanges/1/reopening", saw="again") == (409, "not_closed")


async def test_a_replacement_answers_with_its_job_and_status(cases: CaseApi) -> None:
    await cases.world.hello(OLD)
    order = {"unit": distribution_id(NEW), "discard": ["waiting_pushes"], "reason": "it was at hand"}
    await cases.post(cases.anna, "pushes", service_codes=[CODE], body="b\n")
    answer = await cases.call("POST", f"adapters/{CODE}/replace", cases.dispatcher, json=order)
    assert (answer.status, answer.headers["Location"]) == (201, "/api/v1/exchanges/1")
    job = answer.json
    assert (job["exchange"], job["status"], job["discarded"]) == (1, "swapped", ["waiting_pushes"])
    assert job["old_unit"]["distribution_id"] == distribution_id(OLD)
    assert job["new_unit"]["distribution_id"] == distribution_id(NEW)
    (push,) = (await cases.get(cases.anna, "pushes"))["items"]
    assert (push["phase"], push["reason"]) == ("cancelled", "unit_replaced")


@pytest.mark.parametrize("path", ["depots", "stock"])
async def test_stock_is_not_for_customers(cases: CaseApi, path: str) -> None:
    assert (await cases.call("GET", path, cases.anna)).status == 403
    assert (await cases.call("GET", path, cases.support)).status == 200


async def test_a_depots_name_is_checked_before_anything_else(cases: CaseApi) -> None:
    answer = await cases.call("PUT", "depots/East%20End", cases.dispatcher, json={"label": "x"})
    assert (answer.status, answer.code) == (422, "path_invalid")
