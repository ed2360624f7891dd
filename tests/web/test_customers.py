"""Customers, contracts, look-ups and delegates at the door."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.builders.case_api import CaseApi, open_case_api
from tests.builders.world import CODE, OLD, OTHER_CODE, TENANT, distribution_id

HERE = f"contracts/{TENANT}"


@pytest.fixture
async def cases(tmp_path: Path) -> AsyncIterator[CaseApi]:
    async with open_case_api(tmp_path) as opened:
        yield opened


async def _ordered(api: CaseApi) -> dict[str, Any]:
    """A customer with a contract, a manager, and an adapter whose unit is brought in."""
    customer = await api.post(api.dispatcher, "customers", name="鈴木商事")
    code = customer["customer_code"]
    contract = await api.post(api.dispatcher, "contracts", label="Tokyo", customer_code=code)
    tenant = contract["management_code"]
    person = {"name": "Aki", "organisation": "情報システム部", "telephone": "03-1111-2222", "mail": "aki@example.jp"}
    await api.post(api.dispatcher, f"contracts/{tenant}/people", **person)
    order = {"management_code": tenant, "site_name": "大阪支店", "brought_in": "SA-W2-000123"}
    adapter = await api.post(api.dispatcher, "adapters", **order)
    return {"customer": code, "contract": tenant, "adapter": adapter["service_code"]}


async def test_a_customer_is_shown_with_contracts_people_and_how_to_reach_them(cases: CaseApi) -> None:
    codes = await _ordered(cases)
    shown = await cases.get(cases.dispatcher, f"customers/{codes['customer']}")
    assert [one["management_code"] for one in shown["contracts"]] == [codes["contract"]]
    contract = await cases.get(cases.dispatcher, f"contracts/{codes['contract']}")
    assert (contract["customer"]["name"], contract["adapters"]) == ("鈴木商事", 1)
    (manager,) = contract["managers"]
    assert (manager["name"], manager["telephone"], manager["first_log_in_waits"]) == ("Aki", "03-1111-2222", True)
    assert await cases.get(cases.dispatcher, f"contracts/{codes['contract']}/people") == {"items": [manager]}
    listed = await cases.get(cases.support, "customers")
    assert [one["customer_code"] for one in listed["items"]] == [codes["customer"]]


async def test_support_asks_for_the_service_code_and_knows_whose_it_is(cases: CaseApi) -> None:
    codes = await _ordered(cases)
    spoken = f"{codes['adapter'][:3].upper()}-{codes['adapter'][3:]}"
    found = await cases.get(cases.support, f"code?code={spoken}")
    assert (found["kind"], found["code"]) == ("service", codes["adapter"])
    assert found["customer"]["customer_code"] == codes["customer"]
    assert [one["name"] for one in found["contracts"][0]["managers"]] == ["Aki"]
    adapter = found["adapter"]
    assert (adapter["site_name"], adapter["brought_in"], adapter["model_serial"]) == ("大阪支店", "SA-W2-000123", None)
    for kind in ("customer", "contract"):
        found = await cases.get(cases.dispatcher, f"code?code={codes[kind]}")
        assert [one["contract"]["management_code"] for one in found["contracts"]] == [codes["contract"]]
        assert found["adapter"] is None


async def test_the_unit_its_options_and_who_may_attend_stand_in_the_answer(cases: CaseApi) -> None:
    named = await cases.post(cases.anna, f"{HERE}/delegates", name="佐藤", telephone="06-1", service_codes=[CODE])
    adapter = (await cases.get(cases.support, f"code?code={CODE}"))["adapter"]
    assert (adapter["distribution_id"], adapter["model_serial"]) == (distribution_id(OLD), "SA-W2-S1")
    assert (adapter["terms"]["option"], adapter["option_state"]) == (False, None)
    assert [one["number"] for one in adapter["may_attend"]] == [named["number"]]


@pytest.mark.parametrize(
    ("typed", "refused"),
    [
        ("123456789", (409, "code_unreadable")),
        ("nxc000000011", (409, "bad_check_digit")),
        ("nxe999999999", (404, "adapter_not_found")),
        ("nxm999999999", (404, "contract_not_found")),
        ("nxc000000013", (404, "customer_not_found")),
    ],
)
async def test_a_code_that_leads_nowhere_is_refused_by_name(
    cases: CaseApi, typed: str, refused: tuple[int, str]
) -> None:
    assert await cases.refused(cases.support, f"code?code={typed}", "GET") == refused


async def test_an_operation_manager_looks_nobody_up_and_sees_their_own_contract_alone(cases: CaseApi) -> None:
    codes = await _ordered(cases)
    assert await cases.refused(cases.anna, f"code?code={CODE}", "GET") == (403, "no_right")
    assert (await cases.get(cases.anna, "customers"))["items"] == []
    for path in (f"customers/{codes['customer']}", f"contracts/{codes['contract']}"):
        assert (await cases.call("GET", path, cases.anna)).status == 404
    assert (await cases.get(cases.anna, HERE))["contract"]["management_code"] == TENANT
    for path in (HERE, f"{HERE}/delegates", f"{HERE}/people"):
        assert (await cases.call("GET", path, cases.ben)).status == 404


async def test_the_memo_is_the_managers_own(cases: CaseApi) -> None:
    path = f"adapters/{CODE}/memo"
    written = await cases.call("PUT", path, cases.anna, json={"memo": "2F"})
    assert (written.status, written.json["memo"], written.json["site_name"]) == (200, "2F", "")
    assert await cases.refused(cases.dispatcher, path, "PUT", memo="x") == (403, "no_right")
    assert await cases.refused(cases.ben, path, "PUT", memo="x") == (404, "adapter_not_found")


async def test_delegates_are_named_listed_and_ended(cases: CaseApi) -> None:
    path = f"{HERE}/delegates"
    named = await cases.post(cases.anna, path, name="佐藤", telephone="06-1", attends_until="2099-01-01T00:00:00+09:00")
    assert (named["stands"], named["attends_until"]) == (True, "2098-12-31T15:00:00.000Z")
    ended = await cases.post(cases.anna, f"delegates/{named['number']}/end", reason="left")
    assert (ended["stands"], ended["end_reason"]) == (False, "left")
    assert [one["number"] for one in (await cases.get(cases.support, path))["items"]] == [named["number"]]
    assert await cases.refused(cases.support, path, name="x", telephone="06-1") == (403, "no_right")
    other: dict[str, Any] = {"name": "x", "telephone": "06-1", "service_codes": [OTHER_CODE]}
    assert await cases.refused(cases.anna, path, **other) == (404, "adapter_not_found")
    past = {"name": "x", "telephone": "06-1", "attends_until": "2001-01-01T00:00:00Z"}
    assert await cases.refused(cases.anna, path, **past) == (409, "delegate_ends_before_it_begins")


async def test_a_contract_without_a_manager_has_its_right_mended_by_a_delegate(cases: CaseApi) -> None:
    """The record is what eligibility reads: erased managers count no more, a delegate does."""
    terms = {"option": True, "declared_location": "Osaka 1", "coverage": "covered"}
    await cases.call("PUT", f"adapters/{CODE}/terms", cases.dispatcher, json=terms)
    await cases.post(cases.anna, f"{HERE}/delegates", name="佐藤", telephone="06-1", service_codes=[CODE])
    await cases.post(cases.dispatcher, f"people/{cases.anna.master_id}/erasure", reason="left")
    path = f"adapters/{CODE}/eligibility"
    assert (await cases.get(cases.dispatcher, path))["risks"] == []
    await cases.post(cases.dispatcher, "delegates/1/end", reason="left as well")
    assert [one["rule"] for one in (await cases.get(cases.dispatcher, path))["risks"]] == ["nobody_attends"]


async def test_a_contracts_end_is_set_changed_taken_back_and_shown(cases: CaseApi) -> None:
    path = f"{HERE}/end"
    order = {"ends_at": "2099-03-31T15:00:00Z", "reason": "解約のお申し出"}
    ended = await cases.call("PUT", path, cases.dispatcher, json=order)
    assert (ended.status, ended.json["ends_at"], ended.json["ended_at"]) == (200, "2099-03-31T15:00:00.000Z", None)
    assert (await cases.get(cases.anna, HERE))["contract"]["end_reason"] == "解約のお申し出"
    assert (await cases.call("DELETE", f"{path}?reason=x", cases.dispatcher)).status == 204
    assert (await cases.get(cases.anna, HERE))["contract"]["ends_at"] is None
    assert await cases.refused(cases.anna, path, "PUT", reason="x") == (403, "no_right")
    past = {"ends_at": "2001-01-01T00:00:00Z", "reason": "x"}
    assert await cases.refused(cases.dispatcher, path, "PUT", **past) == (409, "end_in_the_past")


async def test_once_a_contract_has_ended_its_people_are_nobody(cases: CaseApi) -> None:
    await cases.get(cases.anna, "people/me")
    assert (await cases.call("PUT", f"{HERE}/end", cases.dispatcher, json={"reason": "x"})).status == 200
    assert (await cases.call("GET", "people/me", cases.anna)).code == "token_invalid"
    await cases.get(cases.ben, "people/me")
    for method in ("PUT", "DELETE"):
        answer = await cases.call(method, f"{HERE}/end?reason=y" if method == "DELETE" else f"{HERE}/end",
                                  cases.dispatcher, json={"reason": "y"} if method == "PUT" else None)  # fmt: skip
        assert answer.code == "contract_ended"


async def test_an_options_end_is_set_and_taken_back(cases: CaseApi) -> None:
    path = f"adapters/{CODE}/option/end"
    assert await cases.refused(cases.anna, path, "PUT", reason="x") == (409, "no_option")
    terms = {"option": True, "declared_location": "Osaka 1", "coverage": "covered"}
    await cases.call("PUT", f"adapters/{CODE}/terms", cases.dispatcher, json=terms)
    order = {"ends_at": "2099-03-31T15:00:00Z", "reason": "x"}
    assert (await cases.call("PUT", path, cases.anna, json=order)).status == 200
    found = (await cases.get(cases.support, f"code?code={CODE}"))["adapter"]
    assert found["option_ends_at"] == "2099-03-31T15:00:00.000Z"
    assert (await cases.call("DELETE", f"{path}?reason=x", cases.anna)).status == 204
    assert await cases.refused(cases.support, path, "PUT", reason="x") == (403, "no_right")
