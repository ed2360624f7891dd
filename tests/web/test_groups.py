"""Groups, tags, saved queries and selections at the door."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.builders.case_api import CaseApi, open_case_api
from tests.builders.world import CODE, OTHER_CODE, TENANT


@pytest.fixture
async def cases(tmp_path: Path) -> AsyncIterator[CaseApi]:
    async with open_case_api(tmp_path) as opened:
        yield opened


async def test_edits_of_a_group_and_of_a_query_do_not_collide(cases: CaseApi) -> None:
    await cases.post(cases.anna, "groups", management_code=TENANT, name="West")
    await cases.post(cases.anna, "queries", management_code=TENANT, name="All", text="code:nxe")
    for path, body in (("groups/1", {"name": "East"}), ("queries/1", {"name": "All", "text": "a"})):
        assert (await cases.call("GET", path, cases.anna)).headers["ETag"] == '"1"'
        assert (await cases.call("PUT", path, cases.anna, json=body)).code == "if_match_required"
        done = await cases.call("PUT", path, cases.anna, json=body, headers={"If-Match": '"1"'})
        assert (done.status, done.headers["ETag"], done.json["version"]) == (200, '"2"', 2)
        stale = await cases.call("PUT", path, cases.anna, json=body, headers={"If-Match": '"1"'})
        assert (stale.status, stale.code) == (412, "revision_conflict")
        again = await cases.call("PUT", path, cases.anna, json=body, headers={"If-Match": '"2"'})
        assert again.json["version"] == 2, "the same again is no change"


async def test_members_add_up_and_nobody_elses_adapter_gets_in(cases: CaseApi) -> None:
    await cases.post(cases.anna, "groups", management_code=TENANT, name="West")
    for _ in range(2):
        answer = await cases.post(cases.anna, "groups/1/members", add={"service_codes": [CODE]})
        assert answer["members"] == 1
    assert (await cases.get(cases.anna, "groups/1/members")) == {"items": [CODE], "next": None}
    for body in ({"add": {"service_codes": [OTHER_CODE]}}, {"remove": [OTHER_CODE]}):
        refused = await cases.call("POST", "groups/1/members", cases.anna, json=body)
        assert (refused.status, refused.code) == (404, "adapter_not_found")
    assert (await cases.post(cases.anna, "groups/1/members", remove=[CODE]))["members"] == 0
    assert (await cases.call("DELETE", "groups/1", cases.anna)).status == 204
    assert (await cases.call("GET", "groups/1", cases.anna)).code == "group_not_found"


async def test_tags_are_put_and_taken_and_stand_beside_the_adapter(cases: CaseApi) -> None:
    meant = {"service_codes": [CODE]}
    await cases.post(cases.anna, "tags", adapters=meant, put=["role=edge", "vip"])
    tagged = await cases.post(cases.anna, "tags", adapters={"tag": "role"}, put=["role=core"], take=["vip"])
    assert tagged == {"service_codes": [CODE]}
    assert (await cases.get(cases.anna, f"adapters/{CODE}"))["tags"] == ["role=core"]
    await cases.post(cases.anna, "tags", adapters=meant, put=["a"])
    first = await cases.get(cases.anna, "tags?limit=1")
    assert ([one["name"] for one in first["items"]], first["next"]) == (["a"], f"{TENANT} a")
    rest = await cases.get(cases.anna, f"tags?after={TENANT}%20a")
    assert [(one["name"], one["value"], one["adapters"]) for one in rest["items"]] == [("role", "core", 1)]
    many = [f"t{number}" for number in range(30)]
    refused = await cases.call("POST", "tags", cases.anna, json={"adapters": meant, "put": many})
    assert refused.code == "too_many_tags"


async def test_the_list_of_adapters_takes_a_query(cases: CaseApi) -> None:
    found = await cases.get(cases.anna, f"adapters?query=code:{CODE}%20has:unit")
    assert [one["service_code"] for one in found["items"]] == [CODE]
    assert (await cases.get(cases.anna, f"adapters?query=code:{OTHER_CODE}"))["items"] == []
    part = await cases.get(cases.dispatcher, "adapters?query=code:nxe&limit=1")
    assert (len(part["items"]), part["next"]) == (1, CODE)
    refused = await cases.call("GET", "adapters?query=colour:red", cases.anna)
    assert (refused.status, refused.code) == (409, "query_malformed")
    assert refused.json["detail"].startswith("Query, character 1: there is no field colour")


async def test_it_is_shown_beforehand_who_would_be_meant(cases: CaseApi) -> None:
    assert await cases.post(cases.anna, "selections", query="code:nxe") == {"adapters": 1, "service_codes": [CODE]}
    for body, code in (
        ({"query": "memo:nowhere"}, "selection_empty"),
        ({}, "selection_unclear"),
        ({"query": "a", "group": 1}, "selection_unclear"),
        ({"saved_query": 9}, "query_not_found"),
        ({"service_codes": [OTHER_CODE]}, "adapter_not_found"),
    ):
        assert (await cases.call("POST", "selections", cases.anna, json=body)).code == code


async def test_there_are_so_many_groups_and_no_more(cases: CaseApi) -> None:
    for number in range(100):
        await cases.post(cases.anna, "groups", management_code=TENANT, name=f"G{number}")
    refused = await cases.call("POST", "groups", cases.anna, json={"management_code": TENANT, "name": "one more"})
    assert (refused.status, refused.code) == (409, "too_many_groups")
    twice = await cases.call("PUT", "groups/1", cases.anna, json={"name": "G7"}, headers={"If-Match": '"1"'})
    assert twice.code == "group_exists"
