"""Errands over the operators' door."""

from typing import Any

import pytest

from servicehost.domain.exchange import ExchangeState
from servicehost.domain.instant import rfc3339
from servicehost.domain.miss import MissReason
from tests.builders.case_api import CaseApi
from tests.builders.stories import ON_SITE, SENDBACK, until
from tests.builders.world import TENANT

HOUR = 3_600_000


async def ordered(api: CaseApi) -> int:
    """A swap on site is ordered; the instant."""
    await until(api.world, ON_SITE, ExchangeState.ORDERED)
    return api.world.clock.wall()


def a_window(now: int, hours: int = 2) -> dict[str, str]:
    return {"from_at": rfc3339(now + hours * HOUR), "until_at": rfc3339(now + (hours + 2) * HOUR)}


async def appoint(api: CaseApi, now: int, **more: Any) -> Any:
    await api.post(api.dispatcher, "exchanges/1/appointments", windows=[a_window(now), a_window(now, 24)])
    fields = {"window": a_window(now), "attendee": "鈴木 一郎", "telephone": "03-1234-5678"} | more
    return await api.post(api.anna, "exchanges/1/appointments/agreement", **fields)


async def test_an_appointment_goes_from_its_windows_to_an_agreement_and_to_another_with_a_reason(
    cases: CaseApi,
) -> None:
    now = await ordered(cases)
    answer = await appoint(cases, now, cabling="WANは1番ポート")
    (one,) = answer["appointments"]
    assert (one["state"], one["state_ja"], one["window"]) == ("agreed", "ご訪問日時確定", a_window(now))
    assert one["attendee"] == {"name": "鈴木 一郎", "telephone": "03-1234-5678", "delegate": None}
    assert answer["target_at"] == a_window(now)["until_at"]
    path = "exchanges/1/appointments"
    assert await cases.refused(cases.anna, path, windows=[a_window(now, 30)]) == (409, "change_needs_reason")
    changed = await cases.post(cases.anna, path, windows=[a_window(now, 30)], reason="停電のため")
    assert [(one["state"], one["reason"]) for one in changed["appointments"]] == [
        ("changed", "停電のため"),
        ("proposed", None),
    ]


async def test_times_are_reported_and_lateness_is_told_in_both_languages(cases: CaseApi) -> None:
    now = await ordered(cases)
    path = "exchanges/1/errand/times"
    departed = {"milestone": "departed", "at": rfc3339(now)}
    expected = {"milestone": "arrived", "at": rfc3339(now + 5 * HOUR), "estimated": True}
    driver = {"name": "田中 次郎", "telephone": "090-0000-0000", "company": "例示運送"}
    answer = await cases.post(cases.dispatcher, path, times=[departed, expected], driver=driver)
    assert answer["driver"] == driver
    assert [one["milestone_ja"] for one in answer["times"]] == ["出発", "現地到着", "作業開始", "作業完了"]
    assert answer["times"][0]["actual_at"] == rfc3339(now)
    assert answer["lateness"]["punctuality"] == "expected_late"
    await cases.world.passes(5 * 3_600)
    arrived = {"milestone": "arrived", "at": rfc3339(now + 5 * HOUR)}
    assert await cases.refused(cases.dispatcher, path, times=[arrived]) == (409, "lateness_reason_required")
    late = (await cases.post(cases.dispatcher, path, times=[arrived], reason="traffic"))["lateness"]
    assert (late["punctuality_ja"], late["by_s"], late["reason_ja"], late["reason_wanted"]) == (
        "遅れて到着",
        3_600,
        "交通事情",
        False,
    )
    again = await cases.post(cases.dispatcher, "exchanges/1/errand/lateness", reason="weather")
    assert again["lateness"]["reason"] == "weather"
    assert (await cases.get(cases.anna, "exchanges/1"))["state"] == "arrived"


async def test_a_visit_that_came_to_nothing_waits_for_another_appointment(cases: CaseApi) -> None:
    now = await ordered(cases)
    await appoint(cases, now)
    path = "exchanges/1/errand/missed-visits"
    answer = await cases.post(cases.dispatcher, path, reason="no_entry", note="警備室で断られた")
    assert (answer["visit"], answer["target_at"], answer["state"]) == (2, None, "ordered")
    assert answer["missed_visits"][0]["reason_ja"] == "入館・入室不可"
    assert answer["lateness"]["punctuality"] == "no_target"
    assert (await appoint(cases, now))["appointments"][-1]["state"] == "agreed"


async def test_a_shipment_shows_its_times_and_the_way_back_in_the_same_shape(cases: CaseApi) -> None:
    await until(cases.world, SENDBACK, ExchangeState.ORDERED)
    now = rfc3339(cases.world.clock.wall())
    times = [{"milestone": "departed", "at": now}, {"milestone": "arrived", "at": now}]
    await cases.post(cases.dispatcher, "exchanges/1/errand/times", times=times, tracking="4123-5678")
    await cases.world.ops.run_reactions()
    answer = await cases.get(cases.anna, "exchanges/1/errand")
    assert [(one["milestone_ja"], one["actual_at"]) for one in answer["times"]] == [("発送", now), ("お届け", now)]
    assert (answer["tracking"], answer["lateness"]["punctuality"]) == ("4123-5678", "on_time")
    assert (answer["unit_return"]["state"], answer["unit_return"]["received_at"]) == ("due", None)


