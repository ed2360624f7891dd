"""On-site rights through the operators' door: location, option, site, eligibility, and the verdict that agrees."""

from typing import Any

import pytest

from servicehost.domain.instant import rfc3339
from tests.builders.case_api import CaseApi
from tests.builders.world import CODE, OLD, TENANT

HERE = f"adapters/{CODE}"


@pytest.fixture
async def rights(cases: CaseApi) -> CaseApi:
    """Anna's adapter has the option at a covered place."""
    await cases.post(cases.dispatcher, f"{HERE}/declared-locations", location="Tokyo 1-1", coverage="covered")
    answer = await cases.call("PUT", f"{HERE}/option", cases.anna, json={})
    assert (answer.status, answer.json["outcome"], answer.json["rule"]) == (200, "accepted", None)
    return cases


async def _reasons(api: CaseApi) -> list[str]:
    found = await api.get(api.anna, f"{HERE}/eligibility")
    assert found["eligible"] == (found["risks"] == [])
    assert all(risk["text_ja"] and risk["text_en"] and risk["remedy_ja"] for risk in found["risks"])
    return [risk["reason"] for risk in found["risks"]]


async def _verdict(api: CaseApi, **said: Any) -> Any:
    """Of a fault of the unit's own, with everything else in order."""
    asked = {"attendee": "Sato", "site": "staffed", **said}
    await api.post(api.anna, "exchanges", service_code=CODE, **asked)
    await api.post(api.support, "faults/1/triage", cause="natural", evidence="x")
    await api.post(api.dispatcher, "exchanges/1/facts", name="provider_downgrade", value=False)
    await api.world.workers()
    return await api.get(api.anna, "exchanges/1")


async def test_an_option_without_a_location_is_declined_by_its_rule(cases: CaseApi) -> None:
    refused = await cases.call("PUT", f"{HERE}/option", cases.anna, json={})
    assert (refused.status, refused.json["code"]) == (409, "no_declared_location")
    assert await _reasons(cases) == ["option_missing", "no_declared_location"]


async def test_an_option_where_nobody_has_looked_waits_for_a_dispatcher_with_a_reason(cases: CaseApi) -> None:
    await cases.post(cases.anna, f"{HERE}/declared-locations", location="Sado 1")
    asked = await cases.call("PUT", f"{HERE}/option", cases.anna, json={})
    assert (asked.json["outcome"], asked.json["rule"]) == ("needs_decision", "coverage_unknown")
    assert asked.json["rule_ja"]
    assert await _reasons(cases) == ["option_waiting", "coverage_unknown"]
    decision = f"{HERE}/option/decision"
    assert (await cases.refused(cases.anna, decision, accept=True, reason="x"))[0] == 403
    decided = await cases.post(cases.dispatcher, decision, accept=True, reason="sales agrees")
    assert (decided["state"], decided["reason"], await _reasons(cases)) == ("attached", "sales agrees", [])
    assert await cases.refused(cases.dispatcher, decision, accept=True, reason="x") == (409, "option_not_waiting")


async def test_a_new_location_suspends_the_right_until_it_is_decided_and_blocks_nothing(rights: CaseApi) -> None:
    assert await _reasons(rights) == []
    await rights.post(rights.anna, f"{HERE}/declared-locations", location="Osaka 2", reason="we move")
    assert await _reasons(rights) == ["coverage_unknown"]
    await rights.post(rights.anna, "pushes", service_codes=[CODE], body="still ours\n")
    await rights.post(rights.dispatcher, f"{HERE}/option/decision", accept=True, reason="drivers go there")
    assert await _reasons(rights) == []
    listed = (await rights.get(rights.anna, f"{HERE}/declared-locations"))["items"]
    assert [(one["location"], one["in_force"], one["declared_by"]) for one in listed] == [
        ("Tokyo 1-1", False, rights.dispatcher.master_id),
        ("Osaka 2", True, rights.anna.master_id),
    ]


