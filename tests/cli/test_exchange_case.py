"""`servicehost exchange` from the request to the end, `fault` and `reaction`, against a host's own door."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import get_args

import pytest

from servicehost.cli.exchange_case import FactWord, FailureWord, SourceWord
from servicehost.cli.returns import LossWord
from servicehost.domain.exchange import Failure
from servicehost.domain.fact_kind import FactName, Source
from servicehost.domain.unit_return import Loss
from tests.builders.case_api import CaseApi
from tests.builders.command_line import Output, log_in_as, open_command_line, run, said
from tests.builders.stories import ON_SITE, SENDBACK, tell
from tests.builders.world import CODE, NEW_2, distribution_id


@pytest.fixture
async def cases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[CaseApi]:
    async with open_command_line(tmp_path, monkeypatch, who="anna") as opened:
        yield opened


async def test_an_exchange_is_asked_for_judged_by_facts_and_called_off(
    cases: CaseApi, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    await tell(cases.world, SENDBACK[:3])
    (fault,) = (await said(capsys, "fault", "list", "--open"))["items"]
    assert (await said(capsys, "fault", "show", str(fault["fault"])))["symptoms"] != []
    asked_for = await said(capsys, "exchange", "request", CODE, "--no-attended", "--site", "unmanned")
    assert (asked_for["service_code"], asked_for["fault"]) == (CODE, fault["fault"])
    await cases.world.workers()
    stated = await said(capsys, "exchange", "fact", "1", "location", "declared", "--reason", "seen")
    assert stated["exchange"] == 1
    shown = await said(capsys, "exchange", "show", "1")
    assert ("location", "declared") in {(one["name"], one["value"]) for one in shown["facts"]}
    assert [one["exchange"] for one in (await said(capsys, "exchange", "list", CODE))["items"]] == [1]
    called_off = await said(capsys, "exchange", "cancel", "1", "--reason", "works again")
    assert called_off["state"] == "cancelled"
    assert (await said(capsys, "fault", "close", "1", "withdrawn"))["reason"] == "withdrawn"


async def test_a_spare_that_is_set_aside_is_swapped_in_and_fails(
    cases: CaseApi, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    await tell(cases.world, ON_SITE[:7])
    await log_in_as(cases.dispatcher, cases, monkeypatch)
    judged = await said(capsys, "exchange", "fact", "1", "provider_downgrade", "no")
    assert judged["exchange"] == 1
    await cases.world.workers()
    assert await run("exchange", "reserve", "1", distribution_id(NEW_2)) == 3, "the host has taken the nearest"
    assert "(reserved_already)" in capsys.readouterr().err
    await log_in_as(cases.anna, cases, monkeypatch)
    assert (await said(capsys, "exchange", "swap", "1", "--attendee", "Sato"))["attendee"] == "Sato"
    assert await run("exchange", "confirm", "1") == 3
    assert "(not_swapped)" in capsys.readouterr().err
    failed = await said(capsys, "exchange", "fail", "1", "dead_on_arrival")
    assert (failed["state"], failed["reason"]) == ("failed", "dead_on_arrival")


async def test_after_the_swap_its_units_are_where_custody_says(
    cases: CaseApi, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    await tell(cases.world, SENDBACK)
    things = (await said(capsys, "exchange", "custody", "1"))["things"]
    unit = things[0]["distribution_id"]
    assert (await said(capsys, "unit", "custody", unit))["things"] != []
    await log_in_as(cases.dispatcher, cases, monkeypatch)
    shipped = await said(capsys, "return", "shipped", "1", "--name", "Y", "--reference", "1234")
    assert shipped == await said(capsys, "return", "show", "1")
    lost = await said(capsys, "return", "write-off", "1", "lost_by_carrier", "--reason", "the carrier says so")
    assert (lost["state"], lost["loss"]) == ("written_off", "lost_by_carrier")
    assert await run("reaction", "list", "--parked") == 0
    assert await run("reaction", "resend", "99") == 3
    assert "(reaction_not_found)" in capsys.readouterr().err


def test_the_words_of_the_command_line_are_those_of_the_domain() -> None:
    assert set(get_args(FactWord)) == set(FactName)
    assert set(get_args(SourceWord)) == set(Source)
    assert set(get_args(FailureWord)) == set(Failure)
    assert set(get_args(LossWord)) == set(Loss)
