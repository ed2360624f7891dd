"""`servicehost rollout` against a host's own door."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from servicehost.cli.rollout import wave_line
from tests.builders.case_api import CaseApi
from tests.builders.command_line import Output, open_command_line, run, said
from tests.builders.world import CODE


@pytest.fixture
async def cases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[CaseApi]:
    async with open_command_line(tmp_path, monkeypatch, who="anna") as opened:
        yield opened


def test_a_wave_is_a_bar_and_words() -> None:
    tally = dict.fromkeys(("waiting", "pushed", "confirmed", "failed", "absent", "skipped", "undone", "kept"), 0)
    line = wave_line(tally | {"wave": 2, "members": 4, "confirmed": 2, "pushed": 1, "waiting": 1})
    assert line == "wave 2   [###############...............] 2/4  1 waiting, 1 pushed, 2 confirmed"


async def test_a_rollout_is_written_down_looked_at_started_and_steered(cases: CaseApi, capsys: Output) -> None:
    saved = await cases.call(
        "PUT",
        f"adapters/{CODE}/config/working",
        cases.anna,
        json={"body": "hostname one\n"},
        headers={"If-Match": '"0"'},
    )
    assert saved.status == 200
    made = await said(capsys, "rollout", "create", "a change", "--adapter", CODE, "--wave", "1", "--wave", "20%")
    assert (made["state"], made["plan"]["waves"]) == ("draft", ["1", "20%"])
    (would_get,) = (await said(capsys, "rollout", "show", "1", "--members"))["items"]
    assert (would_get["service_code"], would_get["revision"]) == (CODE, 1)
    assert (await said(capsys, "rollout", "start", "1"))["state"] == "running"
    assert (await said(capsys, "rollout", "pause", "1", "--note", "lunch"))["reason"] == "lunch"
    (listed,) = (await said(capsys, "rollout", "list", "--state", "paused"))["items"]
    assert (listed["rollout"], listed["members"], listed["confirmed"]) == (1, 1, 0)
    assert await run("rollout", "watch", "1") == 3
    assert "a change: paused (lunch), wave 1 of 1" in capsys.readouterr().out
    assert (await said(capsys, "rollout", "halt", "1"))["state"] == "halted"


async def test_a_wave_that_is_no_number_is_named(cases: CaseApi, capsys: Output) -> None:
    assert await run("rollout", "create", "x", "--adapter", CODE, "--wave", "some") == 2
    assert "'some' is no wave" in capsys.readouterr().err