async def test_a_location_declared_ahead_counts_from_its_instant_and_is_then_carried_over(rights: CaseApi) -> None:
    then = rights.world.clock.now_ms + 3_600_000
    await rights.post(
        rights.dispatcher,
        f"{HERE}/declared-locations",
        location="Nagoya 3",
        coverage="covered",
        effective_at=rfc3339(then),
    )
    assert (await rights.get(rights.anna, HERE))["terms"]["declared_location"] == "Tokyo 1-1"
    await rights.world.passes(3_600)
    assert (await rights.get(rights.anna, f"{HERE}/eligibility"))["declared"]["location"] == "Nagoya 3"
    assert await rights.world.ops.apply_locations(9) == 1
    assert await rights.world.ops.apply_locations(9) == 0
    assert (await rights.get(rights.anna, HERE))["terms"]["declared_location"] == "Nagoya 3"
    assert await _reasons(rights) == []


async def test_a_move_suspends_the_right_and_a_declaration_mends_it(rights: CaseApi) -> None:
    told = await rights.post(rights.anna, f"{HERE}/site", location="elsewhere")
    assert [risk["reason"] for risk in told["risks"]] == ["not_at_declared_location"]
    await rights.world.passes(60)
    await rights.post(rights.dispatcher, f"{HERE}/declared-locations", location="Osaka 2", coverage="covered")
    assert await _reasons(rights) == []
    await rights.post(rights.anna, f"{HERE}/site", location="elsewhere")
    assert await _reasons(rights) == ["not_at_declared_location"]


async def test_standby_suspends_the_right_and_entry_restores_it(rights: CaseApi) -> None:
    terms = f"{HERE}/terms"
    await rights.call("PUT", terms, rights.dispatcher, json={"item": "standby"})
    assert await _reasons(rights) == ["item_standby"]
    await rights.call("PUT", terms, rights.dispatcher, json={"item": "entry"})
    assert await _reasons(rights) == []


async def test_a_site_marked_before_the_fault_counts_in_the_verdict(rights: CaseApi) -> None:
    await rights.post(rights.anna, f"{HERE}/site", location="elsewhere")
    await rights.world.hello(OLD)
    case = await _verdict(rights)
    assert (case["verdict"], case["decided_by"]) == ("sendback", "not_at_declared_location")


async def test_an_eligible_adapter_gets_its_on_site_swap(rights: CaseApi) -> None:
    await rights.world.hello(OLD)
    assert (await _verdict(rights, location="declared"))["verdict"] == "onsite_swap"


async def test_an_option_suspended_by_a_new_place_is_none_in_the_verdict(rights: CaseApi) -> None:
    await rights.post(rights.anna, f"{HERE}/declared-locations", location="Osaka 2")
    await rights.world.hello(OLD)
    assert (await _verdict(rights, location="declared"))["decided_by"] == "rental_without_option"


async def test_rights_at_risk_are_listed_and_counted_for_each_contract(rights: CaseApi) -> None:
    await rights.post(rights.dispatcher, f"{HERE}/site", site="unmanned")
    found = await rights.get(rights.dispatcher, "eligibility")
    assert [one["service_code"] for one in found["items"]] == [CODE]
    assert {"management_code": TENANT, "adapters": 1, "with_option": 1, "at_risk": 1, "held": 0} in found["contracts"]
    assert len(found["contracts"]) == 2
    assert [one["management_code"] for one in (await rights.get(rights.anna, "eligibility"))["contracts"]] == [TENANT]
    assert (await rights.get(rights.ben, "eligibility"))["items"] == []


async def test_an_option_taken_off_is_gone(rights: CaseApi) -> None:
    assert (await rights.call("DELETE", f"{HERE}/option", rights.anna)).status == 204
    assert await _reasons(rights) == ["option_missing"]


async def test_what_is_not_said_or_not_ones_own_to_say_is_refused_by_name(rights: CaseApi) -> None:
    places, site = f"{HERE}/declared-locations", f"{HERE}/site"
    assert await rights.refused(rights.anna, site) == (422, "nothing_stated")
    assert await rights.refused(rights.anna, site, area="no_entry") == (403, "not_yours_to_state")
    assert await rights.refused(rights.anna, places, location="x", coverage="covered") == (403, "not_yours_to_state")
    assert await rights.refused(rights.support, places, location="x") == (403, "no_right")
    past = await rights.refused(rights.anna, places, location="x", effective_at="2001-01-01T00:00:00Z")
    assert past == (409, "effective_in_the_past")
    assert await rights.refused(rights.anna, places, location="x", effective_at="soon") == (422, "time_malformed")
