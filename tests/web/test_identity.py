"""Certificates, holds, hosts elsewhere and the connection log, over HTTP."""

from servicehost.domain.contract import EVERYTHING
from servicehost.operations.phone_home import phone_home
from servicehost.ports.desk import NotAdmitted
from tests.builders.case_api import CaseApi
from tests.builders.units import US, a_call
from tests.builders.world import OLD, distribution_id

UNIT = f"units/{distribution_id(OLD)}"


async def refused_hello(cases: CaseApi) -> NotAdmitted:
    call, now = a_call(distribution_id(OLD)), cases.world.clock.wall()
    (answer,) = await cases.world.store.batch(EVERYTHING, lambda batch: phone_home(batch, [call], US, now))
    assert isinstance(answer, NotAdmitted)
    return answer


async def test_certificates_are_listed_and_revoked_with_their_reason(cases: CaseApi) -> None:
    await cases.world.hello(OLD)
    (listed,) = (await cases.get(cases.anna, f"{UNIT}/certificates"))["items"]
    assert (listed["serial_number"], listed["revoked_at"]) == ("serial-1", None)
    assert listed["first_used_at"] is not None
    await cases.post(cases.dispatcher, f"{UNIT}/revocation", reason="key_compromise")
    assert cases.world.line.ended == [(OLD, 2)]
    (revoked,) = (await cases.get(cases.anna, f"{UNIT}/certificates"))["items"]
    assert (revoked["revoked_reason"], revoked["fingerprint"]) == ("key_compromise", "leaf-1")


async def test_a_reason_that_is_none_is_refused_by_name(cases: CaseApi) -> None:
    refused = await cases.refused(cases.dispatcher, f"{UNIT}/revocation", reason="just because")
    assert refused == (422, "body_invalid")
    assert await cases.refused(cases.dispatcher, "certificates/AB12/revocation", reason="superseded") == (
        404,
        "certificate_not_found",
    )
    assert await cases.refused(cases.dispatcher, "certificates/xyz/revocation", reason="superseded") == (
        422,
        "path_invalid",
    )


async def test_a_unit_is_sent_to_other_hosts_and_taken_back(cases: CaseApi) -> None:
    moved = await cases.call("PUT", f"{UNIT}/hosts", cases.dispatcher, json={"hosts": ["wss://a.example"]})
    assert moved.json["hosts"] == ["wss://a.example"]
    assert (await refused_hello(cases)).hosts == ("wss://a.example",)
    unit = await cases.get(cases.dispatcher, UNIT)
    assert (unit["moved_to"], unit["config_state"]["cause"]) == (["wss://a.example"], "moved")
    bad = await cases.call("PUT", f"{UNIT}/hosts", cases.dispatcher, json={"hosts": ["https://a.example"]})
    assert bad.code == "body_invalid"
    assert (await cases.call("DELETE", f"{UNIT}/hosts", cases.dispatcher)).status == 204
    assert (await cases.get(cases.dispatcher, UNIT))["moved_to"] == []


async def test_only_a_unit_that_is_held_is_released(cases: CaseApi) -> None:
    assert (await cases.call("DELETE", f"{UNIT}/hold", cases.dispatcher)).code == "unit_not_held"
    await cases.world.store.batch(EVERYTHING, lambda batch: batch.hold_units([OLD], 7))
    assert (await cases.get(cases.anna, UNIT))["held_at"] == "1970-01-01T00:00:00.007Z"
    assert (await cases.call("DELETE", f"{UNIT}/hold", cases.dispatcher)).status == 204
    assert (await cases.get(cases.anna, UNIT))["held_at"] is None


async def test_the_log_is_read_in_parts_and_by_filters(cases: CaseApi) -> None:
    for _ in range(3):
        await cases.world.hello(OLD)
    first = await cases.get(cases.anna, f"{UNIT}/attempts?limit=2")
    rest = await cases.get(cases.anna, f"{UNIT}/attempts?limit=2&after={first['next']}")
    numbers = [row["attempt"] for row in first["items"] + rest["items"]]
    assert (len(numbers), numbers, rest["next"]) == (3, sorted(numbers, reverse=True), None)
    (row, *_) = first["items"]
    assert (row["outcome"], row["reason"], row["address"], row["certificate"]) == (
        "welcomed",
        "serving",
        "127.0.0.1",
        "leaf-1",
    )
    assert (await cases.get(cases.anna, f"{UNIT}/attempts?outcome=refused"))["items"] == []
    assert (await cases.get(cases.anna, f"{UNIT}/attempts?since=2100-01-01T00:00:00Z"))["items"] == []
    bad = await cases.call("GET", f"{UNIT}/attempts?since=yesterday", cases.anna)
    assert bad.code == "query_invalid"


async def test_strangers_are_shown_to_the_providers_people_alone(cases: CaseApi) -> None:
    await cases.world.hello(OLD)
    assert (await cases.get(cases.support, "attempts"))["items"]
    assert (await cases.call("GET", "attempts", cases.anna)).code == "no_right"
    assert (await cases.call("GET", f"{UNIT}/attempts", cases.ben)).code == "unit_not_found"


async def test_an_adapter_shows_how_far_the_boot_of_its_unit_has_come(cases: CaseApi) -> None:
    before = (await cases.get(cases.anna, "adapters/nxe000000001"))["config_state"]
    assert (before["stage"], before["stuck_in"], before["cause"]) == ("initial", "reaching", "never_heard")
    assert before["triage"]["ja"]
    await cases.world.hello(OLD)
    after = (await cases.get(cases.anna, "adapters/nxe000000001"))["config_state"]
    assert after == {"stage": "ready", "stuck_in": None, "cause": None, "triage": None}
