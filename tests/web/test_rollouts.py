"""Rollouts at the operators' door: written down, looked at, started as they were seen, steered, and read by part."""

from typing import Any

from tests.builders.case_api import CaseApi
from tests.builders.world import CODE, OTHER_CODE, TENANT

SECOND = "nxe000000009"


async def a_rollout(cases: CaseApi, **more: Any) -> dict[str, Any]:
    """A draft over two adapters with a config each."""
    await cases.post(cases.dispatcher, "adapters", management_code=TENANT, service_code=SECOND)
    for code in (CODE, SECOND):
        answer = await cases.call(
            "PUT",
            f"adapters/{code}/config/working",
            cases.anna,
            json={"body": f"hostname {code}\n"},
            headers={"If-Match": '"0"'},
        )
        assert answer.status == 200, answer.text
    order = {"name": "x", "targets": {"service_codes": [SECOND, CODE]}, "waves": [{"count": 1}], **more}
    made: dict[str, Any] = await cases.post(cases.anna, "rollouts", **order)
    return made


async def deed(cases: CaseApi, verb: str, version: int | None = None, **body: Any) -> Any:
    headers = {} if version is None else {"If-Match": f'"{version}"'}
    return await cases.call("POST", f"rollouts/1/{verb}", cases.anna, json=body, headers=headers)


async def test_a_rollout_is_looked_at_before_it_is_started_as_it_was_seen(cases: CaseApi) -> None:
    draft = await a_rollout(cases, note="why")
    assert (draft["state"], draft["version"], draft["tallies"]) == ("draft", 1, [])
    assert draft["plan"]["waves"] == ["1"]
    preview = await cases.get(cases.anna, "rollouts/1/preview")
    assert (preview["waves"], preview["skipped"], preview["revisions_saved"]) == ([1, 1], {}, 0)
    assert [(one["service_code"], one["wave"], one["revision"]) for one in preview["items"]] == [
        (SECOND, 1, 1),
        (CODE, 2, 1),
    ]
    assert (await deed(cases, "start")).code == "if_match_required"
    assert (await deed(cases, "start", 7)).code == "rollout_changed"
    started = await deed(cases, "start", 1)
    assert (started.status, started.json["state"], started.json["members"]) == (200, "running", 2)
    assert started.headers["ETag"] == '"2"'
    assert (await deed(cases, "start", 2)).code == "rollout_state"


async def test_members_are_read_in_the_order_of_their_turns_part_by_part(cases: CaseApi) -> None:
    await a_rollout(cases)
    await deed(cases, "start", 1)
    first = await cases.get(cases.anna, "rollouts/1/members?limit=1")
    assert ([one["service_code"] for one in first["items"]], first["next"]) == ([SECOND], 1)
    rest = await cases.get(cases.anna, "rollouts/1/members?state=waiting&after=1")
    assert ([one["service_code"] for one in rest["items"]], rest["next"]) == ([CODE], None)
    assert (await cases.get(cases.anna, "rollouts/1/members?wave=2"))["items"] == rest["items"]
    assert (await cases.call("GET", "rollouts/2/members", cases.anna)).code == "rollout_not_found"


async def test_a_rollout_is_paused_resumed_halted_and_rolled_back_by_name(cases: CaseApi) -> None:
    await a_rollout(cases)
    assert (await deed(cases, "resume")).code == "rollout_state"
    await deed(cases, "start", 1)
    paused = (await deed(cases, "pause", note="lunch")).json
    assert (paused["state"], paused["reason"], paused["state_by"]) == ("paused", "lunch", cases.anna.master_id)
    assert (await deed(cases, "resume")).json["state"] == "running"
    halted = (await deed(cases, "halt", note="no")).json
    assert (halted["state"], [one["skipped"] for one in halted["tallies"]]) == ("halted", [1, 1])
    assert (await deed(cases, "roll-back")).json["state"] == "rolling_back"
    assert [one["state"] for one in (await cases.get(cases.anna, "rollouts?state=rolling_back"))["items"]] == [
        "rolling_back"
    ]


async def test_targets_and_waves_that_say_nothing_clear_are_refused_by_name(cases: CaseApi) -> None:
    async def refused(**more: Any) -> Any:
        return await cases.refused(cases.anna, "rollouts", **({"name": "x", "targets": {}} | more))

    one = {"service_codes": [CODE]}
    assert await refused() == (409, "selection_unclear")
    assert await refused(targets=one | {"group": 1}) == (409, "selection_unclear")
    assert await refused(targets={"group": 7}) == (404, "group_not_found")
    assert await refused(targets={"service_codes": [OTHER_CODE]}) == (404, "adapter_not_found")
    assert await refused(targets=one, waves=[{}]) == (409, "wave_unclear")
    assert await refused(targets=one, waves=[{"count": 1, "percent": 1}]) == (409, "wave_unclear")
    assert await refused(targets=one, windows={"windows": [], "time_zone": "Mars/X"}) == (409, "time_zone_unknown")


async def test_a_module_of_a_rollout_is_saved_when_it_is_started(cases: CaseApi) -> None:
    await a_rollout(cases, content={"module": 2, "body": "filter\n"})
    assert (await cases.get(cases.anna, "rollouts/1/preview"))["revisions_saved"] == 2
    assert (await cases.get(cases.anna, f"adapters/{CODE}/config/modules"))["revision"] == 1
    await deed(cases, "start", 1)
    assert (await cases.get(cases.anna, f"adapters/{CODE}/config/modules"))["revision"] == 2
