"""Units that wait for a certificate, as people see them and decide."""

from tests.builders.case_api import CaseApi
from tests.builders.waiting_units import waits
from tests.builders.world import NEW, OLD, distribution_id


async def test_a_dispatcher_sees_who_waits_and_says_yes(cases: CaseApi) -> None:
    await waits(cases, OLD)
    await waits(cases, NEW)
    listed = await cases.get(cases.dispatcher, "enrolment-requests?state=pending&limit=1")
    assert ([one["request"] for one in listed["items"]], listed["next"]) == ([1], 1)
    shown = listed["items"][0]
    assert (shown["distribution_id"], shown["way"], shown["decided_at"]) == (distribution_id(OLD), "permission", None)
    decided = await cases.post(cases.dispatcher, "enrolment-requests/1/approval")
    assert (decided["state"], decided["decided_by"]) == ("approved", cases.dispatcher.master_id)
    assert await cases.get(cases.dispatcher, "enrolment-requests/1") == decided
    rest = await cases.get(cases.dispatcher, "enrolment-requests?state=pending")
    assert [one["request"] for one in rest["items"]] == [2]


async def test_a_no_needs_a_reason_and_only_one_is_said(cases: CaseApi) -> None:
    await waits(cases, OLD)
    assert await cases.refused(cases.dispatcher, "enrolment-requests/1/denial") == (422, "body_invalid")
    decided = await cases.post(cases.dispatcher, "enrolment-requests/1/denial", reason="wrong box")
    assert (decided["state"], decided["reason"]) == ("denied", "wrong box")
    refused = await cases.refused(cases.dispatcher, "enrolment-requests/1/denial", reason="again")
    assert refused == (409, "request_decided")


async def test_a_customer_sees_their_own_units_and_decides_nothing(cases: CaseApi) -> None:
    await waits(cases, OLD)
    await waits(cases, NEW)
    mine = await cases.get(cases.anna, "enrolment-requests")
    assert [one["request"] for one in mine["items"]] == [1]
    assert (await cases.get(cases.ben, "enrolment-requests"))["items"] == []
    assert await cases.refused(cases.ben, "enrolment-requests/1", "GET") == (404, "request_not_found")
    assert await cases.refused(cases.anna, "enrolment-requests/1/approval") == (403, "no_right")
    assert await cases.refused(cases.support, "enrolment-requests/1/approval") == (403, "no_right")
    assert await cases.refused(cases.dispatcher, "enrolment-requests/9/approval") == (404, "request_not_found")
