"""`servicehost login`, and where commands find their token."""

import asyncio
import io
import os
import stat
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from servicehost.cli import main
from servicehost.cli.credentials import Login, drop_login, keep_login, kept_login, login_file, the_host, the_token
from servicehost.cli.errors import CommandError
from tests.builders.case_api import CaseApi
from tests.builders.command_line import Output, open_command_line
from tests.builders.office import PASSWORD
from tests.builders.world import TENANT

HOME = "http://127.0.0.1:8080"
LOGIN = Login(url=HOME, master_id="MID1", token="shat_kept", expires_at="2030-01-01T00:00:00.000Z")


@pytest.fixture
async def cases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[CaseApi]:
    async with open_command_line(tmp_path, monkeypatch, who=None) as opened:
        yield opened


async def log_in(monkeypatch: pytest.MonkeyPatch, *lines: str) -> int:
    monkeypatch.setattr(sys, "stdin", io.StringIO("".join(f"{line}\n" for line in lines)))
    return await asyncio.to_thread(main, ["login"])


async def test_a_login_is_kept_for_its_owner_alone_and_serves_the_next_command(
    cases: CaseApi, monkeypatch: pytest.MonkeyPatch, capsys: Output, tmp_path: Path
) -> None:
    assert await log_in(monkeypatch, cases.dispatcher.master_id, PASSWORD) == 0
    written = capsys.readouterr()
    assert written.out.startswith(f"Logged in as Dora ({cases.dispatcher.master_id}) until ")
    file = tmp_path / "state" / "servicehost" / "login.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    token = msgspec.json.decode(file.read_bytes())["token"]
    assert token not in written.out + written.err
    assert PASSWORD not in written.out + written.err
    monkeypatch.delenv("SERVICEHOST_URL")
    assert await asyncio.to_thread(main, ["unit", "list"]) == 0


