"""A database carried out and back, row by row, in one snapshot and in bounded memory, while a host may be running.

It is a stream of JSON lines: what it is and which tables it has; then row after row, the table first; then how many
there were; then the files of large results (`backup_results`), which schema 1 did not have. A copy page by page would
lie on a disk before it could be sealed, and would fit this one engine alone.
"""

import shutil
import sqlite3
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec
from alembic import command

from servicehost.backends.result_files import beside
from servicehost.backends.sql.backup_results import LeftOut, carried_out, filed_results, taken_in
from servicehost.backends.sql.migrate import _config, known_revisions, migrate
from servicehost.backends.sql.writer import open_writer_engine
from servicehost.backends.stream_fault import StreamFault

__all__ = ["Restored", "backed_up", "restored"]

FORMAT: Final = "servicehost-backup"
SCHEMA: Final = 2
_PART: Final = 65_536
_COUNTERS: Final = "sqlite_sequence"
"""How far each table has counted: the last one, because rows of the others move it."""
_TABLES: Final = (
    "SELECT name FROM sqlite_schema WHERE type = 'table' AND name != 'alembic_version'"
    " AND (name NOT LIKE 'sqlite%' OR name = 'sqlite_sequence') ORDER BY name = 'sqlite_sequence', name"
)


class Restored(NamedTuple):
    """How many rows and files of results a backup brought back."""

    rows: int
    files: int


class _Head(msgspec.Struct, frozen=True, kw_only=True):
    format: str
    schema: int
    revision: str
    tables: Mapping[str, Sequence[str]]


class _End(msgspec.Struct, frozen=True, kw_only=True):
    rows: int


def backed_up(database: Path, left_out: LeftOut = lambda name, why: None) -> Iterator[bytes]:
    """The whole database as it is at one instant, and the files of results that it speaks of then.

    `left_out` is called with the name of a file that is not in it, and why: `removed` since that instant, `damaged`.
    Raises sqlite3.Error, OSError.
    """
    waiting, rows = bytearray(), 0
    with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        connection.isolation_level = None
        connection.execute("BEGIN")  # everything below sees the same instant
        head = _head(connection)
        waiting += msgspec.json.encode(head) + b"\n"
        for table in head.tables:
            for row in connection.execute(f"SELECT * FROM {_quoted(table)}"):  # noqa: S608 - a name of our own tables
                waiting += msgspec.json.encode([table, *map(_as_json, row)]) + b"\n"
                rows += 1
                if len(waiting) >= _PART:
                    yield bytes(waiting)
                    waiting.clear()
        filed = filed_results(connection) if "task_upload" in head.tables else {}
        connection.execute("ROLLBACK")
    yield bytes(waiting) + msgspec.json.encode(_End(rows=rows)) + b"\n"
    yield from carried_out(beside(database), filed, left_out)


def restored(parts: Iterable[bytes], database: Path) -> Restored:
    """Make a new database of a backup, with the folder of results beside it, and bring it up to date.

    Nothing is left of one that is not whole. Raises StreamFault, FileExistsError when there is a database or a result,
    sqlite3.Error, OSError.
    """
    folder = beside(database)
    if database.exists():
        raise FileExistsError(database)
    if folder.is_dir() and any(folder.iterdir()):
        raise FileExistsError(folder)
    making, filling = (one.with_name(f"{one.name}.restoring") for one in (database, folder))
    making.touch(mode=0o600, exist_ok=False)
    try:
        filling.mkdir(mode=0o700)
        done = _made(_lines(parts), making, filling)
        filling.replace(folder)  # the database comes last: with it everything is there
        making.rename(database)
    finally:
        shutil.rmtree(filling, ignore_errors=True)
        for left in (making, *(making.with_name(f"{making.name}-{end}") for end in ("wal", "shm"))):
            left.unlink(missing_ok=True)
    return done


