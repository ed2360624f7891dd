"""`servicehost fault` against a host's own door."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import get_args

import pytest

from servicehost.cli import fault as words
from servicehost.cli.errors import REFUSED
from servicehost.domain.fact_kind import Cause
from servicehost.domain.triage_question import Question, Reply
from tests.builders.case_api import CaseApi
from tests.builders.command_line import Output, open_command_line, run, said
from tests.builders.world import CODE, OLD


@pytest.fixture
async def cases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[CaseApi]:
    """A unit raised an alarm; support asks."""
    async with open_command_line(tmp_path, monkeypatch, who="support") as opened:
        await opened.world.hello(OLD)
        await opened.world.says(OLD, "hardware_alarm", "flash")
        yield opened


@pytest.mark.usefixtures("cases")
async def test_a_fault_is_found_asked_about_and_decided(capsys: Output) -> None:
    (found,) = (await said(capsys, "fault", "list", "--open"))["items"]
    assert (found["service_code"], found["phase"]) == (CODE, "open")
    asked = await said(capsys, "fault", "triage", "1")
    assert (asked["proposal"]["cause"], asked["next_question"]) == ("natural", "opened")
    answered = await said(capsys, "fault", "answer", "1", "opened", "yes", "--note", "screws are missing")
    assert answered["proposal"]["cause"] == "modification"

    assert await run("fault", "decide", "1", "natural", "--evidence", "the screws were never there") == REFUSED
    assert "reason_needed" in capsys.readouterr().err
    why = ("--evidence", "the screws were never there", "--reason", "so the maker says")
    assert (await said(capsys, "fault", "decide", "1", "natural", *why))["cause"] == "natural"


@pytest.mark.usefixtures("cases")
async def test_on_a_terminal_the_triage_is_a_sheet_that_ends_with_the_next_question(capsys: Output) -> None:
    await run("fault", "answer", "1", "water", "no", "--output", "table")
    sheet = capsys.readouterr().out.splitlines()
    assert sheet[0] == f"fault 1 of {CODE}, open"
    assert "proposed: natural. The unit seems to have failed of itself." in sheet
    assert "  + The unit raised a hardware alarm or failed its self-test." in sheet
    assert any(line.startswith("  water: no (support_by_phone, ") for line in sheet)
    assert sheet[-2:] == [
        "ask next: Was the adapter's case opened, or anything in it altered?",
        "  servicehost fault answer 1 opened yes|no|cannot_say",
    ]


def test_the_words_of_the_command_are_those_of_the_service() -> None:
    assert get_args(words.Question) == tuple(Question)
    assert get_args(words.Reply) == tuple(Reply)
    assert set(get_args(words.CauseWord)) == set(Cause)
