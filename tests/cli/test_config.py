"""`servicehost config` against a host's own door."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from servicehost.cli import main
from tests.builders.case_api import CaseApi, open_case_api
from tests.builders.world import CODE

Output = pytest.CaptureFixture[str]


@pytest.fixture
async def cases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[CaseApi]:
    async with open_case_api(tmp_path) as opened:
        monkeypatch.setenv("SERVICEHOST_URL", f"http://127.0.0.1:{opened.port}")
        monkeypatch.setenv("SERVICEHOST_TOKEN", await opened.token_of(opened.anna))
        monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        with capture_logs():  # the host's, which would stand among the command's own output
            yield opened


async def run(*arguments: str) -> int:
    return await asyncio.to_thread(main, ["config", *arguments])


async def said(capsys: Output, *arguments: str) -> Any:
    assert await run(*arguments) == 0, capsys.readouterr().err
    return json.loads(capsys.readouterr().out)


async def set_(capsys: Output, folder: Path, text: str, *more: str) -> Any:
    (folder / "config").write_text(text)
    return await said(capsys, "set", CODE, str(folder / "config"), *more)


async def test_a_config_is_set_shown_compared_and_restored(cases: CaseApi, capsys: Output, tmp_path: Path) -> None:
    first = await set_(capsys, tmp_path, '{"json": 1}\n', "--reason", "begin")
    assert first["reason"] == "begin"
    second = await set_(capsys, tmp_path, '{"json": 2}\n')
    assert second["revision"] == first["revision"] + 1
    assert await run("show", CODE) == 0
    assert capsys.readouterr().out == '{"json": 2}\n'
    assert await run("diff", f"{CODE}/{first['revision']}", CODE) == 0
    assert '-{"json": 1}\n+{"json": 2}\n' in capsys.readouterr().out
    back = await said(capsys, "restore", CODE, f"{first['revision']}", "--reason", "as it was")
    assert back["digest"] == first["digest"]
    history = (await said(capsys, "history", CODE))["items"]
    assert [one["reason"] for one in history][-3:] == ["begin", "", "as it was"]


async def test_a_stale_set_is_refused_with_both_revisions_named(cases: CaseApi, capsys: Output, tmp_path: Path) -> None:
    await set_(capsys, tmp_path, "a\n")
    assert await run("set", CODE, str(tmp_path / "config"), "--expect", "999") == 3
    assert "not 999" in capsys.readouterr().err


async def test_a_push_is_previewed_and_ordered(cases: CaseApi, capsys: Output, tmp_path: Path) -> None:
    await set_(capsys, tmp_path, "a\n")
    seen = (await said(capsys, "preview", CODE))["items"]
    assert seen[0]["module"] == 0
    ordered = (await said(capsys, "push", CODE, "--reason", "now"))["items"]
    assert ordered[0]["push"] is not None
    listed = (await said(capsys, "list"))["items"]
    assert {"service_code", "working", "startup", "drift", "push"} == set(listed[0])


async def test_what_is_not_there_is_told_in_words(cases: CaseApi, capsys: Output) -> None:
    assert await run("set", CODE, "/no/such/file") == 2
    assert "cannot be read" in capsys.readouterr().err
    assert await run("show", "nxe000000099") == 3
    assert "adapter_not_found" in capsys.readouterr().err
