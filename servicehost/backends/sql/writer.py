"""The one connection that writes and checkpoints a SQLite database, on a thread of its own.

SQLite before 3.51.3 can corrupt a WAL that two connections reset at once, so nothing else writes: readers are
`query_only` and never checkpoint. `synchronous=FULL`: a commit that returned has been synced to the disk.
"""

import asyncio
import fcntl
import os
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry, StaticPool

from servicehost.domain.errors import Conflict, NotFound, StoreFull

__all__ = ["BUSY_MS", "DatabaseLock", "Writer", "open_writer_engine"]

T = TypeVar("T")
BUSY_MS: Final = 30_000
"""How long the writer waits for a reader that is in its way."""


class DatabaseLock:
    """Only one process writes a database. Raises Conflict `database_in_use` when another one does."""

    def __init__(self, database: Path) -> None:
        self._file = os.open(f"{database}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._file)
            text = f"Another process serves {database}. Stop it, or give this one another database"
            raise Conflict("database_in_use", text) from error

    def release(self) -> None:
        """Let another process have it. The file stays: removing it would let two processes hold two locks."""
        os.close(self._file)


def open_writer_engine(database: Path, *, max_page_count: int = 0) -> Engine:
    """An engine with exactly one connection, set up for durable writes. `max_page_count` 0 sets no limit."""
    engine = create_engine(
        URL.create("sqlite", database=str(database)),
        poolclass=StaticPool,
        connect_args={"check_same_thread": False, "timeout": BUSY_MS / 1000},
    )

    def set_up(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
        connection.isolation_level = None  # SQLAlchemy begins and commits; the driver must not on its own
        pragmas = ["journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "journal_size_limit=67108864"]
        # Pages of a busy fleet stay in memory, and are carried into the database in few large strides.
        pragmas += ["cache_size=-65536", "wal_autocheckpoint=8000"]
        if max_page_count:
            pragmas.append(f"max_page_count={max_page_count}")
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")

    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    event.listen(engine, "connect", set_up)
    event.listen(engine, "begin", begin)
    return engine


def _named(error: BaseException | None) -> StoreFull | NotFound | None:
    code = getattr(error, "sqlite_errorcode", None)
    if code == sqlite3.SQLITE_FULL:
        return StoreFull()
    if code == sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY:
        return NotFound("not_in_contract", "What this names does not exist, or not in this management contract")
    return None


class Writer:
    """Runs functions on the writer's connection, one after the other, each from first to last on one thread."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="store-writer")
        self._connection: Connection | None = None

    async def run(self, work: Callable[..., T], *arguments: Any) -> T:
        """Run `work(connection, *arguments)`. Raises what it raises; but a database that cannot grow as StoreFull, and
        a row that names another which does not exist, or not in its contract, as NotFound.
        """
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, self._on_thread, work, arguments)

    def _on_thread(self, work: Callable[..., T], arguments: tuple[Any, ...]) -> T:
        if self._connection is None:
            self._connection = self._engine.connect()
        try:
            return work(self._connection, *arguments)
        except (DBAPIError, sqlite3.Error) as error:
            named = _named(error.orig if isinstance(error, DBAPIError) else error)
            if named is None:
                raise
            raise named from error

    async def close(self) -> None:
        """After what was given before is done. Checkpoints, so that the database is one file again."""

        def shut(connection: Connection) -> None:
            connection.close()
            self._connection = None
            self._engine.dispose()

        await self.run(shut)
        self._thread.shutdown()
