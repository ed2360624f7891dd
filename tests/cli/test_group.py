"""`servicehost group`, `tag` and `query` against a host's own door."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.builders.case_api import CaseApi
from tests.builders.command_line import Output, open_command_line, run, said
from tests.builders.world import CODE, TENANT


@pytest.fixture
async def cases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[CaseApi]:
    async with open_command_line(tmp_path, monkeypatch, who="anna") as opened:
        yield opened


async def test_adapters_are_sorted_tagged_and_found(cases: CaseApi, capsys: Output) -> None:
    made = await said(capsys, "group", "make", TENANT, "西日本", "--note", "大阪")
    assert (made["group"], made["members"]) == (1, 0)
    assert (await said(capsys, "group", "add", "1", CODE))["members"] == 1
    assert (await said(capsys, "group", "members", "1"))["items"] == [{"service_code": CODE}]
    renamed = await said(capsys, "group", "rename", "1", "West")
    assert (renamed["name"], renamed["note"], renamed["version"]) == ("West", "大阪", 2)
    assert (await said(capsys, "tag", "set", "--group", "1", "--put", "role=edge"))["items"] == [{"service_code": CODE}]
    (tag,) = (await said(capsys, "tag", "list"))["items"]
    assert (tag["name"], tag["value"], tag["adapters"]) == ("role", "edge", 1)
    (found,) = (await said(capsys, "query", "find", "tag:role=edge group:west"))["items"]
    assert (found["service_code"], found["tags"], found["groups"]) == (
        CODE,
        ["role=edge"],
        [{"group": 1, "name": "West"}],
    )
    await said(capsys, "query", "save", TENANT, "Edges", "tag:role")
    assert (await said(capsys, "query", "change", "1", "tag:role=edge"))["version"] == 2
    assert [one["text"] for one in (await said(capsys, "query", "list"))["items"]] == ["tag:role=edge"]
    assert (await said(capsys, "group", "remove", "1", CODE))["members"] == 0
    assert await run("query", "drop", "1") == await run("group", "drop", "1") == 0
    assert (await said(capsys, "group", "list"))["items"] == []


async def test_who_is_meant_is_said_in_exactly_one_way(cases: CaseApi, capsys: Output) -> None:
    assert await run("tag", "set", CODE, "--query", "x", "--put", "a") == 2
    assert "--group, --tag, --query" in capsys.readouterr().err
    assert await run("query", "find", "memo:") == 3
    assert "character 6" in capsys.readouterr().err
