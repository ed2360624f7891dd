"""Preset commands at the door and on the command line."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.builders.case_api import CaseApi
from tests.builders.command_line import Output, open_command_line, run, said
from tests.builders.world import CODE, OTHER_CODE, TENANT

SHOW = {"name": "Port", "text": "show {port}\n", "placeholders": [{"name": "port", "pattern": "ge#*"}]}


@pytest.fixture
async def cases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[CaseApi]:
    async with open_command_line(tmp_path, monkeypatch, who="anna") as opened:
        yield opened


async def test_a_preset_is_kept_changed_filled_and_dropped(cases: CaseApi) -> None:
    saved = await cases.post(cases.anna, "presets", management_code=TENANT, **SHOW)
    assert (saved["text"], saved["modules"], saved["version"]) == ("show {port}", [0], 1)
    same = await cases.call("PUT", "presets/1", cases.anna, json=SHOW, headers={"If-Match": '"1"'})
    assert (same.status, same.json["version"]) == (200, 1)
    full = SHOW | {"text": "show {port} full"}
    changed = await cases.call("PUT", "presets/1", cases.anna, json=full, headers={"If-Match": '"1"'})
    assert (changed.headers["ETag"], changed.json["version"]) == ('"2"', 2)
    stale = await cases.call("PUT", "presets/1", cases.anna, json=SHOW, headers={"If-Match": '"1"'})
    assert (stale.status, stale.code) == (412, "revision_conflict")
    assert await cases.post(cases.anna, "presets/1/preview", values={"port": "ge0"}) == {"lines": ["show ge0 full"]}
    for values, code in (
        ({}, "placeholder_missing"),
        ({"x": "1", "port": "ge0"}, "placeholder_unknown"),
        ({"port": "ge0\nreboot"}, "placeholder_wrong"),
    ):
        refused = await cases.call("POST", "presets/1/preview", cases.anna, json={"values": values})
        assert (refused.status, refused.code) == (409, code)
    twice = await cases.call("POST", "presets", cases.anna, json=SHOW | {"management_code": TENANT})
    assert twice.code == "preset_exists"
    bad = await cases.call("POST", "presets", cases.anna, json={"management_code": TENANT, "name": "x", "text": "{y}"})
    assert bad.code == "preset_malformed"
    assert (await cases.call("DELETE", "presets/1", cases.anna)).status == 204
    assert (await cases.get(cases.anna, "presets"))["items"] == []


async def test_a_preset_is_run_on_all_that_are_meant_as_ordinary_tasks(cases: CaseApi, capsys: Output) -> None:
    await cases.post(cases.anna, "presets", management_code=TENANT, **SHOW)
    status = {"name": "Status", "text": "{what}", "kind": "read_status", "placeholders": [{"name": "what"}]}
    await cases.post(cases.anna, "presets", management_code=TENANT, **status)
    order = {"adapters": {"query": "code:nxe"}, "values": {"port": "ge0"}, "name": "ports", "reason": "x"}
    answer = await cases.post(cases.anna, "presets/1/tasks", **order)
    assert answer["batches"] == [1]
    assert (await cases.get(cases.anna, "task-batches/1"))["name"] == "ports"
    (ordered,) = answer["results"]
    (read,) = (await said(capsys, "preset", "run", "2", CODE, "--set", "what=dhcp"))["items"]
    works = [(await cases.get(cases.anna, f"tasks/{one['task']}"))["task"]["work"] for one in (ordered, read)]
    assert works == [
        {"kind": "command", "lines": ["show ge0"], "modules": [0]},
        {"kind": "read_status", "request": "dhcp", "modules": [0]},
    ]
    for changed, code in (
        ({"adapters": {"query": "memo:nowhere"}}, "selection_empty"),
        ({"adapters": {"service_codes": [OTHER_CODE]}}, "adapter_not_found"),
        ({"values": {}}, "placeholder_missing"),
    ):
        refused = await cases.call("POST", "presets/1/tasks", cases.anna, json=order | changed)
        assert refused.code == code
    # Only to look is support's to do; what a command does is the customer's, or needs their consent.
    looks = await cases.call("POST", "presets/2/tasks", cases.support, json=order | {"values": {"what": "dhcp"}})
    acts = await cases.call(
        "POST", "presets/1/tasks", cases.support, json=order | {"adapters": {"service_codes": [CODE]}}
    )
    assert (looks.status, acts.code) == (202, "consent_needed")


async def test_the_command_line_keeps_a_preset_from_a_file(cases: CaseApi, tmp_path: Path, capsys: Output) -> None:
    file = tmp_path / "preset.json"
    file.write_text(json.dumps(SHOW))
    assert (await said(capsys, "preset", "save", TENANT, str(file)))["preset"] == 1
    file.write_text(json.dumps(SHOW | {"says": "a port"}))
    assert (await said(capsys, "preset", "change", "1", str(file)))["says"] == "a port"
    assert (await said(capsys, "preset", "preview", "1", "--set", "port=ge0"))["items"] == [{"line": "show ge0"}]
    assert (await said(capsys, "preset", "show", "1"))["version"] == 2
    assert [one["name"] for one in (await said(capsys, "preset", "list"))["items"]] == ["Port"]
    assert await run("preset", "preview", "1", "--set", "port") == 2
    file.write_text("[]")
    assert await run("preset", "save", TENANT, str(file)) == 2
    assert await run("preset", "drop", "1") == 0
    assert "JSON object" in capsys.readouterr().err
