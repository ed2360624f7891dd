"""`servicehost push`, and `config blank`, against a host's own door."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.builders.case_api import CaseApi
from tests.builders.command_line import Output, open_command_line, run, said
from tests.builders.world import CODE


@pytest.fixture
async def cases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[CaseApi]:
    async with open_command_line(tmp_path, monkeypatch, who="anna") as opened:
        yield opened


async def test_a_push_is_listed_shown_counted_and_taken_back(cases: CaseApi, capsys: Output, tmp_path: Path) -> None:
    (tmp_path / "config").write_text("hostname one\n")
    await said(capsys, "config", "set", CODE, str(tmp_path / "config"))
    (ordered,) = (await said(capsys, "config", "push", CODE))["items"]
    number = str(ordered["push"])
    (listed,) = (await said(capsys, "push", "list", CODE))["items"]
    assert listed == await said(capsys, "push", "show", number)
    assert (listed["phase"], (await said(capsys, "push", "count"))["phases"]["queued"]) == ("queued", 1)
    cancelled = await said(capsys, "push", "cancel", number)
    assert (cancelled["phase"], cancelled["reason"]) == ("cancelled", "cancelled_by_operator")
    assert await run("push", "show", "99") == 3
    assert "(push_not_found)" in capsys.readouterr().err
    assert await run("push", "list", "-o", "table") == 0
    assert "cancelled_by_operator" in capsys.readouterr().out


async def test_blank_is_saved_to_what_is_empty_on_the_revision_that_was_seen(cases: CaseApi, capsys: Output) -> None:
    assert await said(capsys, "config", "blank", CODE, "--reason", "new") == {"service_code": CODE, "modules": []}
    assert await run("config", "blank", CODE, "--expect", "9") == 3
    assert "(revision_conflict)" in capsys.readouterr().err
