"""`servicehost return` and `servicehost charge` against a host's own door."""

import csv
import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import get_args

import pytest

from servicehost.cli.charge import State as ChargeStateWord
from servicehost.cli.returns import Accessory
from servicehost.cli.returns import State as ReturnStateWord
from servicehost.domain.charge_proposal import ProposalState
from servicehost.domain.custody import Part
from servicehost.domain.unit_return import ReturnState
from tests.builders.case_api import CaseApi
from tests.builders.command_line import Output, open_command_line, run, said
from tests.builders.stories import SENDBACK, tell
from tests.builders.world import CODE


@pytest.fixture
async def cases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[CaseApi]:
    """A sendback is over; its old unit is due back."""
    async with open_command_line(tmp_path, monkeypatch) as opened:
        await tell(opened.world, SENDBACK)
        yield opened


async def test_a_unit_is_received_and_inspected_and_its_charge_approved_and_exported(
    cases: CaseApi, capsys: Output
) -> None:
    (due,) = (await said(capsys, "return", "list", "--state", "due"))["items"]
    received = await said(capsys, "return", "receive", f"{due['number']}", "--place", "東京", "--missing", "lan_cable")
    assert (received["state"], received["place"], received["missing"]) == ("received", "東京", ["lan_cable"])
    words = ("1", "damaged", "--by", "Tanaka", "--damaged", "ac_adapter", "--not-erased", "--note", "wet")
    inspected = await said(capsys, "return", "inspect", *words)
    assert (inspected["result"], inspected["damaged"], inspected["erased"]) == ("damaged", ["ac_adapter"], False)
    assert inspected["inspected_by"] == "Tanaka"
    await cases.world.ops.run_reactions()
    (charge,) = (await said(capsys, "charge", "list", "--state", "proposed", "--exchange", "1"))["items"]
    assert (charge["total"], charge["rule"]) == (33_500, "rental_damage_found")
    assert (await said(capsys, "charge", "approve", f"{charge['charge']}", "--reason", "agreed"))["state"] == "approved"
    assert (await said(capsys, "charge", "list", "--state", "proposed"))["items"] == []
    assert await run("charge", "export") == 0
    out = capsys.readouterr().out
    rows = list(csv.DictReader(io.StringIO(out.removeprefix("\ufeff"), newline="")))
    assert [(row["part"], row["amount"]) for row in rows] == [
        ("unit", "30000"),
        ("ac_adapter", "3000"),
        ("lan_cable", "500"),
    ]
    day = rows[0]["approved_at"][:10]
    assert await run("charge", "export", "--from", day, "--to", day) == 0
    assert capsys.readouterr().out == out
    assert await run("charge", "export", "--to", "2020-01-01") == 0
    assert capsys.readouterr().out.count("\n") == 1


async def test_nobody_looked_whether_it_was_erased_unless_that_is_said(cases: CaseApi, capsys: Output) -> None:
    await said(capsys, "return", "receive", "1")
    assert (await said(capsys, "return", "inspect", "1", "fault_found"))["erased"] is None
    assert (await said(capsys, "return", "inspect", "1", "fault_found", "--erased"))["erased"] is True


async def test_a_waived_charge_needs_its_reason_and_stays_out_of_the_file(cases: CaseApi, capsys: Output) -> None:
    await said(capsys, "return", "receive", "1", "--missing", "ac_adapter")
    await cases.world.ops.run_reactions()
    assert await run("charge", "waive", "1", "--reason", " ") == 2
    assert capsys.readouterr().err.startswith("servicehost: ")
    waived = await said(capsys, "charge", "waive", "1", "--reason", "好意")
    assert (waived["state"], waived["reason"], waived["total"]) == ("waived", "好意", 3_000)
    assert await run("charge", "export") == 0
    assert capsys.readouterr().out.count("\n") == 1
    assert await run("charge", "approve", "1") == 3
    assert "(charge_decided)" in capsys.readouterr().err


async def test_tables_are_for_people(cases: CaseApi, capsys: Output) -> None:
    assert await run("return", "list", "-o", "table") == 0
    out = capsys.readouterr().out
    assert "model_serial" in out
    assert CODE in out
    assert await run("charge", "list", "-o", "table") == 0
    assert "total" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "code", "word"),
    [
        (["return", "inspect", "1", "fault_found"], 3, "(return_not_received)"),
        (["return", "receive", "99"], 3, "(return_not_found)"),
        (["return", "receive", "1", "--missing", "antenna"], 2, "(no_such_accessory)"),
        (["charge", "approve", "1"], 3, "(charge_not_found)"),
    ],
)
async def test_what_is_refused_says_why(
    cases: CaseApi, capsys: Output, arguments: list[str], code: int, word: str
) -> None:
    assert await run(*arguments) == code
    written = capsys.readouterr()
    assert written.out == ""
    assert word in written.err


def test_the_words_of_the_command_line_are_those_of_the_domain() -> None:
    assert set(get_args(Accessory)) == set(Part) - {Part.UNIT}
    assert set(get_args(ReturnStateWord)) == set(ReturnState)
    assert set(get_args(ChargeStateWord)) == set(ProposalState)
