"""`servicehost rollout` against a host's own door."""

from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from servicehost.cli.rollout import wave_line
from servicehost.web.rollout_orders import GateForm, ModuleContentForm, PaceForm, RolloutBody, StopForm
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


def _fields(form: type[msgspec.Struct]) -> set[str]:
    return {name for name in form.__struct_fields__ if name not in ("pace", "gate", "stop", "content", "windows")}


async def test_everything_that_the_api_takes_can_be_said_on_the_command_line(
    cases: CaseApi, capsys: Output, tmp_path: Path
) -> None:
    text = tmp_path / "module.txt"
    text.write_bytes("ntp 大阪\r\n".encode())
    flags = {
        "--adapter": CODE, "--module": "1", "--file": str(text), "--module-name": "ntp", "--module-version": "2",
        "--wave": "1", "--concurrency": "7", "--per-minute": "60", "--soak-s": "1", "--confirmed-percent": "90",
        "--stop-failed": "2", "--stop-failed-percent": "5", "--stop-at-least": "3", "--window": "mon,sun 22:00-05:00",
        "--zone": "Asia/Tokyo", "--confirm-timeout-s": "60", "--absent-for-s": "3600",
        "--start-at": "2030-01-01T00:00:00Z", "--note": "why",
    }  # fmt: skip
    words = [word for flag, value in flags.items() for word in (flag, value)]
    made = await said(capsys, "rollout", "create", "whole", *words, "--approval")
    plan = made["plan"]
    content = plan.pop("content")
    assert (content["module"], content["size_bytes"]) == (1, len("ntp 大阪\r\n".encode()))
    assert plan == {
        "targets": {"adapters": 1, "group": None, "tag": None, "query": None, "saved_query": None},
        "waves": ["1"], "concurrency": 7, "per_minute": 60, "soak_s": 1, "confirmed_percent": 90, "stop_failed": 2,
        "stop_failed_percent": 5, "stop_at_least": 3, "confirm_timeout_s": 60, "absent_for_s": 3600,
        "windows": {
            "windows": [{"days": ["mon", "sun"], "opens": "22:00", "closes": "05:00"}], "time_zone": "Asia/Tokyo",
        },
        "start_at": "2030-01-01T00:00:00.000Z", "approval": True,
    }  # fmt: skip
    forms = (RolloutBody, PaceForm, GateForm, StopForm, ModuleContentForm)
    said_of = {"name": "whole", "targets": "--adapter", "waves": "--wave", "failed": "--stop-failed", "body": "--file"}
    said_of |= {"failed_percent": "--stop-failed-percent", "at_least": "--stop-at-least", "version": "--module-version"}
    fields = {field for form in forms for field in _fields(form)}
    missing = [
        one for one in fields if f"--{one.replace('_', '-')}" not in (*flags, "--approval") and one not in said_of
    ]
    assert missing == [], "the API takes what the command line cannot say"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--adapter", CODE, "--window", "at night"), "is no window"),
        (("--adapter", CODE, "--module", "1"), "--module and --file together"),
        (("--adapter", CODE, "--module-name", "x"), "--module and --file together"),
        (("--adapter", CODE, "--module", "1", "--file", "nowhere.txt"), "cannot be read"),
        ((), "Name adapters"),
    ],
)
async def test_what_cannot_be_a_plan_is_named_before_anything_is_sent(
    cases: CaseApi, capsys: Output, words: tuple[str, ...], told: str
) -> None:
    assert await run("rollout", "create", "x", *words) == 2
    assert told in capsys.readouterr().err
