"""`servicehost snapshot` against a host's own door."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import get_args

import pytest

from servicehost.cli.snapshot import PartWord
from servicehost.domain.snapshot import Part
from tests.builders.case_api import CaseApi
from tests.builders.command_line import Output, open_command_line, run, said
from tests.builders.world import CODE
from tests.web.test_snapshots import saves


@pytest.fixture
async def cases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[CaseApi]:
    async with open_command_line(tmp_path, monkeypatch, who="anna") as opened:
        yield opened


def test_the_words_of_the_command_are_the_hosts() -> None:
    assert set(get_args(PartWord)) == {part.value for part in Part}


async def test_a_snapshot_is_taken_looked_at_restored_and_deleted(cases: CaseApi, capsys: Output) -> None:
    await saves(cases, "hostname a\n")
    taken = await said(capsys, "snapshot", "take", "before", "--reason", "the move")
    assert (taken["snapshot"], taken["members"]) == (1, 1)
    await saves(cases, "hostname b\n")
    (row,) = (await said(capsys, "snapshot", "show", "1", "--changed"))["items"]
    assert (row["working"], row["working_now"], row["changed"]) == (1, 2, "working")
    assert await run("snapshot", "diff", "1") == 0
    assert "-hostname a\n+hostname b\n" in capsys.readouterr().out
    assert await run("snapshot", "restore", "1") == 3
    assert f"{CODE}: working revision 1 then, 2 now" in capsys.readouterr().err
    (restored,) = (await said(capsys, "snapshot", "restore", "1", "--yes"))["items"]
    assert restored == {"service_code": CODE, "revision": 3, "saved": True}
    assert [one["name"] for one in (await said(capsys, "snapshot", "list"))["items"]] == ["before"]
    assert await run("snapshot", "diff", "1", "nxe000000077") == 2
    assert (await said(capsys, "snapshot", "delete", "1", "--reason", "done"))["snapshot"] == 1


async def test_a_query_says_whose_configs_are_kept(cases: CaseApi, capsys: Output) -> None:
    await saves(cases, "hostname a\n")
    assert (await said(capsys, "snapshot", "take", "one", "--query", f"code:{CODE}"))["members"] == 1
    assert await run("snapshot", "take", "two", CODE, "--query", "code:nxe") == 2
    assert "give one of --group" in capsys.readouterr().err
