"""`servicehost exchange judge`, from file to output."""

import io
import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from servicehost.cli import main
from tests.domain.cases import ENTITLED

Output = pytest.CaptureFixture[str]


def judge(file: Path | str, *more: str) -> int:
    return main(["exchange", "judge", "--facts", str(file), *more])


@pytest.fixture
def entitled(tmp_path: Path) -> Path:
    file = tmp_path / "facts.json"
    file.write_text(json.dumps(dict(ENTITLED)))
    return file


def feed(monkeypatch: pytest.MonkeyPatch, given: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given)))


def test_json_is_printed_whole_in_utf8_and_readable(entitled: Path, capsys: Output) -> None:
    assert judge(entitled, "-o", "json") == 0
    out = capsys.readouterr().out
    answer = json.loads(out)
    assert list(answer) == ["method", "charge", "trace", "charge_trace"]
    assert (answer["method"], answer["charge"], len(answer["trace"])) == ("onsite_swap", "none", 12)
    assert "運用管理担当者" in out


def test_facts_carry_the_time_of_the_file_and_the_author_named(entitled: Path, capsys: Output) -> None:
    written = datetime(2026, 4, 1, tzinfo=UTC)
    os.utime(entitled, (written.timestamp(), written.timestamp()))
    assert judge(entitled, "--author", "hanako", "-o", "json") == 0
    (statement,) = json.loads(capsys.readouterr().out)["trace"][0]["fact"]["requester"]["statements"]
    assert datetime.fromisoformat(statement.pop("time")) == written
    assert statement == {"value": "operation_manager", "source": "file", "author": "hanako", "reason": ""}


def test_without_a_terminal_the_output_is_json(entitled: Path, capsys: Output) -> None:
    assert judge(entitled) == 0
    assert json.loads(capsys.readouterr().out)


def test_the_same_file_gives_the_same_bytes(entitled: Path, capsys: Output) -> None:
    judge(entitled)
    first = capsys.readouterr().out
    judge(entitled)
    assert capsys.readouterr().out == first


def test_toml_is_read_by_its_name(tmp_path: Path, capsys: Output) -> None:
    file = tmp_path / "facts.toml"
    file.write_text('requester = "other"\n')
    assert judge(file) == 0
    assert json.loads(capsys.readouterr().out)["method"] == "declined"


def test_a_dash_reads_standard_input(monkeypatch: pytest.MonkeyPatch, capsys: Output) -> None:
    feed(monkeypatch, b'{"requester": "delegate"}')
    assert judge("-") == 0
    assert json.loads(capsys.readouterr().out)["method"] == "declined"


def test_the_table_points_at_the_rule_that_decides_and_cuts_nothing_off(
    tmp_path: Path, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    file = tmp_path / "facts.json"
    file.write_text(json.dumps({n: v for n, v in ENTITLED.items() if n != "attendee"}))
    assert judge(file, "-o", "table") == 0
    out = capsys.readouterr().out
    assert [line.split()[2] for line in out.splitlines() if "▶" in line] == ["nobody_attends"]
    assert "method: undecided" in out
    assert "charge: none" in out
    assert "? unknown" in out
    assert "…" not in out


def test_an_encoding_without_japanese_gets_escapes_and_no_traceback(
    entitled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding="ascii"))
    assert judge(entitled, "-o", "table") == 0
    assert b"method: onsite_swap" in written.getvalue()


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (b'{"cause": "rust"}', "cause cannot be"),
        (b'{"colour": "red"}', '"colour" is not a field'),
        (b"{", "it is not JSON"),
        (b" " * (1 << 20) + b"{}", "it is larger than 1048576 bytes"),
    ],
)
def test_a_bad_file_ends_with_two_a_message_and_nothing_on_standard_output(
    content: bytes, named: str, tmp_path: Path, capsys: Output
) -> None:
    file = tmp_path / "facts.json"
    file.write_bytes(content)
    assert judge(file, "-o", "json") == 2
    written = capsys.readouterr()
    assert written.out == ""
    assert written.err.startswith(f"servicehost: {file}: {named}")


def test_a_file_that_is_not_there_is_named(tmp_path: Path, capsys: Output) -> None:
    assert judge(tmp_path / "none.json") == 2
    assert "none.json: it cannot be read (No such file or directory)" in capsys.readouterr().err


def test_an_empty_author_is_refused(entitled: Path, capsys: Output) -> None:
    assert judge(entitled, "--author", "") == 2
    assert "--author" in capsys.readouterr().err
