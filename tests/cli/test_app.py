"""The root of the command line."""

import subprocess
import sys
from collections.abc import Sequence

import pytest

from servicehost.cli import main

SLOW_TO_IMPORT = ("aiohttp", "sqlalchemy", "websockets", "cryptography", "structlog", "uvloop", "rich.table")


def run(arguments: Sequence[str], given: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *arguments], input=given, capture_output=True, text=True, check=False)


def test_the_installed_module_judges_and_keeps_its_streams_apart() -> None:
    done = run(["-m", "servicehost", "exchange", "judge", "--facts", "-"], '{"cause": "natural"}')
    assert (done.returncode, done.stderr) == (0, "")
    assert '"method": "undecided"' in done.stdout


def test_a_command_imports_nothing_that_it_does_not_need() -> None:
    code = "import sys; from servicehost.cli import main; main(['exchange', 'judge', '--facts', '-', '-o', 'json'])"
    done = run(["-c", f"{code}; print([m for m in {SLOW_TO_IMPORT!r} if m in sys.modules])"], "{}")
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("tokens", [["exchange", "jugde"], ["exchange", "judge"], ["exchange", "judge", "--fact", "x"]])
def test_a_command_line_that_is_not_understood_ends_with_two_and_a_message(
    tokens: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(tokens)
    written = capsys.readouterr()
    assert (ended.value.code, written.out) == (2, "")
    assert "Error" in written.err


def test_help_names_the_commands(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    assert "exchange" in capsys.readouterr().out


def test_a_reader_that_goes_away_early_is_no_crash() -> None:
    done = subprocess.Popen(
        [sys.executable, "-m", "servicehost", "exchange", "judge", "--facts", "-", "-o", "json"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert done.stdin is not None
    assert done.stdout is not None
    assert done.stderr is not None
    done.stdout.close()  # before it can have written anything: it is still waiting for its input
    done.stdin.write(b"{}")
    done.stdin.close()
    error = done.stderr.read()
    done.stderr.close()
    assert (done.wait(), error) == (1, b"")
