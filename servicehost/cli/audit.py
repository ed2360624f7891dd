"""`servicehost audit`: the audit without a running host, from the database file, opened for reading only."""

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Annotated, Any

import msgspec
from cyclopts import App, Parameter

from servicehost.backends.seal_files import public_file, read_folder, verifier
from servicehost.backends.sql.audit_reads import KeyRow, line_of
from servicehost.cli.errors import CommandError
from servicehost.cli.settings import SetFlag, SettingsFlag, loaded_settings
from servicehost.domain.audit import SYSTEM
from servicehost.domain.audit_check import ChainFault, ChainRow, Head, verify
from servicehost.domain.audit_heads import HeadsFileError, day_of, days_due, read_heads
from servicehost.domain.contract import EVERYTHING

app = App(name="audit", help="Read the audit of a running host; verify and export it from its database file.")
app.command("servicehost.cli.audit_list:list_records", name="list", help="List records of one chain, from a host.")


class _NotAsSigned(Exception):
    """A file of heads that cannot be believed, or is missing between others."""


@app.command(name="verify")
def verify_audit(
    *,
    settings: SettingsFlag = None,
    set_: SetFlag = (),
    heads: Annotated[Path | None, Parameter(name="--heads")] = None,
    key: Annotated[Path | None, Parameter(name="--key")] = None,
) -> int:
    """Verify every chain of the audit: no record changed, missing, out of order, or cut off up to the last export.

    A host may be running. Exit codes: 0 everything holds, 1 it does not (the first fault is named), 2 the files
    cannot be read.

    Parameters
    ----------
    settings
        The settings file; else SERVICEHOST_SETTINGS names it, else it is ./servicehost.toml.
    set_
        One setting over all others, as table.key=value; may be repeated.
    heads
        The folder of exported heads, better the copy kept elsewhere; else that of the settings.
    key
        The public key that signed them, better the copy kept elsewhere; else the one beside the host's own key.
    """
    loaded = loaded_settings(settings, set_).settings
    folder, public = heads or loaded.audit.heads_folder, key or public_file(loaded.audit.key_file)
    with _opened(loaded.store.database) as connection:
        # Read before the records: a host that runs may append meanwhile, and never takes away.
        kept = [Head(chain=row[0], number=row[1], hash=row[2]) for row in connection.execute(_HEADS)]
        begins = connection.execute("SELECT min(at) FROM audit").fetchone()[0]
        try:
            exported, files = _exported(folder, public, begins)
        except _NotAsSigned as fault:
            sys.stdout.write(f"heads: {fault}\n")
            return 1
        return _findings(_rows(connection), kept, exported, files)


_HEADS = "SELECT chain, number, hash FROM audit_head"
_RECORDS = "SELECT chain, number, at, management_code, record, hash FROM audit ORDER BY chain, number"


def _findings(rows: Iterator[ChainRow], kept: list[Head], exported: list[Head], files: int) -> int:
    faults = records = chains = 0
    for finding in verify(rows, [*exported, *kept]):
        chains += 1
        if isinstance(finding, ChainFault):
            faults += 1
            sys.stdout.write(f"{finding.chain}: FAULT at record {finding.number}, {finding.kind}: {finding.text}\n")
            continue
        head = finding.head
        records += head.number
        sys.stdout.write(f"{head.chain}: {head.number} records hold, {finding.agreed} heads agree, now {head.hash}\n")
    told = f"{files} files of exported heads" if files else "no exported heads: only the database's own"
    sys.stdout.write(f"{chains} chains, {faults} with a fault, {records} records in the others; {told}\n")
    return 1 if faults else 0


def _exported(folder: Path, public: Path, begins: int | None) -> tuple[list[Head], int]:
    files = read_folder(folder)
    if not files:
        return [], 0
    try:
        signed = verifier(public)
        first, last = min(files), max(files)
        if begins is not None:
            first = min(first, day_of(begins))
        for day in days_due(first, last, files, 1):
            raise _NotAsSigned(f"the file of {day} is missing from {folder}")
        return [head for day, path in files.items() for head in _of_file(day, path, signed)], len(files)
    except (OSError, ValueError) as error:
        raise CommandError(f"{error}; name the public key with --key, the folder with --heads") from error


def _of_file(day: Any, path: Path, signed: Any) -> list[Head]:
    try:
        return read_heads(day, path.read_bytes(), signed)
    except HeadsFileError as error:
        raise _NotAsSigned(f"{path}: {error}") from error


def _rows(connection: sqlite3.Connection) -> Iterator[ChainRow]:
    for chain, number, at, code, record, hashed in connection.execute(_RECORDS):
        raw = record if isinstance(record, bytes) else str(record).encode("utf-8", "replace")
        yield ChainRow(chain=chain, number=number, at=at, management_code=code, record=raw, hash=str(hashed))


@app.command
def export(
    *,
    chain: str = SYSTEM,
    after: int = 0,
    settings: SettingsFlag = None,
    set_: SetFlag = (),
) -> None:
    """Write the records of one chain as JSON lines, each with its hash and with what can be read of people.

    Parameters
    ----------
    chain
        A management code, or system.
    after
        Only records after this number.
    settings
        The settings file; else SERVICEHOST_SETTINGS names it, else it is ./servicehost.toml.
    set_
        One setting over all others, as table.key=value; may be repeated.
    """
    loaded = loaded_settings(settings, set_).settings
    with _opened(loaded.store.database) as connection:
        connection.row_factory = sqlite3.Row
        # A key for each person that ever was: few, beside the records.
        kept = connection.execute("SELECT key_number, key, management_code FROM person_key")
        keys = {row["key_number"]: KeyRow(key=row["key"], management_code=row["management_code"]) for row in kept}
        chosen = "SELECT chain, number, record, hash FROM audit WHERE chain = ? AND number > ? ORDER BY number"
        for row in connection.execute(chosen, (chain, after)):
            line = line_of(dict(row), keys, EVERYTHING)
            sys.stdout.buffer.write(msgspec.json.encode(line) + b"\n")


@contextmanager
def _opened(database: Path) -> Iterator[sqlite3.Connection]:
    # Without a log beside it nobody serves the database: looked at as such, nothing is made beside it.
    alone = "" if Path(f"{database}-wal").exists() else "&immutable=1"
    address = f"{database.absolute().as_uri()}?mode=ro{alone}"
    try:
        with closing(sqlite3.connect(address, uri=True, timeout=5)) as connection:
            yield connection
    except sqlite3.Error as error:
        raise CommandError(f"{database} cannot be read: {error}; name the settings with --settings") from error
