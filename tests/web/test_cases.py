"""Faults and exchanges through the operators' door, on a real store."""

from collections.abc import Mapping
from typing import Any

import pytest

from servicehost.domain.contract import EVERYTHING
from servicehost.domain.exchange import ExchangeRefusal
from servicehost.web.problem_codes import STATUS
from tests.builders.case_api import CaseApi
from tests.builders.world import CODE, NEW, NEW_2, OLD, OTHER_CODE, OTHER_MODEL, distribution_id

ON_SITE = {"service_code": CODE, "attendee": "Sato", "site": "staffed", "location": "declared", "reason": "it is dead"}
ENTITLING = {"option": True, "declared_location": "Tokyo 1-1", "coverage": "covered"}


async def _fault(cases: CaseApi) -> None:
    """The unit raises a flash alarm and falls silent; triage says why."""
    await cases.world.hello(OLD)
    await cases.world.says(OLD, "hardware_alarm", "flash")
    await cases.world.falls_silent(OLD)
    await cases.post(cases.support, "faults/1/triage", cause="natural", evidence="flash alarm, then silence")


async def _granted(cases: CaseApi, *, option: bool = True) -> None:
    """An exchange with a verdict, whose unit is on its way."""
    terms = {**ENTITLING, "option": option}
    answer = await cases.call("PUT", f"adapters/{CODE}/terms", cases.dispatcher, json=terms)
    assert answer.status == 200
    await _fault(cases)
    await cases.post(cases.anna, "exchanges", **ON_SITE)
    await cases.post(cases.dispatcher, "exchanges/1/facts", name="provider_downgrade", value=False)
    await cases.world.workers()


async def _swapped(cases: CaseApi) -> None:
    await _granted(cases)
    await cases.world.passes(60)
    await cases.world.hello(NEW)
    await cases.world.workers()


async def _case(cases: CaseApi, number: int = 1) -> Any:
    return await cases.get(cases.anna, f"exchanges/{number}")


def _rule(case: Mapping[str, Any], code: str) -> Any:
    return next(line for line in case["trace"] if line["code"] == code)


async def test_a_request_with_facts_missing_names_them_and_who_must_supply_them(cases: CaseApi) -> None:
    asked = await cases.call("POST", "exchanges", cases.anna, json={"service_code": CODE})
    assert (asked.status, asked.headers["Location"]) == (201, "/api/v1/exchanges/1")
    assert (asked.json["state"], asked.json["verdict"]) == ("requested", None)

    await cases.world.workers()
    case = await _case(cases)
    assert (case["state"], case["verdict"], case["decided_by"]) == ("requested", "undecided", "not_hardware")
    (missing,) = case["missing"]
    assert (missing["fact"], missing["ask"], missing["differs"]) == ("cause", "triage", False)
    assert (missing["fact_en"], missing["ask_en"]) == ("the cause", "triage")
    assert missing["fact_ja"] == "故障の原因"
    rule = _rule(case, "not_hardware")
    assert rule["holds"] is None
    assert rule["fact"]["cause"] == {"value": None, "ask": "triage", "statements": []}


async def test_an_on_site_swap_is_walked_from_a_flash_alarm_to_a_closed_case(cases: CaseApi) -> None:
    await _swapped(cases)
    case = await _case(cases)
    assert (case["state"], case["verdict"], case["reasons"]) == ("swapped", "onsite_swap", [])
    assert len(case["trace"]) == 12
    assert all(line["holds"] is False and line["text_ja"] and line["text_en"] for line in case["trace"])
    stated = _rule(case, "not_hardware")["fact"]["cause"]["statements"]
    assert [(one["value"], one["source"], one["author"]) for one in stated] == [
        ("natural", "triage", cases.support.master_id)
    ]
    assert (case["charge"], len(case["charge_trace"]), case["charge_en"]) == ("none", 9, "Nothing is charged.")
    assert case["old_unit"] == {"distribution_id": distribution_id(OLD), "model_serial": "SA-W2-S1"}
    assert case["new_unit"] == {"distribution_id": distribution_id(NEW), "model_serial": "SA-W2-S2"}
    assert {point["point"]: point["holds"] for point in case["acceptance"]}["reports"] is False

    await cases.world.reports(NEW)
    await cases.world.workers()
    confirmed = await cases.post(cases.anna, "exchanges/1/confirmation")
    assert confirmed["state"] == "confirmed"
    await cases.world.workers()
    case, fault = await _case(cases), await cases.get(cases.anna, "faults/1")
    assert [step["state"] for step in case["steps"]][-5:] == ["arrived", "swapped", "accepted", "confirmed", "closed"]
    assert case["steps"][-2]["by"] == cases.anna.master_id
    assert all(point["holds"] and point["at"].endswith("Z") for point in case["acceptance"])
    assert (fault["phase"], fault["reason"], fault["exchanges"]) == ("closed", "exchanged", [1])


