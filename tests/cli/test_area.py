"""`servicehost area` against a host's own door."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.builders.area_orders import on_site_order, settle
from tests.builders.case_api import CaseApi
from tests.builders.command_line import Output, open_command_line, run, said


@pytest.fixture
async def cases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[CaseApi]:
    async with open_command_line(tmp_path, monkeypatch) as opened:
        await on_site_order(opened.world)
        yield opened


async def test_an_area_is_closed_its_orders_decided_and_restored(cases: CaseApi, capsys: Output) -> None:
    area = await said(capsys, "area", "close", "13", "--reason", "flood", "--review", "2033-01-01T00:00:00Z")
    assert (area["area"], area["closed"]) == (1, True)
    (proposal,) = (await said(capsys, "area", "proposals", "--state", "open"))["items"]
    (decided,) = (await said(capsys, "area", "decide", "--area", "1", "--accept", "--reason", "no road"))["items"]
    assert (decided["proposal"], decided["state"]) == (proposal["proposal"], "accepted")
    await settle(cases.world)
    assert (await said(capsys, "area", "reopen", "1", "--reason", "dry"))["closed"] is False
    (restore,) = (await said(capsys, "area", "proposals", "--area", "1", "--state", "open"))["items"]
    declined = await said(capsys, "area", "decide", str(restore["proposal"]), "--decline", "--reason", "sent by hand")
    assert declined["state"] == "declined"
    assert (await said(capsys, "area", "list", "--closed"))["items"] == []
    assert len((await said(capsys, "area", "list"))["items"]) == 1


async def test_one_proposal_or_an_area_is_named_and_not_both(cases: CaseApi, capsys: Output) -> None:
    assert await run("area", "decide", "--accept", "--reason", "x") == 2
    assert await run("area", "decide", "1", "--area", "1", "--accept", "--reason", "x") == 2
    assert "--area" in capsys.readouterr().err
