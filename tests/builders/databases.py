"""Databases for tests: migrated once for all tests of a process, then copied."""

import itertools
import shutil
import sqlite3
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from servicehost.backends.sql.migrate import migrate
from servicehost.backends.sql.reads import SqlReads, open_reads
from servicehost.backends.sql.store import SqlStore, open_store
from servicehost.domain.contract import EVERYTHING
from servicehost.domain.errors import StoreFull
from servicehost.ports.store import Batch
from tests.builders.estate import an_event

__all__ = ["dump", "fill_up", "fresh_database", "give_space", "opened", "pages_of", "twenty_events"]


@cache
def _template() -> Path:
    database = Path(tempfile.mkdtemp(prefix="servicehost-test-")) / "template.db"
    migrate(database)
    return database


def fresh_database(folder: Path) -> Path:
    """An empty database of this version."""
    return Path(shutil.copy(_template(), folder / "host.db"))


@asynccontextmanager
async def opened(database: Path, *, max_page_count: int = 0) -> AsyncIterator[tuple[SqlStore, SqlReads]]:
    """The store and the reads of a database, closed at the end."""
    store = open_store(database, max_page_count=max_page_count)
    reads = open_reads(database)
    try:
        yield store, reads
    finally:
        await reads.close()
        await store.close()


def pages_of(database: Path) -> int:
    """How many pages the database has now: `max_page_count` counts them."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        return int(connection.execute("PRAGMA page_count").fetchone()[0])


def dump(database: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        return {name: sorted(connection.execute(f"SELECT * FROM {name}"), key=repr) for name in names}  # noqa: S608


def twenty_events(batch: Batch) -> None:
    """About 60 KiB."""
    batch.add_events([an_event(None, detail={"text": "x" * 3_000}) for _ in range(20)])


async def fill_up(store: SqlStore) -> int:
    """How many events were acknowledged before the database was full."""
    for acknowledged in itertools.count(0, 20):
        try:
            await store.batch(EVERYTHING, twenty_events)
        except StoreFull:
            return acknowledged
    raise AssertionError


async def give_space(store: SqlStore) -> None:
    """Raise the limit of a database that was opened with one."""

    def ask(connection: Connection) -> None:
        connection.exec_driver_sql("PRAGMA max_page_count=10000")
        connection.rollback()

    await store._writer.run(ask)