async def test_a_fault_shows_what_was_seen_and_stated(cases: CaseApi) -> None:
    await _fault(cases)
    fault = await cases.get(cases.anna, "faults/1")
    assert (fault["phase"], fault["cause"]) == ("triaged", "natural")
    assert fault["unit"] == {"distribution_id": distribution_id(OLD), "model_serial": "SA-W2-S1"}
    assert [(one["kind"], one["component"], one["times"]) for one in fault["symptoms"]] == [
        ("hardware_alarm", "flash", 1)
    ]
    (fact,) = fault["facts"]
    assert (fact["name"], fact["value"], fact["evidence"]) == ("cause", "natural", "flash alarm, then silence")


async def test_two_sources_that_differ_wait_for_a_dispatcher_who_settles_it(cases: CaseApi) -> None:
    await _fault(cases)
    await cases.call("PUT", f"adapters/{CODE}/terms", cases.dispatcher, json=ENTITLING)
    await cases.post(cases.anna, "exchanges", **ON_SITE)
    await cases.post(cases.dispatcher, "exchanges/1/facts", name="provider_downgrade", value=False)
    await cases.post(cases.support, "exchanges/1/facts", name="location", value="elsewhere", source="site")
    await cases.world.workers()
    (missing,) = (await _case(cases))["missing"]
    assert (missing["fact"], missing["ask"], missing["differs"]) == ("location", "dispatcher", True)

    await cases.world.passes(1)
    await cases.post(cases.dispatcher, "exchanges/1/facts", name="location", value="declared", settles=True)
    await cases.world.workers()
    assert (await _case(cases))["verdict"] == "onsite_swap"


async def test_a_sendback_swaps_at_the_managers_own_word(cases: CaseApi) -> None:
    await _granted(cases, option=False)
    assert (await _case(cases))["reasons"] == ["rental_without_option"]
    await cases.world.passes(60)
    said = await cases.post(cases.anna, "exchanges/1/swap")
    assert (said["state"], said["swap_now_by"]) == ("ordered", cases.anna.master_id)
    await cases.world.hello(NEW)
    assert (await _case(cases))["state"] == "swapped"


async def test_a_strangers_request_is_judged_and_declined(cases: CaseApi) -> None:
    await cases.post(cases.support, "exchanges", service_code=CODE)
    await cases.world.workers()
    case = await _case(cases)
    assert (case["state"], case["reason"], case["fault"]) == ("declined", "not_operation_manager", None)


async def test_a_customer_sees_only_the_spare_that_is_set_aside_for_them(cases: CaseApi) -> None:
    await cases.post(cases.anna, "exchanges", **ON_SITE)
    await cases.post(cases.support, "faults/1/triage", cause="natural", evidence="x")
    assert await cases.refused(cases.dispatcher, "exchanges/1/reservation", distribution_id=distribution_id(NEW_2)) == (
        409,
        "not_judged",
    )
    await cases.world.workers()
    order = {"distribution_id": distribution_id(NEW_2)}
    assert await cases.refused(cases.dispatcher, "exchanges/1/reservation", **order) == (409, "reserved_already")
    (seen,) = (await cases.get(cases.anna, "spares"))["items"]
    assert (seen["distribution_id"], seen["state"], seen["exchange"]) == (distribution_id(NEW), "reserved", 1)
    stock = (await cases.get(cases.dispatcher, "spares?limit=2"))["items"]
    assert [one["distribution_id"] for one in stock] == [distribution_id(NEW), distribution_id(NEW_2)]