def _made(lines: Iterator[bytes], database: Path, folder: Path) -> Restored:
    head = _opening(next(lines, b""))
    rows, files = _filled(head, lines, database), 0
    migrate(database)
    if head.schema > 1:
        with closing(sqlite3.connect(database)) as connection:
            files = taken_in(lines, folder, filed_results(connection))
    if next(lines, None) is not None:
        raise StreamFault("cut_off", "it goes on after its end")
    return Restored(rows=rows, files=files)


def _head(connection: sqlite3.Connection) -> _Head:
    (revision,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    names = [name for (name,) in connection.execute(_TABLES)]
    tables = {
        name: [column[1] for column in connection.execute(f"PRAGMA table_info({_quoted(name)})")] for name in names
    }
    return _Head(format=FORMAT, schema=SCHEMA, revision=revision, tables=tables)


def _filled(head: _Head, lines: Iterator[bytes], database: Path) -> int:
    _at_revision(database, head.revision)
    with closing(sqlite3.connect(database)) as connection:
        connection.isolation_level = None
        connection.execute("PRAGMA foreign_keys=OFF")  # rows come table by table; all of them are looked at below
        connection.execute("BEGIN IMMEDIATE")
        for table in head.tables:
            connection.execute(f"DELETE FROM {_quoted(table)}")  # noqa: S608 - what the migrations have put in
        rows = _written(connection, head, lines)
        if connection.execute("PRAGMA foreign_key_check").fetchone() is not None:
            raise StreamFault("not_a_backup", "rows of it name others that are not in it")
        connection.execute("COMMIT")
    return rows


def _opening(line: bytes) -> _Head:
    try:
        head = msgspec.json.decode(line, type=_Head)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise StreamFault("not_a_backup", "this is no backup of a service host") from error
    if head.format != FORMAT:
        raise StreamFault("not_a_backup", "this is no backup of a service host")
    if head.schema not in (1, SCHEMA) or head.revision not in known_revisions():
        raise StreamFault("backup_newer", f"this version knows no tables of revision {head.revision}")
    return head


def _written(connection: sqlite3.Connection, head: _Head, lines: Iterator[bytes]) -> int:
    counted = False
    insert = {
        table: f"INSERT INTO {_quoted(table)} ({', '.join(map(_quoted, columns))}) VALUES ({', '.join('?' * len(columns))})"  # noqa: S608, E501 - names that the tables have
        for table, columns in head.tables.items()
        if _has(connection, table, columns)
    }
    for rows, line in enumerate(lines):
        told = _decoded(line)
        if isinstance(told, dict):
            if told != {"rows": rows}:
                raise StreamFault("cut_off", "rows of it are missing")
            return rows
        if not isinstance(told, list) or not told or told[0] not in insert:
            raise StreamFault("not_a_backup", "it holds a row of no table that it has")
        if told[0] == _COUNTERS and not counted:
            connection.execute("DELETE FROM sqlite_sequence")  # as the rows before have made them
            counted = True
        connection.execute(insert[told[0]], [_as_value(cell) for cell in told[1:]])
    raise StreamFault("cut_off", "its end is missing")


def _has(connection: sqlite3.Connection, table: str, columns: Sequence[str]) -> bool:
    there = [column[1] for column in connection.execute(f"PRAGMA table_info({_quoted(table)})")]
    if there != list(columns):
        raise StreamFault("not_a_backup", f"its table {table[:64]} is not that of its revision")
    return True


def _decoded(line: bytes) -> Any:
    try:
        return msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise StreamFault("not_a_backup", "a line of it cannot be read") from error


def _at_revision(database: Path, revision: str) -> None:
    engine = open_writer_engine(database)
    try:
        config = _config()
        with engine.connect() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, revision)
            connection.commit()
    finally:
        engine.dispose()


def _lines(parts: Iterable[bytes]) -> Iterator[bytes]:
    waiting = b""
    for part in parts:
        *whole, waiting = (waiting + part).split(b"\n")
        yield from whole
    if waiting:
        yield waiting


def _as_json(value: Any) -> Any:
    return {"b64": b64encode(value).decode()} if isinstance(value, bytes) else value


def _as_value(cell: Any) -> Any:
    return b64decode(cell["b64"]) if isinstance(cell, dict) else cell


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
