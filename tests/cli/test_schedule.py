"""`servicehost schedule` against a host's own door."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.builders.case_api import CaseApi
from tests.builders.command_line import Output, open_command_line, run, said
from tests.builders.world import CODE


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
        "--count",
        "3",
        "--starts-on",
        "2033-05-01",
    )
    made = await said(capsys, "schedule", "push", CODE, "--revision", "working", *weekly)
    assert (made["state"], made["fixed"]) == ("waiting", False)
    assert made["when"]["recurrence"]["days"] == ["tue", "thu"]
    moved = await said(capsys, "schedule", "retime", f"{made['number']}", "2033-05-18T02:00:00+09:00")
    assert moved["due_at"] == "2033-05-17T17:00:00.000Z"
    listed = (await said(capsys, "schedule", "list"))["items"]
    assert [one["number"] for one in listed] == [made["number"]]
    await said(capsys, "schedule", "cancel", f"{made['number']}")
    assert (await said(capsys, "schedule", "list"))["items"] == []
    assert (await said(capsys, "schedule", "show", f"{made['number']}"))["items"] == []


async def test_what_says_no_time_or_two_is_bad_input(cases: CaseApi, capsys: Output) -> None:
    assert await run("schedule", "push", CODE, "--revision", "fixed") == 2
    assert await run("schedule", "push", CODE, "--revision", "fixed", "--every", "day") == 2
    assert "--time" in capsys.readouterr().err
