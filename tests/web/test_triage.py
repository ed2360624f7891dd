"""The guided triage through the operators' door, on a real store."""

import pytest

from tests.builders.case_api import CaseApi
from tests.builders.world import CODE, NEW, OLD

DARK = {"question": "power_lamp", "reply": "dark", "note": "she looked twice"}


@pytest.fixture
async def silent(cases: CaseApi) -> CaseApi:
    """The unit reports, then falls silent for long."""
    world = cases.world
    await world.hello(OLD)
    await world.reports(OLD)
    await world.falls_silent(OLD)
    await world.passes(700)
    await world.workers()
    return cases


async def test_a_triage_shows_evidence_questions_and_what_to_ask_next(silent: CaseApi) -> None:
    triage = await silent.get(silent.anna, "faults/1/triage")
    assert (triage["fault"]["service_code"], triage["fault"]["phase"]) == (CODE, "suspected")
    evidence = triage["evidence"]
    assert (evidence["presence"], evidence["ending"], evidence["boot_cause"]) == (
        "disconnected", "silent", "power_on"
    )  # fmt: skip
    assert evidence["silent_since"] < triage["fault"]["opened_at"]
    assert [one["kind"] for one in evidence["symptoms"]] == ["silence"]
    assert len(evidence["report_gaps_s"]) == 3
    assert all(line["text_ja"] and line["text_en"] for line in evidence["lines"])
    assert (triage["proposal"]["cause"], triage["next_question"]) == (None, "site_power")
    assert len(triage["questions"]) == 12
    first = triage["questions"][0]
    assert (first["replies"], first["reply"], first["worth_asking"]) == (["yes", "no", "cannot_say"], None, True)


async def test_the_manager_and_support_answer_and_the_proposal_follows_with_its_reasons(silent: CaseApi) -> None:
    await silent.post(silent.anna, "faults/1/triage/answers", question="site_power", reply="yes")
    triage = await silent.post(silent.support, "faults/1/triage/answers", **DARK)
    proposal = triage["proposal"]
    assert (proposal["cause"], proposal["where"], proposal["rule"]) == ("natural", None, "dark_with_power")
    assert {one["clue"]: one["speaks_for"] for one in proposal["reasons"]} == {
        "unit_dark": True,
        "site_dark": True,
        "unwell": False,
    }
    (said,) = next(one["answers"] for one in triage["questions"] if one["question"] == "power_lamp")
    assert (said["source"], said["author"], said["note"], said["reply_en"]) == (
        "support_by_phone", silent.support.master_id, "she looked twice", "dark"
    )  # fmt: skip
    assert triage == await silent.get(silent.anna, "faults/1/triage")


async def test_a_decision_against_the_proposal_is_refused_without_a_reason_and_kept_with_one(cases: CaseApi) -> None:
    await cases.world.hello(OLD)
    await cases.world.says(OLD, "hardware_alarm", "flash")
    body = {"cause": "negligence", "evidence": "it lay on the floor"}
    assert await cases.refused(cases.support, "faults/1/triage", **body) == (409, "reason_needed")
    await cases.post(cases.support, "faults/1/triage", **body, reason="they say it fell")
    (finding,) = (await cases.get(cases.anna, "faults/1/triage"))["findings"]
    assert (finding["cause"], finding["proposed"], finding["rule"], finding["reason"]) == (
        "negligence", "natural", "hardware_spoke", "they say it fell"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("path", "body", "refusal"),
    [
        ("faults/9/triage/answers", DARK, (404, "fault_not_found")),
        ("faults/1/triage/answers", {"question": "water", "reply": "dark"}, (422, "bad_answer")),
        ("faults/1/triage/answers", {"question": "fire", "reply": "yes"}, (422, "body_invalid")),
        ("faults/1/triage/answers", {"question": "water", "reply": "yes", "note": "x" * 1_001}, (422, "body_invalid")),
    ],
)
async def test_what_cannot_be_answered_is_refused_by_name(
    silent: CaseApi, path: str, body: dict[str, str], refusal: tuple[int, str]
) -> None:
    assert await silent.refused(silent.anna, path, **body) == refusal


async def test_a_closed_fault_is_not_asked_about_any_more(silent: CaseApi) -> None:
    await silent.world.hello(OLD)
    await silent.world.workers()
    assert await silent.refused(silent.anna, "faults/1/triage/answers", **DARK) == (409, "fault_closed")
    assert (await silent.get(silent.anna, "faults/1/triage"))["fault"]["phase"] == "closed"


async def test_another_customer_sees_and_answers_nothing(silent: CaseApi) -> None:
    await silent.world.hello(NEW)
    assert (await silent.call("GET", "faults/1/triage", silent.ben)).json["code"] == "fault_not_found"
    assert await silent.refused(silent.ben, "faults/1/triage/answers", **DARK) == (404, "fault_not_found")
