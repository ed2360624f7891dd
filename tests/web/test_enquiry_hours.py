"""When a person answers, through the operators' door."""

from datetime import datetime

from servicehost.domain.enquiry_hours import JAPAN
from tests.builders.case_api import CaseApi
from tests.builders.world import CODE

NIGHT = round(datetime(2027, 1, 16, 2, 30, tzinfo=JAPAN).timestamp() * 1000)


async def test_every_kind_of_enquiry_says_from_when_on_somebody_answers(cases: CaseApi) -> None:
    cases.world.clock.now_ms = NIGHT
    items = (await cases.get(cases.anna, "enquiry-hours"))["items"]
    found = {one["enquiry"]: (one["open_now"], one["answers_from"]) for one in items}
    assert found == {
        "fault": (True, "2027-01-15T17:30:00.000Z"),
        "on_site": (True, "2027-01-15T17:30:00.000Z"),
        "usage": (False, "2027-01-16T00:00:00.000Z"),
        "procedure": (False, "2027-01-18T00:00:00.000Z"),
    }


async def test_a_request_at_night_without_the_option_says_when_a_person_answers(cases: CaseApi) -> None:
    cases.world.clock.now_ms = NIGHT
    asked = await cases.post(cases.anna, "exchanges", service_code=CODE)
    assert (asked["person"]["enquiry"], asked["person"]["open_now"]) == ("usage", False)
    assert "1月16日(土)9:00以降" in asked["person"]["text_ja"]
    await cases.world.workers()
    assert (await cases.get(cases.anna, "exchanges/1"))["verdict"] is not None


async def test_with_the_option_somebody_answers_at_any_hour(cases: CaseApi) -> None:
    cases.world.clock.now_ms = NIGHT
    await cases.post(cases.dispatcher, f"adapters/{CODE}/declared-locations", location="Tokyo 1-1", coverage="covered")
    await cases.call("PUT", f"adapters/{CODE}/option", cases.anna, json={})
    asked = await cases.post(cases.anna, "exchanges", service_code=CODE)
    assert (asked["person"]["enquiry"], asked["person"]["always"]) == ("on_site", True)