@pytest.mark.parametrize(
    ("path", "body", "refusal"),
    [
        ("errand/times", {"times": []}, (409, "nothing_reported")),
        ("errand/times", {"times": [{"milestone": "arrived", "at": "soon"}]}, (422, "time_malformed")),
        ("errand/times", {"reason": "aliens"}, (422, "body_invalid")),
        ("errand/times", {"driver": {"name": "x", "telephone": "call me"}}, (422, "body_invalid")),
        ("errand/lateness", {"reason": "traffic"}, (409, "not_late")),
        ("appointments", {"windows": []}, (422, "body_invalid")),
        ("appointments", {"windows": [{"from_at": "2001-01-01T00:00:00Z", "until_at": "2001-01-01T01:00:00Z"}]},
         (409, "window_in_the_past")),
        ("appointments/agreement",
         {"window": {"from_at": "2030-01-01T00:00:00Z", "until_at": "2030-01-01T01:00:00Z"}, "attendee": "x",
          "telephone": "03-1234-5678"}, (409, "no_appointment")),
    ],
)  # fmt: skip
async def test_what_makes_no_sense_is_refused_by_name(
    cases: CaseApi, path: str, body: dict[str, Any], refusal: tuple[int, str]
) -> None:
    await ordered(cases)
    assert await cases.refused(cases.dispatcher, f"exchanges/1/{path}", **body) == refusal


async def test_before_the_order_there_is_an_errand_of_which_nothing_is_known(cases: CaseApi) -> None:
    await until(cases.world, ON_SITE, ExchangeState.REQUESTED)
    answer = await cases.get(cases.anna, "exchanges/1/errand")
    assert (answer["times"], answer["target_at"], answer["lateness"]["punctuality"]) == ([], None, "no_target")
    refused = await cases.refused(cases.dispatcher, "exchanges/1/errand/missed-visits", reason="no_entry")
    assert refused == (409, "no_visit_expected")


async def test_another_customer_sees_none_of_it(cases: CaseApi) -> None:
    now = await ordered(cases)
    assert (await cases.call("GET", "exchanges/1/errand", cases.ben)).status == 404
    body: dict[str, Any] = {"windows": [a_window(now)]}
    assert await cases.refused(cases.ben, "exchanges/1/appointments", **body) == (404, "exchange_not_found")
    missed = await cases.refused(cases.anna, "exchanges/1/errand/missed-visits", reason=MissReason.NO_ENTRY.value)
    assert missed == (403, "no_right")


async def test_a_delegate_given_by_number_attends_under_the_name_and_telephone_on_record(cases: CaseApi) -> None:
    now = await ordered(cases)
    named = await cases.post(cases.anna, f"contracts/{TENANT}/delegates", name="高橋 三郎", telephone="06-1111-2222")
    path = "exchanges/1/appointments"
    await cases.post(cases.dispatcher, path, windows=[a_window(now)])
    agreement: dict[str, Any] = {"window": a_window(now), "delegate": named["number"]}
    both: dict[str, Any] = agreement | {"attendee": "鈴木 一郎", "telephone": "03-1234-5678"}
    assert await cases.refused(cases.anna, f"{path}/agreement", **both) == (422, "attendance_contradicts")
    nobody: dict[str, Any] = {"window": a_window(now), "attendee": "鈴木 一郎"}
    assert await cases.refused(cases.anna, f"{path}/agreement", **nobody) == (422, "attendee_missing")
    unknown: dict[str, Any] = agreement | {"delegate": 99}
    assert await cases.refused(cases.anna, f"{path}/agreement", **unknown) == (404, "delegate_not_found")
    (one,) = (await cases.post(cases.anna, f"{path}/agreement", **agreement))["appointments"]
    assert one["attendee"] == {"name": "高橋 三郎", "telephone": "06-1111-2222", "delegate": named["number"]}
    assert (await cases.world.exchange()).attendee == "高橋 三郎"


@pytest.mark.parametrize("record", ["attends_until", "attends_from"])
async def test_a_delegate_who_may_not_attend_there_all_through_the_window_is_refused(
    cases: CaseApi, record: str
) -> None:
    now = await ordered(cases)
    amid = {record: rfc3339(now + 3 * HOUR)}
    path = "exchanges/1/appointments"
    named = await cases.post(
        cases.anna, f"contracts/{TENANT}/delegates", name="高橋 三郎", telephone="06-1111-2222", **amid
    )
    await cases.post(cases.dispatcher, path, windows=[a_window(now)])
    agreement: dict[str, Any] = {"window": a_window(now), "delegate": named["number"]}
    assert await cases.refused(cases.anna, f"{path}/agreement", **agreement) == (409, "delegate_may_not_attend")


async def test_a_delegate_named_for_another_adapter_of_the_same_customer_may_not_attend_here(cases: CaseApi) -> None:
    now = await ordered(cases)
    other = await cases.post(cases.dispatcher, "adapters", management_code=TENANT, memo="another branch")
    path = "exchanges/1/appointments"
    named = await cases.post(
        cases.anna,
        f"contracts/{TENANT}/delegates",
        name="高橋 三郎",
        telephone="06-1111-2222",
        service_codes=[other["service_code"]],
    )
    await cases.post(cases.dispatcher, path, windows=[a_window(now)])
    agreement: dict[str, Any] = {"window": a_window(now), "delegate": named["number"]}
    assert await cases.refused(cases.anna, f"{path}/agreement", **agreement) == (409, "delegate_may_not_attend")