async def test_a_step_that_keeps_failing_is_shown_and_sent_again(cases: CaseApi) -> None:
    for number in (NEW, NEW_2):
        await cases.world.store.batch(EVERYTHING, lambda batch, which=number: batch.drop_spare(which))  # type: ignore[misc]  # mypy cannot infer a lambda with a default
    await _granted(cases)
    for _ in range(6):
        await cases.world.passes(120)
        await cases.world.workers()
    (parked,) = (await cases.get(cases.anna, "reactions?parked=true"))["items"]
    assert (parked["operation"], parked["failure"], parked["tries"]) == ("reserve_unit", "no_spare", 5)

    await cases.post(cases.dispatcher, "spares", distribution_id=distribution_id(NEW))
    again = await cases.post(cases.dispatcher, f"reactions/{parked['reaction']}/resend")
    assert (again["parked_at"], again["tries"]) == (None, 0)
    await cases.world.workers()
    assert (await _case(cases))["state"] == "ordered"
    assert (await cases.get(cases.anna, "reactions"))["items"] == []


async def test_a_new_unit_that_is_dead_gives_the_old_one_its_place_back(cases: CaseApi) -> None:
    await _swapped(cases)
    failed = await cases.post(cases.anna, "exchanges/1/failure", failure="dead_on_arrival")
    assert (failed["state"], failed["reason"]) == ("failed", "dead_on_arrival")
    assert await cases.world.bound() == OLD


async def test_terms_are_recorded_shown_and_kept_where_left_out(cases: CaseApi) -> None:
    path = f"adapters/{CODE}/terms"
    first = await cases.call("PUT", path, cases.dispatcher, json={**ENTITLING, "ownership": "brought_in"})
    third = await cases.call("PUT", path, cases.dispatcher, json={"mobile": True})
    second = await cases.call("PUT", path, cases.dispatcher, json={"item": "standby"})
    assert (first.json["ownership"], first.json["mobile"]) == ("brought_in", False)
    assert (third.json["mobile"], second.json["mobile"]) == (True, True)
    assert (await cases.get(cases.anna, f"adapters/{CODE}"))["terms"] == second.json
    assert (second.json["option"], second.json["item"], second.json["channel"]) == (True, "standby", "direct")


async def test_faults_and_exchanges_are_listed_both_ways_and_counted(cases: CaseApi) -> None:
    for number in (1, 2, 3):
        await cases.post(cases.anna, "exchanges", service_code=CODE)
        await cases.post(cases.anna, f"exchanges/{number}/cancellation", reason="a mistake")
        await cases.post(cases.anna, f"faults/{number}/close", end="withdrawn")
    for kind, key in (("exchanges", "exchange"), ("faults", "fault")):
        newest = await cases.get(cases.anna, f"{kind}?limit=2&newest_first=true&service_code={CODE}")
        assert [one[key] for one in newest["items"]] == [3, 2]
        rest = await cases.get(cases.anna, f"{kind}?newest_first=true&after={newest['next']}")
        assert ([one[key] for one in rest["items"]], rest["next"]) == ([1], None)
    assert (await cases.get(cases.anna, "faults?open_only=true"))["items"] == []
    fleet = await cases.get(cases.anna, "fleet")
    assert (fleet["faults"]["closed"], fleet["exchanges"]["cancelled"], fleet["exchanges"]["swapped"]) == (3, 3, 0)


