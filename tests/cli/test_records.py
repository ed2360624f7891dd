"""Commands that show one record, or what a host knows, against its own door."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.builders.case_api import CaseApi
from tests.builders.command_line import Output, open_command_line, run, said
from tests.builders.world import TENANT


@pytest.fixture
async def cases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[CaseApi]:
    async with open_command_line(tmp_path, monkeypatch) as opened:
        yield opened


async def test_what_a_host_knows_is_asked_of_it(cases: CaseApi, capsys: Output) -> None:
    assert (await said(capsys, "person", "me"))["role"] == "dispatcher"
    assert [one["enquiry"] for one in (await said(capsys, "call", "hours"))["items"]][:1] == ["fault"]
    (chiyoda,) = (await said(capsys, "places", "postal-code", "100-0001"))["items"]
    assert chiyoda["prefecture"] == "東京都"
    assert len((await said(capsys, "places", "prefectures"))["items"]) == 47
    assert (await said(capsys, "area", "faults"))["items"] == []
    assert (await said(capsys, "task", "count"))["states"]["queued"] == 0
    assert isinstance((await said(capsys, "unit", "attempts", "--outcome", "refused"))["items"], list)


async def test_the_audit_is_read_from_a_host(cases: CaseApi, capsys: Output) -> None:
    assert await run("person", "erase-named", TENANT, "Sato", "--reason", "asked for") == 3
    assert "(person_not_found)" in capsys.readouterr().err
    await said(capsys, "adapter", "add", TENANT)
    records = (await said(capsys, "audit", "list", "--chain", TENANT))["items"]
    assert records[-1]["record"]["action"] == "add_adapter"
    number = records[-1]["number"]
    assert await run("audit", "list", "--chain", TENANT, "--after", f"{number - 1}", "-o", "table") == 0
    assert "add_adapter" in capsys.readouterr().out


@pytest.mark.parametrize("noun", ["call", "consent", "charge", "enrolment", "fault", "exchange", "return", "push"])
async def test_what_is_not_there_is_refused_by_name(cases: CaseApi, capsys: Output, noun: str) -> None:
    assert await run(noun, "show", "9") == 3
    assert "_not_found)" in capsys.readouterr().err
