"""`servicehost exchange`: what can be asked about exchanges."""

import getpass
import os
import stat
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, BinaryIO, Final, Literal

import msgspec
from cyclopts import App, Parameter

from servicehost.cli.asking import ABOUT_HOSTS
from servicehost.cli.errand import add_errand_commands
from servicehost.cli.errors import CommandError
from servicehost.cli.exchange_case import COMMANDS
from servicehost.domain.fact import FactError, Facts
from servicehost.operations.judge_facts import FactsFileError, JudgedFacts, judge_facts, read_facts

LARGEST_FILE_BYTES: Final = 1 << 20

app = App(name="exchange", help=f"Ask for exchanges, judge them and carry them out.\n\n{ABOUT_HOSTS}")
for _name, _command in COMMANDS.items():
    app.command(_command, name=_name)
app.command("servicehost.cli.exchange_steps:override", name="override", help="Decide otherwise than the rules.")
app.command("servicehost.cli.exchange_steps:reopen", name="reopen", help="Take an exchange up again.")
app.command("servicehost.cli.destination:destination", name="destination", help="Send it elsewhere, with a reason.")
add_errand_commands(app)


@app.command
def judge(
    *,
    facts: Annotated[str, Parameter(name="--facts", allow_leading_hyphen=True)],
    output: Annotated[Literal["json", "table"] | None, Parameter(name=("--output", "-o"))] = None,
    author: str | None = None,
) -> None:
    """Judge the facts of a file: the method of the exchange, its charge, and every rule behind them.

    A field left out of the file is unknown. No server is needed. The exit code is 0 for every verdict, and 2 if the
    file cannot be used.

    Parameters
    ----------
    facts
        The file: JSON, or TOML if its name ends in .toml; - reads JSON from standard input.
    author
        Who states these facts; without it the name you are logged in with.
    """
    judged = judge_facts(_facts(facts, _login_name() if author is None else author))
    if output == "table" or (output is None and sys.stdout.isatty()):
        _write_table(judged)
    else:
        _write_json(judged)


def _facts(name: str, author: str) -> Facts:
    try:
        raw, time = _read(name)
        return read_facts(raw, syntax="toml" if name.lower().endswith(".toml") else "json", time=time, author=author)
    except OSError as error:
        raise CommandError(f"{name}: it cannot be read ({error.strerror}); name a file with --facts") from error
    except FactsFileError as error:
        raise CommandError(*(f"{name}: {problem}" for problem in error.problems)) from error
    except FactError as error:
        raise CommandError(f"{error}; name one with --author") from error


def _read(name: str) -> tuple[bytes, datetime]:
    if name == "-":
        return _bounded(name, sys.stdin.buffer), datetime.now(UTC)
    with Path(name).open("rb") as file:
        return _bounded(name, file), _stated_at(file)


def _bounded(name: str, file: BinaryIO) -> bytes:
    raw = file.read(LARGEST_FILE_BYTES + 1)
    if len(raw) > LARGEST_FILE_BYTES:
        raise CommandError(f"{name}: it is larger than {LARGEST_FILE_BYTES} bytes; a facts file has a dozen lines")
    return raw


def _stated_at(file: BinaryIO) -> datetime:
    """The facts were stated when the file was last written; what comes through a pipe is stated now."""
    status = os.fstat(file.fileno())
    return datetime.fromtimestamp(status.st_mtime, UTC) if stat.S_ISREG(status.st_mode) else datetime.now(UTC)


def _login_name() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # an account without a name, as in some containers
        return f"uid {os.getuid()}"


def _write_json(judged: JudgedFacts) -> None:
    # As bytes: JSON is UTF-8 whatever the terminal's encoding.
    sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(judged), indent=2) + b"\n")


def _write_table(judged: JudgedFacts) -> None:
    from servicehost.cli.judgement_table import write_table  # noqa: PLC0415 - rich is slow to import, JSON needs none

    write_table(judged, sys.stdout)