ON_ITS_WAY: list[tuple[str, str, dict[str, Any], str]] = [
    ("anna", "exchanges/1/confirmation", {}, "not_swapped"),
    ("anna", "exchanges/1/swap", {"attendee": "Suzuki"}, "not_the_attendee"),
    ("support", "exchanges/1/swap", {"attendee": "Sato"}, "consent_needed"),
    ("support", "exchanges/1/cancellation", {"reason": "x"}, "consent_needed"),
    ("anna", "exchanges/1/failure", {"failure": "lost_in_transit"}, "no_right"),
    ("anna", "exchanges/1/facts", {"name": "cause", "value": "natural"}, "not_yours_to_state"),
    ("anna", "exchanges/1/facts", {"name": "site", "value": "staffed", "settles": True}, "not_yours_to_state"),
    ("anna", "exchanges/1/facts", {"name": "site", "value": "haunted"}, "bad_fact"),
    ("anna", "exchanges/1/facts", {"name": "weather", "value": "fine"}, "body_invalid"),
    ("anna", "exchanges", {"service_code": CODE}, "exchange_open"),
    ("anna", "exchanges", {"service_code": OTHER_CODE}, "adapter_not_found"),
    ("anna", "exchanges", {**ON_SITE, "attended": False}, "attendance_contradicts"),
    ("anna", "exchanges", {**ON_SITE, "attendee": " "}, "body_invalid"),
    ("anna", "faults/1/close", {"end": "withdrawn"}, "exchange_open"),
    ("anna", "faults/1/close", {"end": "no_fault_found"}, "no_right"),
    ("anna", "faults/1/triage", {"cause": "natural", "evidence": "x"}, "no_right"),
    ("support", "faults/9/triage", {"cause": "natural", "evidence": "x"}, "fault_not_found"),
    ("support", "faults/1/triage", {"cause": "natural", "evidence": " "}, "body_invalid"),
    ("dispatcher", "exchanges/9/reservation", {"distribution_id": distribution_id(NEW)}, "exchange_not_found"),
    ("dispatcher", "spares", {"distribution_id": distribution_id(OLD)}, "unit_bound"),
    ("dispatcher", "spares", {"distribution_id": distribution_id(NEW)}, "unit_reserved"),
    ("dispatcher", "spares", {"distribution_id": distribution_id(99)}, "unit_not_found"),
    ("dispatcher", "reactions/99/resend", {}, "reaction_not_found"),
]


async def test_what_comes_too_early_or_from_the_wrong_person_is_refused_by_name(cases: CaseApi) -> None:
    await _granted(cases)
    for who, path, body, code in ON_ITS_WAY:
        assert await cases.refused(getattr(cases, who), path, **body) == (STATUS[code], code), (who, path)


async def test_the_wrong_model_is_set_aside_only_when_that_is_meant(cases: CaseApi) -> None:
    for number in (NEW, NEW_2):
        await cases.world.store.batch(EVERYTHING, lambda batch, which=number: batch.drop_spare(which))  # type: ignore[misc]  # mypy cannot infer a lambda with a default
    await _granted(cases)
    order = {"distribution_id": distribution_id(OTHER_MODEL)}
    assert await cases.refused(cases.dispatcher, "exchanges/1/reservation", **order) == (409, "wrong_model")
    not_there = {"distribution_id": distribution_id(NEW)}
    assert await cases.refused(cases.dispatcher, "exchanges/1/reservation", **not_there) == (409, "not_in_stock")
    meant = await cases.post(
        cases.dispatcher, "exchanges/1/reservation", **order, override=True, reason="nothing else is left"
    )
    assert meant["state"] == "reserved"


async def test_what_comes_after_the_swap_or_the_end_is_refused_by_name(cases: CaseApi) -> None:
    await _swapped(cases)
    assert await cases.refused(cases.anna, "exchanges/1/confirmation") == (409, "not_accepted")
    assert await cases.refused(cases.anna, "exchanges/1/cancellation", reason="x") == (409, "swapped_already")
    await cases.world.reports(NEW)
    await cases.world.workers()
    await cases.post(cases.anna, "exchanges/1/confirmation")
    dead = {"failure": "dead_on_arrival"}
    assert await cases.refused(cases.anna, "exchanges/1/failure", **dead) == (409, "confirmed_already")
    await cases.world.workers()
    assert await cases.refused(cases.anna, "exchanges/1/failure", **dead) == (409, "exchange_ended")
    late = {"name": "site", "value": "staffed"}
    assert await cases.refused(cases.anna, "exchanges/1/facts", **late) == (409, "exchange_ended")
    found = {"cause": "natural", "evidence": "x"}
    assert await cases.refused(cases.support, "faults/1/triage", **found) == (409, "fault_closed")


@pytest.mark.parametrize("refusal", ExchangeRefusal)
def test_every_refusal_of_the_exchanges_table_is_a_conflict_with_an_entry(refusal: ExchangeRefusal) -> None:
    assert STATUS[refusal] == 409
