"""`servicehost customer`, `contract`, `delegate` and `adapter` against a host's own door."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from servicehost.domain.people import Actor
from tests.builders.case_api import CaseApi
from tests.builders.command_line import Output, log_in_as, open_command_line, run, said
from tests.builders.world import CODE, TENANT


@pytest.fixture
async def cases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[CaseApi]:
    async with open_command_line(tmp_path, monkeypatch, who=None) as opened:
        yield opened


@pytest.fixture
def act(cases: CaseApi, monkeypatch: pytest.MonkeyPatch) -> Any:
    async def as_(actor: Actor) -> None:
        await log_in_as(actor, cases, monkeypatch)

    return as_


async def test_a_customer_gets_a_contract_and_is_found_by_either_code(cases: CaseApi, act: Any, capsys: Output) -> None:
    await act(cases.dispatcher)
    customer = (await said(capsys, "customer", "add", "鈴木商事"))["customer_code"]
    contract = await said(capsys, "contract", "add", "Tokyo", "--customer", customer.upper())
    assert contract["customer_code"] == customer
    assert (await said(capsys, "customer", "list"))["items"][0]["name"] == "鈴木商事"
    shown = await said(capsys, "customer", "show", f"{customer[:3]}-{customer[3:]}")
    assert shown["contracts"][0]["management_code"] == contract["management_code"]
    assert (await said(capsys, "contract", "show", contract["management_code"]))["customer"]["name"] == "鈴木商事"
    assert len((await said(capsys, "contract", "list"))["items"]) == 3
    await act(cases.support)
    found = await said(capsys, "contract", "find", CODE.upper())
    assert (found["kind"], found["adapter"]["service_code"]) == ("service", CODE)


async def test_a_manager_names_a_delegate_and_writes_a_memo(cases: CaseApi, act: Any, capsys: Output) -> None:
    await act(cases.anna)
    named = await said(capsys, "delegate", "add", TENANT, "佐藤", "--telephone", "06-1", "--site", CODE.upper())
    assert named["service_codes"] == [CODE]
    assert [one["name"] for one in (await said(capsys, "delegate", "list", TENANT))["items"]] == ["佐藤"]
    assert (await said(capsys, "delegate", "end", "1", "--reason", "left"))["stands"] is False
    assert (await said(capsys, "adapter", "memo", CODE, "2F の棚"))["memo"] == "2F の棚"


@pytest.mark.parametrize(
    ("arguments", "ends"),
    [
        (["customer", "show", "nxc000000011"], (2, "(bad_check_digit)")),
        (["contract", "show", CODE], (2, "(code_of_another_kind)")),
        (["adapter", "memo", "123456789", "x"], (2, "(code_unreadable)")),
        (["customer", "show", "nxc000000013"], (3, "(customer_not_found)")),
    ],
)
async def test_what_is_mistyped_or_unknown_says_what_is_right(
    cases: CaseApi, act: Any, capsys: Output, arguments: list[str], ends: tuple[int, str]
) -> None:
    await act(cases.dispatcher)
    assert await run(*arguments) == ends[0]
    assert ends[1] in capsys.readouterr().err


async def test_a_person_is_registered_and_handed_a_notice_that_only_you_can_read(
    cases: CaseApi, act: Any, capsys: Output, tmp_path: Path
) -> None:
    await act(cases.dispatcher)
    added = await said(capsys, "person", "add", TENANT, "山田 花子", "--telephone", "06-1")
    people = (await said(capsys, "person", "list", TENANT))["items"]
    assert [one["name"] for one in people if one["first_log_in_waits"]] == ["山田 花子"]
    file = tmp_path / "notice.html"
    told = await said(capsys, "person", "notice", added["master_id"], "--file", str(file))
    page = file.read_text("utf-8")
    assert ("山田 花子 様" in page, file.stat().st_mode & 0o777) == (True, 0o600)
    assert "link" not in told
    assert added["one_time_password"] not in page
    assert await run("person", "notice", added["master_id"], "--file", str(file)) == 2
    assert "cannot be made" in capsys.readouterr().err
    assert await run("person", "erase", added["master_id"], "--reason", "left") == 0
    other = tmp_path / "other.html"
    assert await run("person", "notice", added["master_id"], "--file", str(other)) == 3
    assert not other.exists()


async def test_ends_are_set_and_taken_back(cases: CaseApi, act: Any, capsys: Output) -> None:
    await act(cases.dispatcher)
    at = "2099-04-01T00:00:00+09:00"
    assert (await said(capsys, "contract", "end", TENANT, "--at", at, "--reason", "解約"))["end_reason"] == "解約"
    assert (await said(capsys, "contract", "end", TENANT, "--take-back", "--reason", "x"))["ends_at"] is None
    ended = await said(capsys, "adapter", "end", CODE, "--at", at, "--reason", "閉店")
    assert ended["out_of_service_at"] == "2099-03-31T15:00:00.000Z"
    assert await run("adapter", "end-option", CODE, "--reason", "x") == 3
    assert "(no_option)" in capsys.readouterr().err
