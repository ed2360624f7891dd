"""`ports.store.Store` on SQLite."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, insert, select, update

from servicehost.backends.sql import tables
from servicehost.backends.sql.batch import SqlBatch
from servicehost.backends.sql.transaction import SqlTransaction
from servicehost.backends.sql.writer import BUSY_MS, DatabaseLock, Writer, open_writer_engine
from servicehost.domain.contract import Scope
from servicehost.ports.store import Batch, Transaction

__all__ = ["SqlStore", "open_store"]

T = TypeVar("T")


class SqlStore:
    """Serialises both verbs on one writer. Close it once, after everything that uses it has ended."""

    def __init__(self, writer: Writer, lock: DatabaseLock) -> None:
        self._writer = writer
        self._file_lock = lock
        self._turn = asyncio.Lock()

    @asynccontextmanager
    async def transaction(self, scope: Scope) -> AsyncIterator[Transaction]:
        """See the port. A cancelled block changes nothing, unless the commit itself was under way."""
        async with self._turn:
            try:
                await self._writer.run(_begin)
                transaction = SqlTransaction(self._writer, scope)
                yield transaction
                await self._writer.run(_commit)
                if transaction.erased:
                    await self._writer.run(_carry_over)
            except BaseException:
                # What was given to the writer's thread still runs there, so this comes after it; shielded, because
                # the next block must find no transaction open, even when this task is cancelled once more.
                await asyncio.shield(self._writer.run(_roll_back))
                raise

    async def batch(self, scope: Scope, work: Callable[[Batch], T]) -> T:
        """See the port."""

        def whole(connection: Connection) -> tuple[T, bool]:
            with connection.begin():
                batch = SqlBatch(connection, scope)
                return work(batch), batch.erased

        async with self._turn:
            answer, erased = await self._writer.run(whole)
            if erased:
                await self._writer.run(_carry_over)
            return answer

    async def begin_run(self, host: str, now: int) -> int:
        """See the port."""

        def take(connection: Connection) -> int:
            lease = tables.lease.c
            with connection.begin():
                last = connection.execute(select(lease.run).where(lease.host == host)).scalar()
                if last is None:
                    row = {"host": host, "run": 1, "started_at": now, "renewed_at": now}
                    connection.execute(insert(tables.lease).values(row))
                    return 1
                run: int = last + 1
                changed = update(tables.lease).where(lease.host == host)
                connection.execute(changed.values(run=run, started_at=now, renewed_at=now))
                return run

        async with self._turn:
            return await self._writer.run(take)

    async def close(self) -> None:
        """Waits for the block under way."""
        async with self._turn:
            await self._writer.close()
        self._file_lock.release()


def _begin(connection: Connection) -> None:
    connection.begin()


def _commit(connection: Connection) -> None:
    connection.commit()


def _carry_over(connection: Connection) -> None:
    """Empty the log, which still holds pages as they were before an erasure.

    A reader that takes longer than a second keeps it as it is; the log is then overwritten in its own time.
    """
    cursor = connection.connection.cursor()
    for pragma in ("busy_timeout=1000", "wal_checkpoint(TRUNCATE)", f"busy_timeout={BUSY_MS}"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _roll_back(connection: Connection) -> None:
    connection.rollback()


def open_store(database: Path, *, max_page_count: int = 0) -> SqlStore:
    """Open a database that `migrate` has brought up to date. Raises Conflict when another process serves it."""
    lock = DatabaseLock(database)
    return SqlStore(Writer(open_writer_engine(database, max_page_count=max_page_count)), lock)
