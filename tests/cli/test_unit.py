"""`servicehost unit` against a host's own door."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import get_args

import pytest
from rich.cells import cell_len

from servicehost.cli import main
from servicehost.cli.unit_names import RevokedFor
from servicehost.domain.certificate_standing import RevocationReason
from tests.builders.case_api import CaseApi
from tests.builders.command_line import Output, open_command_line, run
from tests.builders.world import CODE, OLD, distribution_id
from tests.fakes.stream_server import stream_server
from tests.operations.test_unit_rows import row, table

UNIT = distribution_id(OLD)
FRESH = distribution_id(200)


@pytest.fixture
async def cases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[CaseApi]:
    async with open_command_line(tmp_path, monkeypatch) as opened:
        yield opened


async def test_a_unit_is_registered_shown_and_given_a_token(cases: CaseApi, capsys: Output) -> None:
    assert (
        await run("unit", "register", FRESH, "SA-W2", "200", "--ownership", "brought_in", "--channel", "reseller") == 0
    )
    added = json.loads(capsys.readouterr().out)
    assert (added["distribution_id"], added["ownership"], added["channel"]) == (FRESH, "brought_in", "reseller")
    assert await run("unit", "show", FRESH.lower()) == 0
    assert json.loads(capsys.readouterr().out) == added
    assert await run("unit", "token", FRESH) == 0
    assert json.loads(capsys.readouterr().out)["token"].startswith("shet_")
    assert await run("unit", "token", FRESH, "--output", "token") == 0
    assert re.fullmatch(r"shet_\S+\n", capsys.readouterr().out)


async def test_a_units_life_is_changed_with_its_reason(cases: CaseApi, capsys: Output) -> None:
    assert await run("unit", "life", UNIT, "stolen", "--reason", "倉庫荒らし") == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["life"], answer["life_reason"]) == ("stolen", "倉庫荒らし")


async def test_every_unit_is_listed_however_many_parts_that_takes(cases: CaseApi, capsys: Output) -> None:
    (raw := Path(cases.world.database).with_name("many.csv")).write_bytes(table(*map(row, range(100, 1_101))))
    assert await run("unit", "import", str(raw)) == 0
    assert json.loads(capsys.readouterr().out) == {"units": 1_001, "dry_run": False}
    assert await run("unit", "list") == 0
    items = json.loads(capsys.readouterr().out)["items"]
    assert len(items) == len({item["distribution_id"] for item in items}) == 1_005


async def test_japanese_in_a_table_keeps_its_columns_in_line(cases: CaseApi, capsys: Output) -> None:
    await run("unit", "life", UNIT, "lost", "--reason", "引っ越しの際に紛失")
    capsys.readouterr()
    assert await run("unit", "show", UNIT, "-o", "table") == 0
    lines = capsys.readouterr().out.splitlines()
    (reason,) = [line for line in lines if line.startswith("life_reason")]
    (life,) = [line for line in lines if line.startswith("life ")]
    assert cell_len(reason[: reason.index("引")]) == cell_len(life[: life.index("lost")])
    assert await run("unit", "list", "-o", "table") == 0
    out = capsys.readouterr().out
    head, first = (next(line for line in out.splitlines() if word in line) for word in ("service_code", UNIT))
    assert head.index("service_code") == first.index(CODE)
    assert "…" not in out


async def test_a_dry_run_names_every_bad_row_as_compilers_do(cases: CaseApi, capsys: Output, tmp_path: Path) -> None:
    file = tmp_path / "units.csv"
    file.write_bytes(table(row(101, model=""), row(102, distribution_id=UNIT)))
    assert await run("unit", "import", str(file), "--dry-run") == 2
    written = capsys.readouterr()
    assert written.out == ""
    assert written.err.splitlines()[:2] == [
        f"servicehost: {file}:2: model: model is empty (cell_empty)",
        f"servicehost: {file}:3: distribution_id: A unit {UNIT} is registered already (unit_exists)",
    ]
    assert written.err.splitlines()[2].endswith("(rows_invalid)")


async def test_a_good_dry_run_registers_nothing(cases: CaseApi, capsys: Output, tmp_path: Path) -> None:
    (file := tmp_path / "units.csv").write_bytes(table(row(101)))
    assert await run("unit", "import", str(file), "--dry-run") == 0
    assert json.loads(capsys.readouterr().out) == {"units": 1, "dry_run": True}
    assert await run("unit", "show", row(101).split(",")[0]) == 3
    assert "(unit_not_found)" in capsys.readouterr().err


async def test_what_the_host_refuses_ends_with_three_and_its_remedy(cases: CaseApi, capsys: Output) -> None:
    assert await run("unit", "life", UNIT, "returned", "--reason", "sent back") == 3
    written = capsys.readouterr()
    assert (written.out, written.err) == (
        "",
        "servicehost: The unit serves an adapter; unbind it first (unit_bound)\n",
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ["show", "0001"],
        ["register", FRESH, "SA_W2", "1"],
        ["life", UNIT, "lost", "--reason", " "],
        ["import", "/nowhere/units.csv"],
    ],
)
async def test_bad_input_ends_with_two_whoever_finds_it(cases: CaseApi, capsys: Output, arguments: list[str]) -> None:
    assert await run("unit", *arguments) == 2
    written = capsys.readouterr()
    assert written.out == ""
    assert written.err.startswith("servicehost: ")


async def test_a_token_that_holds_no_more_says_to_log_in(
    cases: CaseApi, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SERVICEHOST_TOKEN", "shat_old")
    assert await run("unit", "list") == 3
    assert "run servicehost login" in capsys.readouterr().err


async def test_a_host_that_does_not_answer_ends_with_four(
    cases: CaseApi, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SERVICEHOST_URL", "http://127.0.0.1:1")
    assert await run("unit", "list") == 4
    assert "does not answer" in capsys.readouterr().err


@pytest.mark.parametrize("url", ["nonsense", "http://", "ftp://127.0.0.1"])
async def test_an_address_that_is_none_is_bad_input(cases: CaseApi, capsys: Output, url: str) -> None:
    assert await run("unit", "list", "--url", url) == 2
    assert "address" in capsys.readouterr().err


async def test_something_else_at_the_address_is_named(cases: CaseApi, capsys: Output) -> None:
    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello")
        await writer.drain()

    async with stream_server(speak) as port:
        assert await run("unit", "list", "--url", f"http://127.0.0.1:{port}") == 3
    assert "not as a service host does" in capsys.readouterr().err


async def test_a_revoked_units_certificates_are_shown_with_the_reason(cases: CaseApi, capsys: Output) -> None:
    assert await run("unit", "revoke", UNIT, "--reason", "key_compromise", "--note", "市場で発見") == 0
    items = json.loads(capsys.readouterr().out)["items"]
    assert [one["revoked_reason"] for one in items] == ["key_compromise"]
    assert await run("unit", "revoke", FRESH, "--reason", "unspecified") == 3
    assert "(unit_not_found)" in capsys.readouterr().err


def test_a_unit_is_revoked_for_what_the_service_knows_and_the_others_are_named(capsys: Output) -> None:
    assert get_args(RevokedFor) == tuple(RevocationReason)
    with pytest.raises(SystemExit) as ended:
        main(["unit", "revoke", UNIT, "--reason", "key leaked"])
    assert ended.value.code == 2
    assert "key_compromise" in capsys.readouterr().err