async def test_a_one_time_password_is_changed_on_the_way(
    cases: CaseApi, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    added = await cases.post(cases.dispatcher, f"contracts/{TENANT}/people", name="Hanako")
    given = (added["master_id"], added["one_time_password"])
    assert await log_in(monkeypatch, *given) == 2
    assert "No New password" in capsys.readouterr().err
    assert await log_in(monkeypatch, *given, "a password of her own") == 0
    assert await log_in(monkeypatch, added["master_id"], "a password of her own") == 0


async def test_a_wrong_password_is_refused_and_keeps_nothing(
    cases: CaseApi, monkeypatch: pytest.MonkeyPatch, capsys: Output, tmp_path: Path
) -> None:
    assert await log_in(monkeypatch, cases.dispatcher.master_id, "wrong") == 3
    assert "(log_in_failed)" in capsys.readouterr().err
    assert not (tmp_path / "state").exists()


async def test_a_password_is_changed_and_a_login_ended(
    cases: CaseApi, monkeypatch: pytest.MonkeyPatch, capsys: Output, tmp_path: Path
) -> None:
    assert await log_in(monkeypatch, cases.anna.master_id, PASSWORD) == 0
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{PASSWORD}\na password of her own\n"))
    assert await asyncio.to_thread(main, ["person", "password"]) == 0
    capsys.readouterr()
    assert await asyncio.to_thread(main, ["person", "me"]) == 0, "the new token is kept"
    assert cases.anna.master_id in capsys.readouterr().out
    assert await asyncio.to_thread(main, ["logout"]) == 0
    assert not (tmp_path / "state" / "servicehost" / "login.json").exists()
    assert await asyncio.to_thread(main, ["person", "me"]) == 2
    assert "nobody is logged in" in capsys.readouterr().err
    assert await log_in(monkeypatch, cases.anna.master_id, PASSWORD) == 3


async def test_a_token_that_is_over_is_forgotten_all_the_same(
    cases: CaseApi, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert await log_in(monkeypatch, cases.anna.master_id, PASSWORD) == 0
    file = tmp_path / "state" / "servicehost" / "login.json"
    kept = msgspec.json.decode(file.read_bytes(), type=Login)
    keep_login(msgspec.structs.replace(kept, token=kept.token[::-1]), os.environ)
    assert await asyncio.to_thread(main, ["logout"]) == 0
    assert not file.exists()


def test_a_login_that_is_not_the_one_in_use_is_kept(tmp_path: Path) -> None:
    state = {"XDG_STATE_HOME": str(tmp_path)}
    file = keep_login(LOGIN, state)
    drop_login("http://elsewhere", state)
    drop_login(HOME, state | {"SERVICEHOST_TOKEN": "shat_own"})
    assert file.exists()
    drop_login(HOME, state)
    drop_login(HOME, state)
    assert not file.exists()


async def test_without_a_master_id_nothing_is_asked(cases: CaseApi, monkeypatch: pytest.MonkeyPatch) -> None:
    assert await log_in(monkeypatch) == 2


def test_a_token_is_found_in_the_environment_a_file_or_the_kept_login(tmp_path: Path) -> None:
    (file := tmp_path / "token").write_text("shat_file\n")
    file.chmod(0o600)
    state = {"XDG_STATE_HOME": str(tmp_path)}
    keep_login(LOGIN, state)
    by_file = state | {"SERVICEHOST_TOKEN_FILE": str(file)}
    assert the_token(HOME, by_file | {"SERVICEHOST_TOKEN": "shat_own"}) == "shat_own"
    assert the_token(HOME, by_file) == "shat_file"
    assert the_token(HOME, state) == "shat_kept"


def test_a_kept_token_is_sent_to_its_own_host_only(tmp_path: Path) -> None:
    state = {"XDG_STATE_HOME": str(tmp_path)}
    with pytest.raises(CommandError, match="nobody is logged in"):
        the_token(HOME, state)
    keep_login(LOGIN, state)
    with pytest.raises(CommandError, match="servicehost login --url http://elsewhere"):
        the_token("http://elsewhere", state)


def test_the_host_is_the_one_named_else_the_one_logged_in_at(tmp_path: Path) -> None:
    state = {"XDG_STATE_HOME": str(tmp_path)}
    assert the_host(None, state).url == "http://127.0.0.1:8080"
    keep_login(msgspec.structs.replace(LOGIN, url="https://host.example"), state)
    assert the_host(None, state).url == "https://host.example"
    named = state | {"SERVICEHOST_URL": "http://b/"}
    assert (the_host(None, named).url, the_host("http://c", named).url) == ("http://b", "http://c")


def test_a_secret_that_others_can_read_is_refused(tmp_path: Path) -> None:
    state = {"XDG_STATE_HOME": str(tmp_path)}
    keep_login(LOGIN, state).chmod(0o640)
    with pytest.raises(CommandError, match="chmod 600"):
        kept_login(state)
    with pytest.raises(CommandError, match="cannot be read"):
        the_token(HOME, {"SERVICEHOST_TOKEN_FILE": str(tmp_path / "none")})


def test_a_damaged_login_says_to_log_in_again(tmp_path: Path) -> None:
    state = {"XDG_STATE_HOME": str(tmp_path)}
    keep_login(LOGIN, state).write_bytes(b"{")
    with pytest.raises(CommandError, match="log in again"):
        kept_login(state)


def test_a_login_replaces_the_one_before_and_leaves_no_other_file(tmp_path: Path) -> None:
    state = {"XDG_STATE_HOME": str(tmp_path)}
    keep_login(LOGIN, state)
    file = keep_login(msgspec.structs.replace(LOGIN, token="shat_new"), state)
    assert (kept := kept_login(state)) is not None
    assert kept.token == "shat_new"
    assert list(file.parent.iterdir()) == [file]


def test_without_a_folder_for_state_it_lies_in_the_home_folder() -> None:
    expected = Path.home() / ".local" / "state" / "servicehost" / "login.json"
    assert login_file({}) == login_file({"XDG_STATE_HOME": "relative"}) == expected
