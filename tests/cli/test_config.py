"""`servicehost config` against a host's own door."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.builders.case_api import CaseApi
from tests.builders.command_line import Output, open_command_line, run, said
from tests.builders.world import CODE


@pytest.fixture
async def cases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[CaseApi]:
    async with open_command_line(tmp_path, monkeypatch, who="anna") as opened:
        yield opened


async def set_(capsys: Output, folder: Path, text: str, *more: str) -> Any:
    (folder / "config").write_text(text)
    return await said(capsys, "config", "set", CODE, str(folder / "config"), *more)


async def test_a_config_is_set_shown_compared_and_restored(cases: CaseApi, capsys: Output, tmp_path: Path) -> None:
    first = await set_(capsys, tmp_path, '{"json": 1}\n', "--reason", "begin")
    assert first["reason"] == "begin"
    second = await set_(capsys, tmp_path, '{"json": 2}\n')
    assert second["revision"] == first["revision"] + 1
    assert await run("config", "show", CODE) == 0
    assert capsys.readouterr().out == '{"json": 2}\n'
    assert await run("config", "diff", f"{CODE}/{first['revision']}", CODE) == 0
    assert '-{"json": 1}\n+{"json": 2}\n' in capsys.readouterr().out
    back = await said(capsys, "config", "restore", CODE, f"{first['revision']}", "--reason", "as it was")
    assert back["digest"] == first["digest"]
    history = (await said(capsys, "config", "history", CODE))["items"]
    assert [one["reason"] for one in history][-3:] == ["begin", "", "as it was"]


async def test_a_stale_set_is_refused_with_both_revisions_named(cases: CaseApi, capsys: Output, tmp_path: Path) -> None:
    await set_(capsys, tmp_path, "a\n")
    assert await run("config", "set", CODE, str(tmp_path / "config"), "--expect", "999") == 3
    assert "not 999" in capsys.readouterr().err


async def test_a_push_is_previewed_and_ordered(cases: CaseApi, capsys: Output, tmp_path: Path) -> None:
    await set_(capsys, tmp_path, "a\n")
    seen = (await said(capsys, "config", "preview", CODE))["items"]
    assert seen[0]["module"] == 0
    ordered = (await said(capsys, "config", "push", CODE, "--reason", "now"))["items"]
    assert ordered[0]["push"] is not None
    listed = (await said(capsys, "config", "list"))["items"]
    assert {"service_code", "working", "startup", "drift", "push"} == set(listed[0])


async def test_what_is_not_there_is_told_in_words(cases: CaseApi, capsys: Output) -> None:
    assert await run("config", "set", CODE, "/no/such/file") == 2
    assert "cannot be read" in capsys.readouterr().err
    assert await run("config", "show", "nxe000000099") == 3
    assert "adapter_not_found" in capsys.readouterr().err
