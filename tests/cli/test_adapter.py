"""`servicehost adapter` against a host's own door."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.builders.case_api import CaseApi
from tests.builders.command_line import Output, log_in_as, open_command_line, run, said
from tests.builders.world import CODE, NEW, OLD, TENANT, distribution_id


@pytest.fixture
async def cases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[CaseApi]:
    async with open_command_line(tmp_path, monkeypatch) as opened:
        yield opened


async def test_an_adapter_is_taken_up_bound_listed_and_freed(cases: CaseApi, capsys: Output) -> None:
    made = await said(capsys, "adapter", "add", TENANT, "--code", "nxe000000077", "--site", "京都", "--memo", "2階")
    assert (made["service_code"], made["site_name"]) == ("nxe000000077", "京都")
    bound = await said(capsys, "adapter", "bind", "NXE-000000077", distribution_id(NEW), "--reason", "first")
    assert (bound["service_code"], bound["reason"]) == ("nxe000000077", "first")
    shown = await said(capsys, "adapter", "show", "nxe000000077")
    assert (shown["unit"]["distribution_id"], shown["memo"]) == (distribution_id(NEW), "2階")
    assert (await said(capsys, "adapter", "count"))["adapters"] == len((await said(capsys, "adapter", "list"))["items"])
    assert await run("adapter", "unbind", "nxe000000077", "--reason", "moved") == 0
    capsys.readouterr()
    (binding,) = (await said(capsys, "adapter", "bindings", "nxe000000077"))["items"]
    assert binding["unbound_reason"] == "moved"
    assert (await said(capsys, "unit", "bindings", distribution_id(NEW)))["items"] == [binding]


async def test_adapters_are_listed_by_what_they_are(
    cases: CaseApi, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    await log_in_as(cases.anna, cases, monkeypatch)
    assert await run("adapter", "list", "-o", "table", "--query", f"code:{CODE}") == 0
    head, _, line = (one.split() for one in capsys.readouterr().out.strip().splitlines())
    assert head == ["service_code", "memo", "presence", "state", "unit", "startup", "drift", "push"]
    assert (line[0], distribution_id(OLD) in line) == (CODE, True)
    assert await run("tag", "set", CODE, "--put", "role=edge") == 0
    capsys.readouterr()
    found = (await said(capsys, "adapter", "list", "--tag", "role=edge"))["items"]
    assert [one["service_code"] for one in found] == [CODE]
    assert (await said(capsys, "adapter", "list", "--query", "tag:role=core"))["items"] == []
    assert await run("adapter", "list", "--tag", "role", "--query", "x") == 2
    assert "--saved" in capsys.readouterr().err


async def test_on_site_rights_are_recorded_declared_asked_for_and_looked_at(
    cases: CaseApi, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    said_terms = await said(capsys, "adapter", "terms", CODE, "--no-option", "--coverage", "uncovered")
    assert (said_terms["option"], said_terms["coverage"]) == (False, "uncovered")
    await log_in_as(cases.anna, cases, monkeypatch)
    declared = await said(capsys, "adapter", "declare", CODE, "東京都千代田区富士見2-10-2", "--reason", "moved")
    history = (await said(capsys, "adapter", "declarations", CODE))["items"]
    assert history[-1] == declared
    assert await run("adapter", "declare", CODE, "x", "--postal-code", "1020071") == 2
    assert "--municipality" in capsys.readouterr().err
    asked_for = await said(capsys, "adapter", "option", CODE, "ask")
    assert asked_for["state"] in ("waiting", "refused", "attached")
    assert await run("adapter", "option", CODE, "detach", "--reason", "not needed") == 0
    capsys.readouterr()
    standing = await said(capsys, "adapter", "site", CODE, "--state", "unmanned")
    assert standing == await said(capsys, "adapter", "eligibility", CODE)
    assert "items" in await said(capsys, "adapter", "at-risk")
    assert await run("adapter", "at-risk", "-o", "table") == 0
    assert "remedies" in capsys.readouterr().out


async def test_an_end_is_set_and_taken_back(cases: CaseApi, capsys: Output) -> None:
    await said(capsys, "adapter", "end", CODE, "--at", "2040-01-01T00:00:00Z", "--reason", "leaves")
    assert await run("adapter", "end", CODE, "--take-back", "--reason", "stays") == 0
    capsys.readouterr()
    assert (await said(capsys, "adapter", "show", CODE))["out_of_service_at"] is None
