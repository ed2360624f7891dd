"""The real store on a database in memory, which can be photographed and put back: for walks of thousands of steps."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

from sqlalchemy import Connection

from servicehost.backends.sql.case_tables import outbox
from servicehost.backends.sql.store import SqlStore
from servicehost.backends.sql.writer import DatabaseLock, Writer, open_writer_engine

T = TypeVar("T")


class _Inline:
    """The writer without its thread: nothing here waits for a disk."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def run(self, work: Callable[..., T], *arguments: Any) -> T:
        return work(self._connection, *arguments)


class MemoryStore(SqlStore):
    def __init__(self) -> None:
        self.connection = open_writer_engine(Path(":memory:")).connect()
        outbox.metadata.create_all(self.connection)
        self.connection.commit()
        super().__init__(cast("Writer", _Inline(self.connection)), cast("DatabaseLock", None))

    @property
    def _raw(self) -> sqlite3.Connection:
        return cast("sqlite3.Connection", self.connection.connection.driver_connection)

    def photograph(self) -> sqlite3.Connection:
        """A copy. Not `serialize`: to put that back frees what prepared statements still point at."""
        copy = sqlite3.connect(":memory:", check_same_thread=False)
        self._raw.backup(copy)
        return copy

    def put_back(self, photograph: sqlite3.Connection) -> None:
        photograph.backup(self._raw)
