"""`servicehost call`, `consent` and `proposal` against a host's own door."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, TypeAlias, get_args

import pytest

from servicehost.cli.call import Match, Outcome
from servicehost.cli.consent import Allowed, Grantee
from servicehost.cli.consent import State as ConsentStateWord
from servicehost.cli.proposal import State as ProposalStateWord
from servicehost.domain.config_proposal import DraftState
from servicehost.domain.consent import ConsentState
from servicehost.domain.people import CONSENTABLE, Actor, Role
from servicehost.domain.phone_call import CallerMatch, CallOutcome
from tests.builders.case_api import CaseApi
from tests.builders.command_line import Output, log_in_as, open_command_line, run
from tests.builders.world import CODE, TENANT

Run: TypeAlias = Callable[..., Awaitable[int]]
Said: TypeAlias = Callable[..., Awaitable[Any]]


@pytest.fixture
async def cases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[CaseApi]:
    async with open_command_line(tmp_path, monkeypatch, who=None) as opened:
        yield opened


@pytest.fixture
def act(cases: CaseApi, monkeypatch: pytest.MonkeyPatch) -> Run:
    async def as_somebody(who: Actor, *arguments: str) -> int:
        await log_in_as(who, cases, monkeypatch)
        return await run(*arguments)

    return as_somebody


@pytest.fixture
def said(act: Run, capsys: Output) -> Said:
    async def answered(who: Actor, *arguments: str) -> Any:
        assert await act(who, *arguments) == 0, capsys.readouterr().err
        return json.loads(capsys.readouterr().out)

    return answered


async def test_a_consent_is_recorded_from_a_call_used_and_withdrawn(cases: CaseApi, said: Said) -> None:
    call = await said(
        cases.support, "call", "record", "--caller", "Anna", "--adapter", CODE, "--number", "03-0000-0000",
        "--said", "設定を直してほしい",
    )  # fmt: skip
    assert (call["served"], call["manager"], call["said"]) == (True, cases.anna.master_id, "設定を直してほしい")
    consent = await said(
        cases.support, "consent", "give", TENANT, "--allow", "edit_config", "--allow", "push_config",
        "--to-role", "support", "--adapter", CODE, "--call", f"{call['call']}", "--reason", "お客様のご依頼",
    )  # fmt: skip
    assert (consent["given_by"], consent["rights"]) == (cases.anna.master_id, ["edit_config", "push_config"])
    (listed,) = (await said(cases.anna, "consent", "list", "--state", "in_force", "--adapter", CODE))["items"]
    assert listed == consent
    assert (await said(cases.support, "call", "list", "--open-only"))["items"] == []
    (taken,) = (await said(cases.anna, "call", "list", "--match", "registered", "--contract", TENANT))["items"]
    assert (taken["outcome"], taken["reference"]) == ("consent", consent["consent"])
    gone = await said(cases.anna, "consent", "withdraw", f"{consent['consent']}", "--reason", "済みました")
    assert gone["state"] == "withdrawn"


async def test_a_proposal_is_made_from_a_file_shown_and_accepted(cases: CaseApi, said: Said, tmp_path: Path) -> None:
    file = tmp_path / "config.txt"
    file.write_text("hostname tokyo-1\n")
    made = await said(cases.support, "proposal", "make", CODE, str(file), "--reason", "案")
    assert (await said(cases.anna, "proposal", "show", f"{made['proposal']}"))["body"] == "hostname tokyo-1\n"
    assert len((await said(cases.anna, "proposal", "list", "--state", "open", "--adapter", CODE))["items"]) == 1
    accepted = await said(cases.anna, "proposal", "accept", f"{made['proposal']}")
    assert (accepted["state"], accepted["revision"]) == ("accepted", 1)
    again = await said(cases.support, "proposal", "make", CODE, str(file), "--reason", "案")
    assert (await said(cases.support, "proposal", "withdraw", f"{again['proposal']}"))["state"] == "withdrawn"
    last = await said(cases.support, "proposal", "make", CODE, str(file), "--reason", "案")
    declined = await said(cases.anna, "proposal", "decline", f"{last['proposal']}", "--reason", "不要です")
    assert (declined["state"], declined["answer"]) == ("declined", "不要です")


async def test_what_is_refused_says_why(cases: CaseApi, act: Run, capsys: Output, tmp_path: Path) -> None:
    give = ("consent", "give", TENANT, "--allow", "exchange", "--to-role", "support", "--reason", "x")
    (tmp_path / "sjis").write_bytes("東京".encode("cp932"))
    for who, arguments, code, word in (
        (cases.support, give, 3, "(call_missing)"),
        (cases.support, ("consent", "withdraw", "9"), 3, "(consent_not_found)"),
        (cases.anna, ("call", "record", "--caller", "x"), 3, "(no_right)"),
        (cases.support, ("call", "conclude", "9", "nothing"), 3, "(call_not_found)"),
        (cases.support, ("proposal", "make", CODE, str(tmp_path / "none"), "--reason", "x"), 2, "cannot be read"),
        (cases.support, ("proposal", "make", CODE, str(tmp_path / "sjis"), "--reason", "x"), 2, "not UTF-8"),
    ):
        assert await act(who, *arguments) == code, arguments
        assert word in capsys.readouterr().err


def test_the_words_of_the_command_line_are_those_of_the_domain() -> None:
    assert set(get_args(ConsentStateWord)) == set(ConsentState)
    assert set(get_args(ProposalStateWord)) == set(DraftState)
    assert set(get_args(Match)) == set(CallerMatch)
    assert set(get_args(Outcome)) == set(CallOutcome)
    assert set(get_args(Allowed)) == CONSENTABLE
    assert set(get_args(Grantee)) == set(Role) - {Role.OPERATION_MANAGER}
