"""A database carried out and back, row by row, in one snapshot and in bounded memory, while a host may be running.

It is a stream of JSON lines: what it is and which tables it has; then row after row, the table first; then how many
there were. A copy page by page would lie on a disk before it could be sealed, and would fit this one engine alone.
"""

import sqlite3
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import msgspec
from alembic import command

from servicehost.backends.sql.migrate import _config, known_revisions, migrate
from servicehost.backends.sql.writer import open_writer_engine

__all__ = ["BackupError", "backed_up", "restored"]

FORMAT: Final = "servicehost-backup"
_PART: Final = 65_536
_COUNTERS: Final = "sqlite_sequence"
"""How far each table has counted: the last one, because rows of the others move it."""
_TABLES: Final = (
    "SELECT name FROM sqlite_schema WHERE type = 'table' AND name != 'alembic_version'"
    " AND (name NOT LIKE 'sqlite%' OR name = 'sqlite_sequence') ORDER BY name = 'sqlite_sequence', name"
)


class BackupError(Exception):
    """A stream that is no whole backup, or none for this version. `code`: `not_a_backup`, `backup_newer`, `cut_off`."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


class _Head(msgspec.Struct, frozen=True, kw_only=True):
    format: str
    schema: int
    revision: str
    tables: Mapping[str, Sequence[str]]


class _End(msgspec.Struct, frozen=True, kw_only=True):
    rows: int


def backed_up(database: Path) -> Iterator[bytes]:
    """The whole database as it is at one instant. Raises sqlite3.Error."""
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
        connection.execute("ROLLBACK")
    yield bytes(waiting) + msgspec.json.encode(_End(rows=rows)) + b"\n"


def restored(parts: Iterable[bytes], database: Path) -> int:
    """Make a new database of a backup and bring it up to date; how many rows. Nothing is left of one that is not whole.

    Raises BackupError, FileExistsError when there is a database, sqlite3.Error.
    """
    if database.exists():
        raise FileExistsError(database)
    making = database.with_name(f"{database.name}.restoring")
    making.touch(mode=0o600, exist_ok=False)
    try:
        rows = _filled(_lines(parts), making)
        migrate(making)
        making.rename(database)
    finally:
        for left in (making, *(making.with_name(f"{making.name}-{end}") for end in ("wal", "shm"))):
            left.unlink(missing_ok=True)
    return rows


def _head(connection: sqlite3.Connection) -> _Head:
    (revision,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    names = [name for (name,) in connection.execute(_TABLES)]
    tables = {
        name: [column[1] for column in connection.execute(f"PRAGMA table_info({_quoted(name)})")] for name in names
    }
    return _Head(format=FORMAT, schema=1, revision=revision, tables=tables)


def _filled(lines: Iterator[bytes], database: Path) -> int:
    head = _opening(next(lines, b""))
    _at_revision(database, head.revision)
    with closing(sqlite3.connect(database)) as connection:
        connection.isolation_level = None
        connection.execute("PRAGMA foreign_keys=OFF")  # rows come table by table; all of them are looked at below
        connection.execute("BEGIN IMMEDIATE")
        for table in head.tables:
            connection.execute(f"DELETE FROM {_quoted(table)}")  # noqa: S608 - what the migrations have put in
        rows = _written(connection, head, lines)
        if connection.execute("PRAGMA foreign_key_check").fetchone() is not None:
            raise BackupError("not_a_backup", "rows of it name others that are not in it")
        connection.execute("COMMIT")
    return rows


def _opening(line: bytes) -> _Head:
    try:
        head = msgspec.json.decode(line, type=_Head)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BackupError("not_a_backup", "this is no backup of a service host") from error
    if head.format != FORMAT:
        raise BackupError("not_a_backup", "this is no backup of a service host")
    if head.schema != 1 or head.revision not in known_revisions():
        raise BackupError("backup_newer", f"this version knows no tables of revision {head.revision}")
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
            if told != {"rows": rows} or next(lines, None) is not None:
                raise BackupError("cut_off", "rows of it are missing")
            return rows
        if not isinstance(told, list) or not told or told[0] not in insert:
            raise BackupError("not_a_backup", "it holds a row of no table that it has")
        if told[0] == _COUNTERS and not counted:
            connection.execute("DELETE FROM sqlite_sequence")  # as the rows before have made them
            counted = True
        connection.execute(insert[told[0]], [_as_value(cell) for cell in told[1:]])
    raise BackupError("cut_off", "its end is missing")


def _has(connection: sqlite3.Connection, table: str, columns: Sequence[str]) -> bool:
    there = [column[1] for column in connection.execute(f"PRAGMA table_info({_quoted(table)})")]
    if there != list(columns):
        raise BackupError("not_a_backup", f"its table {table[:64]} is not that of its revision")
    return True


def _decoded(line: bytes) -> Any:
    try:
        return msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BackupError("not_a_backup", "a line of it cannot be read") from error


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
