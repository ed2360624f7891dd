"""`servicehost area` against a host's own door."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from servicehost.cli import main
from tests.builders.area_orders import on_site_order, settle
from tests.builders.case_api import CaseApi, open_case_api

Output = pytest.CaptureFixture[str]


@pytest.fixture
async def cases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[CaseApi]:
    async with open_case_api(tmp_path) as opened:
        monkeypatch.setenv("SERVICEHOST_URL", f"http://127.0.0.1:{opened.port}")
        monkeypatch.setenv("SERVICEHOST_TOKEN", await opened.token_of(opened.dispatcher))
        monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        with capture_logs():
            await on_site_order(opened.world)
            yield opened


async def run(*arguments: str) -> int:
    return await asyncio.to_thread(main, ["area", *arguments])


async def said(capsys: Output, *arguments: str) -> Any:
    assert await run(*arguments) == 0, capsys.readouterr().err
    return json.loads(capsys.readouterr().out)


async def test_an_area_is_closed_its_orders_decided_and_restored(cases: CaseApi, capsys: Output) -> None:
    area = await said(capsys, "close", "13", "--reason", "flood", "--review", "2033-01-01T00:00:00Z")
    assert (area["area"], area["closed"]) == (1, True)
    (proposal,) = (await said(capsys, "proposals", "--state", "open"))["items"]
    (decided,) = (await said(capsys, "decide", "--area", "1", "--accept", "--reason", "no road"))["items"]
    assert (decided["proposal"], decided["state"]) == (proposal["proposal"], "accepted")
    await settle(cases.world)
    assert (await said(capsys, "reopen", "1", "--reason", "dry"))["closed"] is False
    (restore,) = (await said(capsys, "proposals", "--area", "1", "--state", "open"))["items"]
    declined = await said(capsys, "decide", str(restore["proposal"]), "--decline", "--reason", "sent by hand")
    assert declined["state"] == "declined"
    assert (await said(capsys, "list", "--closed"))["items"] == []
    assert len((await said(capsys, "list"))["items"]) == 1


async def test_one_proposal_or_an_area_is_named_and_not_both(cases: CaseApi, capsys: Output) -> None:
    assert await run("decide", "--accept", "--reason", "x") == 2
    assert await run("decide", "1", "--area", "1", "--accept", "--reason", "x") == 2
    assert "--area" in capsys.readouterr().err
