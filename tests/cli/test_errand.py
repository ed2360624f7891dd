"""`servicehost exchange appointment | times | worksheet` against a host's own door."""

import stat
from collections.abc import AsyncIterator
from pathlib import Path
from typing import get_args

import pytest

from servicehost.cli.errand import Milestone as MilestoneWord
from servicehost.cli.errand import Miss
from servicehost.domain.errand import Milestone
from servicehost.domain.exchange import ExchangeState
from servicehost.domain.instant import rfc3339
from servicehost.domain.miss import MissReason
from tests.builders.case_api import CaseApi
from tests.builders.command_line import Output, open_command_line, run, said
from tests.builders.stories import ON_SITE, until


@pytest.fixture
async def cases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[CaseApi]:
    """A swap on site is ordered; the dispatcher is logged in."""
    async with open_command_line(tmp_path, monkeypatch) as opened:
        await until(opened.world, ON_SITE, ExchangeState.ORDERED)
        yield opened


def hours(api: CaseApi, ahead: int) -> str:
    return rfc3339(api.world.clock.wall() + ahead * 3_600_000).replace(".000Z", "+00:00")


async def test_an_appointment_is_proposed_and_agreed_and_a_visit_that_came_to_nothing_reported(
    cases: CaseApi, capsys: Output
) -> None:
    window = ("--from", hours(cases, 1), "--until", hours(cases, 3))
    proposed = await said(capsys, "exchange", "appointment", "1", *window)
    assert proposed["appointments"][0]["state"] == "proposed"
    assert await run("exchange", "appointment", "1", *window, "--attendee", "鈴木") == 2
    assert await run("exchange", "appointment", "1", *window, "--attendee", "鈴木", "--delegate", "1") == 2
    capsys.readouterr()
    agreed = await said(
        capsys, "exchange", "appointment", "1", *window, "--attendee", "鈴木", "--telephone", "03-1234-5678"
    )
    assert agreed["appointments"][0]["state"] == "agreed"
    assert (await said(capsys, "exchange", "appointment", "1"))["appointments"] == agreed["appointments"]
    missed = await said(capsys, "exchange", "times", "1", "--missed", "attendee_absent")
    assert (missed["visit"], missed["missed_visits"][0]["reason"]) == (2, "attendee_absent")


async def test_times_are_reported_and_shown(cases: CaseApi, capsys: Output) -> None:
    reported = await said(capsys, "exchange", "times", "1", "departed", "--at", hours(cases, 0), "--driver", "田中")
    assert reported["times"][0]["actual_at"] == rfc3339(cases.world.clock.wall())
    assert reported["driver"]["name"] == "田中"
    estimated = await said(capsys, "exchange", "times", "1", "arrived", "--at", hours(cases, 1), "--estimated")
    assert estimated["times"][1]["estimated_at"] == rfc3339(cases.world.clock.wall() + 3_600_000)
    assert (await said(capsys, "exchange", "times", "1"))["times"] == estimated["times"]
    await cases.world.passes(5 * 3_600)
    assert await run("exchange", "times", "1", "arrived", "--at", hours(cases, 0)) == 3
    assert "lateness_reason_required" in capsys.readouterr().err
    late = await said(capsys, "exchange", "times", "1", "arrived", "--at", hours(cases, 0), "--because", "traffic")
    assert late["lateness"]["reason"] == "traffic"
    assert (await said(capsys, "exchange", "times", "1", "--because", "weather"))["lateness"]["reason"] == "weather"


async def test_the_work_sheet_is_written_for_its_owner_alone(cases: CaseApi, capsys: Output, tmp_path: Path) -> None:
    file = tmp_path / "sheet.html"
    assert await run("exchange", "worksheet", "1", "--file", str(file)) == 0
    assert "機器交換 作業票" in file.read_text("utf-8")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert await run("exchange", "worksheet", "1") == 0
    assert capsys.readouterr().out == file.read_text("utf-8")
    assert await run("exchange", "worksheet", "1", "--file", str(tmp_path)) == 2


async def test_a_window_has_two_ends(cases: CaseApi, capsys: Output) -> None:
    assert await run("exchange", "appointment", "1", "--from", hours(cases, 1)) == 2
    assert "--until" in capsys.readouterr().err


def test_the_command_knows_every_word_of_the_rules() -> None:
    assert set(get_args(Miss)) == set(MissReason)
    assert set(get_args(MilestoneWord)) == set(Milestone)
