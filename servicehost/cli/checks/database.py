"""The database: there, ours, of this version, whole, and with room to grow. Nothing is written to it."""

import fcntl
import os
import shutil
import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

from servicehost.backends.sql.migrate import head_revision, known_revisions
from servicehost.cli.checks.finding import Finding, error, fine, warning
from servicehost.settings.store import StoreSettings

__all__ = ["check_database", "free_bytes"]

WAL_RESET_MENDED: Final = (3, 51, 3)
LITTLE_ROOM: Final = 1 << 30
NO_ROOM: Final = 50 << 20
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
_RESTORE: Final = "stop the host and restore the database from a backup"


def check_database(
    settings: StoreSettings,
    *,
    free: Callable[[Path], int],
    sqlite: tuple[int, int, int] = sqlite3.sqlite_version_info,
) -> Iterator[Finding]:
    """`free` tells the free bytes of the file system of a folder."""
    yield from _version(sqlite)
    if not settings.database.exists():
        remedy = "make one with `servicehost init DIR`, or correct store.database"
        yield error("database_missing", f"there is no {settings.database}", remedy)
        return
    yield _lock(settings.database)
    yield from _mode(settings.database)
    yield _room(settings.database, free(settings.database.parent))
    yield from _content(settings.database)


def free_bytes(folder: Path) -> int:
    """What a process without privileges may still write there."""
    return shutil.disk_usage(folder).free


def _version(sqlite: tuple[int, int, int]) -> Iterator[Finding]:
    shown = ".".join(map(str, sqlite))
    if sqlite < WAL_RESET_MENDED:
        text = f"SQLite {shown} can corrupt a write-ahead log that two connections reset at once (mended in 3.51.3)"
        remedy = "the host writes through one connection only; never open its database for writing with anything else"
        yield warning("sqlite_old", text, remedy)
    else:
        yield fine("sqlite_version", f"SQLite {shown}")


def _lock(database: Path) -> Finding:
    lock = Path(f"{database}.lock")
    if not lock.exists():
        return fine("database_free", "no host serves the database")
    # Opened for reading: what only looks must not make or change a file.
    descriptor = os.open(lock, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return fine("database_served", "a running host serves the database")
    finally:
        os.close(descriptor)
    return fine("database_free", "no host serves the database")


def _mode(database: Path) -> Iterator[Finding]:
    mode = stat.S_IMODE(database.stat().st_mode)
    if mode & _OTHERS:
        text = f"others can read {database} (mode {mode:04o}): it holds the customers' configs"
        yield warning("database_exposed", text, f"chmod 600 {database}")


def _room(database: Path, free: int) -> Finding:
    shown = f"{free // (1 << 20)} MiB are free where {database.name} is"
    remedy = "free space there, or move the database"
    if free < NO_ROOM:
        return error("disk_full", shown, remedy)
    if free < LITTLE_ROOM:
        return warning("disk_nearly_full", shown, remedy)
    return fine("disk_space", shown)


def _content(database: Path) -> Iterator[Finding]:
    # Without a write-ahead log nobody is writing, and the file alone is the database: looked at as such, no log and
    # no shared memory are made beside it, which a reader could not remove again.
    alone = "" if Path(f"{database}-wal").exists() else "&immutable=1"
    address = f"{database.absolute().as_uri()}?mode=ro{alone}"
    try:
        with closing(sqlite3.connect(address, uri=True, timeout=5)) as connection:
            yield _revision(connection)
            yield _quick_check(connection)
    except sqlite3.Error as fault:
        yield error("database_unreadable", f"{database} cannot be read: {fault}", _RESTORE)


def _revision(connection: sqlite3.Connection) -> Finding:
    has_table = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone()
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone() if has_table else None
    revision = row[0] if row else None
    if revision == head_revision():
        return fine("database_revision", f"the tables are of this version ({revision})")
    if revision is None or revision in known_revisions():
        text = f"the tables are of an older version ({revision or 'none'})"
        return warning("database_older", text, "take a backup and start the host: it migrates them")
    text = f"the tables are of a version that this program does not know ({revision})"
    return error("database_of_another_version", text, "run the newer program, or restore a backup")


def _quick_check(connection: sqlite3.Connection) -> Finding:
    said = [row[0] for row in connection.execute("PRAGMA quick_check(3)")]
    if said == ["ok"]:
        return fine("database_whole", "the database is whole")
    return error("database_corrupt", f"the database is damaged: {'; '.join(said)}", _RESTORE)
