from typing import Any

import pytest

from servicehost.domain.contract import EVERYTHING
from servicehost.domain.group import Tag
from servicehost.domain.people import Actor
from tests.builders.case_api import CaseApi
from tests.builders.world import CODE, OTHER_CODE, TENANT

SECOND = "nxe000000009"


async def saves(cases: CaseApi, body: str, code: str = CODE) -> int:
    path = f"adapters/{code}/config/modules"
    standing = (await cases.get(cases.anna, path))["revision"] or 0
    answer = await cases.call(
        "PUT", f"adapters/{code}/config/working", cases.anna, json={"body": body}, headers={"If-Match": f'"{standing}"'}
    )
    assert answer.status == 200, answer.text
    return int(answer.json["revision"])


async def two_adapters(cases: CaseApi) -> None:
    await cases.post(cases.dispatcher, "adapters", management_code=TENANT, service_code=SECOND)
    for code in (CODE, SECOND):
        await saves(cases, f"hostname {code}\n", code)


async def restores(cases: CaseApi, seen: dict[str, int], actor: Actor | None = None, **more: Any) -> Any:
    members = [{"service_code": code, "seen_revision": number} for code, number in seen.items()]
    return await cases.call("POST", "snapshots/1/restoration", actor or cases.anna, json={"members": members, **more})


async def test_a_snapshot_of_a_whole_contract_is_taken_compared_and_restored(cases: CaseApi) -> None:
    await two_adapters(cases)
    taken = await cases.post(cases.anna, "snapshots", name="before", reason="the move")
    assert (taken["members"], taken["taken_by"], taken["management_code"]) == (2, cases.anna.master_id, TENANT)
    assert (await cases.get(cases.anna, "snapshots"))["items"] == [taken]
    assert (await cases.get(cases.anna, "snapshots/1")) == taken
    await saves(cases, "hostname changed\n")
    first, second = (await cases.get(cases.anna, "snapshots/1/members"))["items"]
    assert (first["then"]["working"], first["now"]["working"], first["changed"]) == (1, 2, ["working"])
    assert (second["changed"], second["diff"]) == ([], None)
    diff = await cases.get(cases.anna, first["diff"].removeprefix("/api/v1/"))
    assert f"-hostname {CODE}\n+hostname changed\n" in diff["unified"]
    restored = await restores(cases, {CODE: 2, SECOND: 1})
    assert restored.json["results"] == [
        {"service_code": CODE, "revision": 3, "saved": True},
        {"service_code": SECOND, "revision": 1, "saved": False},
    ]
    assert (await cases.get(cases.anna, f"adapters/{CODE}/config/working"))["body"] == f"hostname {CODE}\n"


async def test_a_restoration_that_somebody_overtook_names_what_changed_and_does_nothing(cases: CaseApi) -> None:
    await two_adapters(cases)
    await cases.post(cases.anna, "snapshots", name="before")
    for code in (CODE, SECOND):
        await saves(cases, "hostname changed\n", code)
    stale = await restores(cases, {CODE: 2, SECOND: 1})
    assert (stale.status, stale.code) == (412, "members_changed")
    assert stale.json["changed"] == [{"service_code": SECOND, "seen_revision": 1, "standing_revision": 2}]
    assert (await cases.get(cases.anna, f"adapters/{CODE}/config/modules"))["revision"] == 2


async def test_one_adapter_is_restored_alone_and_what_it_never_had_is_refused(cases: CaseApi) -> None:
    await two_adapters(cases)
    await cases.post(cases.anna, "snapshots", name="one", adapters={"service_codes": [CODE]})
    await saves(cases, "b\n")
    assert (await restores(cases, {SECOND: 1})).code == "not_a_member"
    # What its unit runs was never saved here.
    assert (await restores(cases, {CODE: 2}, part="running")).code == "nothing_to_restore"
    assert (await restores(cases, {CODE: 2})).json["results"][0]["revision"] == 3


