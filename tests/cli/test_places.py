"""`servicehost places` and `servicehost address check` against a host's own door."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.builders.case_api import CaseApi
from tests.builders.command_line import Output, open_command_line, said
from tests.builders.world import CODE

ADDRESS = ("--prefecture", "東京都", "--municipality", "千代田区", "--rest", "1-1", "--addressee", "A", "--telephone")


@pytest.fixture
async def cases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[CaseApi]:
    async with open_command_line(tmp_path, monkeypatch) as opened:
        yield opened


async def test_the_age_of_the_list_is_shown(cases: CaseApi, capsys: Output) -> None:
    assert {"as_of", "age_days", "old", "source"} <= set(await said(capsys, "places", "age"))


async def test_municipalities_of_a_prefecture_are_listed(cases: CaseApi, capsys: Output) -> None:
    listed = await said(capsys, "places", "list", "--prefecture", "13")
    assert "千代田区" in [one["name"] for one in listed["items"]]


async def test_an_address_is_checked_and_the_answer_says_how_old_the_list_is(cases: CaseApi, capsys: Output) -> None:
    good = await said(capsys, "address", "check", "--postal-code", "102-0071", *ADDRESS, "0312345678")
    assert (good["valid"], good["list"]["as_of"] >= "2026-10-03") == (True, True)
    bad = await said(capsys, "address", "check", "--postal-code", "102-0071", *ADDRESS, "1")
    assert [one["code"] for one in bad["findings"]] == ["telephone_malformed"]


async def test_a_shipping_address_is_set_and_shown(cases: CaseApi, capsys: Output) -> None:
    good = ("--postal-code", "102-0071", *ADDRESS, "0312345678")
    said_ = await said(capsys, "address", "set", CODE, *good)
    assert said_["address"]["municipality"] == "千代田区"
    shown = await said(capsys, "address", "show", CODE)
    assert [one["number"] for one in shown["items"]][-1] == said_["number"]
    assert shown["items"][-1]["address"] == said_["address"]
