"""`servicehost enrolment` and what `servicehost unit` says of sessions, against a host's own door."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import get_args

import msgspec
import pytest

from servicehost.cli.enrolment import State
from servicehost.domain.attempt import Attempt, AttemptOutcome
from servicehost.domain.contract import EVERYTHING
from servicehost.domain.enrolment_request import RequestState
from tests.builders.case_api import CaseApi
from tests.builders.command_line import Output, open_command_line, run, said
from tests.builders.waiting_units import waits
from tests.builders.world import OLD, distribution_id

UNIT = distribution_id(OLD)


@pytest.fixture
async def cases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[CaseApi]:
    async with open_command_line(tmp_path, monkeypatch) as opened:
        yield opened


async def test_who_asks_to_be_enrolled_is_listed_and_answered(cases: CaseApi, capsys: Output) -> None:
    await waits(cases, OLD)
    await waits(cases, OLD, "another key")
    first, second = (await said(capsys, "enrolment", "list", "--state", "pending"))["items"]
    assert {first["distribution_id"], second["distribution_id"]} == {UNIT}
    assert (await said(capsys, "enrolment", "approve", f"{first['request']}"))["state"] == "approved"
    denied = await said(capsys, "enrolment", "deny", f"{second['request']}", "--reason", "not ours")
    assert (denied["state"], denied["reason"]) == ("denied", "not ours")
    assert (await said(capsys, "enrolment", "list", "--state", "pending"))["items"] == []


async def test_the_states_one_may_ask_for_are_those_there_are() -> None:
    assert set(get_args(State)) == {state.value for state in RequestState}


async def test_a_unit_is_sent_elsewhere_and_taken_back(cases: CaseApi, capsys: Output) -> None:
    moved = await said(capsys, "unit", "move", UNIT, "wss://one.example:443", "wss://two.example:443")
    assert moved["moved_to"] == ["wss://one.example:443", "wss://two.example:443"]
    assert (await said(capsys, "unit", "move", UNIT, "--back"))["moved_to"] == []
    for words in ((), ("wss://one.example", "--back")):
        assert await run("unit", "move", UNIT, *words) == 2
        assert "--back" in capsys.readouterr().err


async def test_a_held_unit_is_released(cases: CaseApi, capsys: Output) -> None:
    await cases.world.store.batch(EVERYTHING, lambda batch: batch.hold_units([OLD], 7))
    assert (await said(capsys, "unit", "show", UNIT))["held_at"] is not None
    assert (await said(capsys, "unit", "release", UNIT))["held_at"] is None


async def test_what_came_of_each_attempt_and_each_certificate_is_listed(cases: CaseApi, capsys: Output) -> None:
    tried = Attempt(
        at=7, host="h", remote_address="192.0.2.1:9", outcome=AttemptOutcome.REFUSED, reason="revoked", unit_id=OLD
    )
    named = msgspec.structs.replace(tried, distribution_id=UNIT)
    await cases.world.store.batch(EVERYTHING, lambda batch: batch.add_attempts([named]))
    attempts = (await said(capsys, "unit", "attempts", UNIT))["items"]
    assert {(one["distribution_id"], one["outcome"]) for one in attempts} == {(UNIT, "refused")}
    (certificate,) = (await said(capsys, "unit", "certificates", UNIT))["items"]
    assert certificate["revoked_at"] is None
    assert await run("unit", "attempts", "no unit") == 2
