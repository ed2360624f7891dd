"""`servicehost schedule` against a host's own door."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.builders.case_api import CaseApi
from tests.builders.command_line import Output, open_command_line, run, said
from tests.builders.world import CODE, TENANT


@pytest.fixture
async def cases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[CaseApi]:
    async with open_command_line(tmp_path, monkeypatch, who="anna") as opened:
        (tmp_path / "config").write_text("a\n")
        assert await run("config", "set", CODE, str(tmp_path / "config")) == 0
        yield opened


async def test_a_push_is_scheduled_listed_given_another_time_and_cancelled(cases: CaseApi, capsys: Output) -> None:
    capsys.readouterr()
    weekly = (
        "--every",
        "week",
        "--days",
        "tue,thu",
        "--time",
        "02:30",
        "--zone",
        "Asia/Tokyo",
        "--times",
        "3",
        "--starts-on",
        "2033-05-01",
    )
    made = await said(capsys, "schedule", "push", CODE, "--revision", "working", *weekly)
    assert (made["state"], made["push"]["fixed"]) == ("waiting", False)
    assert made["when"]["recurrence"]["days"] == ["tue", "thu"]
    moved = await said(capsys, "schedule", "retime", f"{made['number']}", "2033-05-18T02:00:00+09:00")
    assert moved["due_at"] == "2033-05-17T17:00:00.000Z"
    listed = (await said(capsys, "schedule", "list"))["items"]
    assert [one["number"] for one in listed] == [made["number"]]
    await said(capsys, "schedule", "cancel", f"{made['number']}")
    assert (await said(capsys, "schedule", "list"))["items"] == []
    assert (await said(capsys, "schedule", "show", f"{made['number']}"))["items"] == []


async def test_a_task_or_a_preset_is_scheduled_on_whoever_is_meant_then_and_each_time_is_shown_with_its_batch(
    cases: CaseApi, capsys: Output
) -> None:
    await cases.post(cases.anna, "groups", management_code=TENANT, name="g")
    await cases.post(cases.anna, "groups/1/members", add={"service_codes": [CODE]})
    show = {"management_code": TENANT, "name": "Port", "text": "show {port}", "placeholders": [{"name": "port"}]}
    await cases.post(cases.anna, "presets", **show)
    capsys.readouterr()
    soon = ("--at", "2027-01-15T08:00:01Z", "--reason", "why")
    task = await said(capsys, "schedule", "task", "ping", "--group", "1", "--address", "192.0.2.1", *soon)
    assert task["task"] == {
        "adapters": {"service_codes": None, "group": 1, "tag": None, "query": None, "saved_query": None},
        "work": {"kind": "ping", "address": "192.0.2.1", "count": 5, "size_bytes": 56},
        "name": "ping",
    }
    preset = await said(
        capsys, "schedule", "preset", "1", CODE, "--set", "port=ge0", "--every", "day", "--time", "03:30"
    )
    assert (preset["task"]["work"]["lines"], preset["task"]["name"]) == (["show ge0"], "Port")
    listed = (await said(capsys, "schedule", "list", "--kind", "task"))["items"]
    assert [(one["kind"], one["what"]) for one in listed] == [("task", "ping"), ("task", "Port")]
    assert (await said(capsys, "schedule", "list", "--kind", "push"))["items"] == []
    cases.world.clock.now_ms = 1_800_000_001_000
    assert await cases.catalogue.schedules.fire_schedules() == 1
    (once,) = (await said(capsys, "schedule", "show", "1"))["items"]
    assert (once["outcome"], once["tasks"], once["batch"], once["ended"]) == ("fired", 1, 1, 0)
    assert once["states"]["queued"] == 1
    both: dict[str, Any] = {"work": {"kind": "reboot"}, "preset": {"preset": 1}}
    order: dict[str, Any] = {"adapters": {"group": 1}, "when": {"at": "2033-05-18T00:00:00Z"}}
    for unclear in (both, {}):
        assert await cases.refused(cases.anna, "schedules/tasks", **order, **unclear) == (409, "work_unclear")


async def test_what_says_no_time_or_two_is_bad_input(cases: CaseApi, capsys: Output) -> None:
    assert await run("schedule", "push", CODE, "--revision", "fixed") == 2
    assert await run("schedule", "push", CODE, "--revision", "fixed", "--every", "day") == 2
    assert "--time" in capsys.readouterr().err