async def test_a_snapshot_is_never_overwritten_and_is_deleted_with_a_reason(cases: CaseApi) -> None:
    await two_adapters(cases)
    await cases.post(cases.anna, "snapshots", name="before")
    assert await cases.refused(cases.anna, "snapshots", name="before") == (409, "snapshot_name_taken")
    deleted = await cases.call("DELETE", "snapshots/1?reason=not%20needed", cases.anna)
    assert (deleted.status, deleted.json["name"]) == (200, "before")
    assert (await cases.call("GET", "snapshots/1/members", cases.anna)).code == "snapshot_not_found"
    assert (await cases.get(cases.anna, f"adapters/{CODE}/config/working"))["revision"]["revision"] == 1


async def test_a_snapshot_is_of_one_contract_and_names_each_adapter_once(cases: CaseApi) -> None:
    await two_adapters(cases)
    mixed: dict[str, Any] = {"name": "x", "adapters": {"service_codes": [CODE, OTHER_CODE]}}
    assert await cases.refused(cases.anna, "snapshots", **mixed) == (404, "adapter_not_found")
    assert await cases.refused(cases.dispatcher, "snapshots", **mixed) == (409, "across_contracts")
    twice = await cases.post(cases.anna, "snapshots", name="once", adapters={"service_codes": [CODE, CODE]})
    assert twice["members"] == 1
    assert await cases.refused(cases.support, "snapshots", name="x") == (404, "contract_not_found")


async def test_a_snapshot_is_taken_of_whom_a_group_a_tag_or_a_query_selects(cases: CaseApi) -> None:
    await two_adapters(cases)
    made = await cases.post(cases.anna, "groups", management_code=TENANT, name="Kansai")
    await cases.world.store.batch(EVERYTHING, lambda batch: batch.add_members(made["group"], [CODE]))
    await cases.world.store.batch(EVERYTHING, lambda batch: batch.set_tags({SECOND: [Tag(name="vip")]}))
    saved = await cases.post(cases.anna, "queries", management_code=TENANT, name="all", text="code:nxe")
    ways: dict[str, tuple[dict[str, Any], list[str]]] = {
        "group": ({"group": made["group"]}, [CODE]),
        "tag": ({"tag": "vip"}, [SECOND]),
        "query": ({"query": f"code:{CODE}"}, [CODE]),
        "saved query": ({"saved_query": saved["query"]}, sorted([CODE, SECOND])),
    }
    for name, (adapters, codes) in ways.items():
        taken = await cases.post(cases.anna, "snapshots", name=name, adapters=adapters)
        members = (await cases.get(cases.anna, f"snapshots/{taken['snapshot']}/members"))["items"]
        assert [one["service_code"] for one in members] == codes, name


@pytest.mark.parametrize(
    ("adapters", "refusal"),
    [
        ({"group": 99}, (404, "group_not_found")),
        ({"saved_query": 99}, (404, "query_not_found")),
        ({"tag": "nobody has it"}, (409, "selection_empty")),
        ({"query": "code:("}, (409, "query_malformed")),
        ({"group": 1, "tag": "vip"}, (409, "selection_unclear")),
        ({}, (409, "selection_unclear")),
    ],
)
async def test_a_selection_that_means_nobody_takes_no_snapshot(
    cases: CaseApi, adapters: dict[str, Any], refusal: tuple[int, str]
) -> None:
    assert await cases.refused(cases.anna, "snapshots", name="x", adapters=adapters) == refusal
    assert (await cases.get(cases.anna, "snapshots"))["items"] == []


async def test_the_providers_people_take_and_restore_under_a_consent_that_reaches_every_adapter(cases: CaseApi) -> None:
    await two_adapters(cases)
    whole = {"name": "before", "management_code": TENANT}
    assert await cases.refused(cases.support, "snapshots", **whole) == (403, "consent_needed")
    allowed = {"rights": ["edit_config"], "to_role": "support", "reason": "x", "service_codes": [CODE]}
    await cases.post(cases.anna, f"contracts/{TENANT}/consents", **allowed)
    assert await cases.refused(cases.support, "snapshots", **whole) == (403, "consent_needed")
    taken = await cases.post(cases.support, "snapshots", name="before", adapters={"service_codes": [CODE]})
    assert taken["taken_by"] == f"{cases.support.master_id} under consent 1 of {cases.anna.master_id}"
    await saves(cases, "b\n")
    restored = await restores(cases, {CODE: 2}, cases.support, reason="back")
    assert restored.json["results"] == [{"service_code": CODE, "revision": 3, "saved": True}]
