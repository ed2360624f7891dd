"""One process and one connection write; a commit that returned is on the disk; a full database is said by name."""

import asyncio
import hashlib
import re
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from servicehost.backends.sql.reads import SqlReads, open_reads
from servicehost.backends.sql.store import SqlStore, open_store
from servicehost.backends.sql.writer import DatabaseLock
from servicehost.domain.contract import EVERYTHING
from servicehost.domain.errors import Conflict, StoreFull
from tests.builders.databases import dump, fill_up, fresh_database, give_space, opened, pages_of, twenty_events
from tests.builders.estate import a_revision, build_estate


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return fresh_database(tmp_path)


@pytest.fixture
async def both(database: Path) -> AsyncIterator[tuple[SqlStore, SqlReads]]:
    async with opened(database) as both:
        yield both


def test_only_one_process_writes_a_database(database: Path) -> None:
    lock = DatabaseLock(database)
    with pytest.raises(Conflict) as refused:
        DatabaseLock(database)
    assert refused.value.code == "database_in_use"
    lock.release()
    DatabaseLock(database).release()


async def test_a_closed_store_is_one_file_and_free_for_the_next(database: Path) -> None:
    async with opened(database) as (store, _reads):
        await store.begin_run("h", 1)
    assert sorted(path.name for path in database.parent.iterdir()) == ["host.db", "host.db.lock"]
    async with opened(database) as (store, _reads):
        assert await store.begin_run("h", 2) == 2


async def test_the_writer_is_set_up_for_durable_writes(both: tuple[SqlStore, SqlReads]) -> None:
    def ask(connection: Connection) -> dict[str, object]:
        pragmas = ("journal_mode", "synchronous", "foreign_keys")
        return {pragma: connection.exec_driver_sql(f"PRAGMA {pragma}").scalar() for pragma in pragmas}

    assert await both[0]._writer.run(ask) == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


async def test_readers_cannot_write_and_never_checkpoint(both: tuple[SqlStore, SqlReads]) -> None:
    async with both[1]._engine.connect() as connection:
        assert (await connection.exec_driver_sql("PRAGMA wal_autocheckpoint")).scalar() == 0
        with pytest.raises(OperationalError, match="readonly"):
            await connection.execute(text("DELETE FROM lease"))


def digests(*files: Path) -> list[str]:
    return [hashlib.sha256(file.read_bytes()).hexdigest() for file in files]


async def test_readers_that_close_last_leave_the_log_to_the_next_writer(database: Path) -> None:
    store, reads = open_store(database), open_reads(database)
    await store.begin_run("h", 1)
    assert len(await reads.leases()) == 1
    await store.close()
    log = database.with_name("host.db-wal")
    before = digests(database, log)
    await reads.close()
    assert digests(database, log) == before, "a reader has moved the log into the database"
    async with opened(database) as (store, _reads):
        assert await store.begin_run("h", 2) == 2


async def test_a_database_may_lie_in_a_folder_of_any_name_and_be_read_before_it_is_written(tmp_path: Path) -> None:
    folder = tmp_path / "a b?#%41é&mode=rw"
    folder.mkdir()
    database = fresh_database(folder)
    reads = open_reads(database)
    assert await reads.leases() == []
    await reads.close()
    async with opened(database) as (store, reads):
        assert await store.begin_run("h", 1) == 1
        assert len(await reads.leases()) == 1
    assert sorted(path.name for path in folder.iterdir()) == ["host.db", "host.db.lock"]


async def test_an_adapter_view_is_one_snapshot(
    both: tuple[SqlStore, SqlReads], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A commit between two of its statements is not seen by half of it."""
    store, reads = both
    estate = await build_estate(store, 1)
    from servicehost.backends.sql import reads as module  # noqa: PLC0415

    second = a_revision(estate.service_code, estate.management_code, revision=2)
    loop = asyncio.get_running_loop()
    written = module._working_of

    def write_meanwhile(codes: list[str]) -> object:
        thread = threading.Thread(target=other_writer, args=(database_of(reads), second.digest))
        thread.start()
        thread.join()
        return written(codes)

    assert loop.is_running()
    monkeypatch.setattr(module, "_working_of", write_meanwhile)
    view = await reads.adapter(EVERYTHING, estate.service_code)
    assert view is not None
    assert view.working_revision == 1


def database_of(reads: SqlReads) -> str:
    name = reads._engine.url.database
    assert name is not None
    return unquote(urlsplit(name).path)


def other_writer(database: str, digest: str) -> None:
    with sqlite3.connect(database) as connection:
        connection.execute(
            "INSERT INTO revision SELECT management_code, service_code, module, 2, ?, 1, 1, 'x', '', 'text', '', ''"
            " FROM revision",
            (digest,),
        )
    connection.close()


CHILD = """
import asyncio, os, sys
from pathlib import Path
from servicehost.backends.sql.store import open_store
from servicehost.domain.contract import EVERYTHING
from tests.builders.estate import an_event

async def main() -> None:
    store = open_store(Path(sys.argv[1]))
    await store.begin_run("h", 1)
    for verb in ("batch", "transaction"):
        os.write(1, f"ask {verb}".encode())
        if verb == "batch":
            await store.batch(EVERYTHING, lambda batch: batch.add_events([an_event(None)]))
        else:
            async with store.transaction(EVERYTHING) as tx:
                await tx.add_events([an_event(None)])
        os.write(1, f"ack {verb}".encode())

asyncio.run(main())
"""


def test_a_commit_is_synced_to_the_disk_before_it_is_acknowledged(database: Path) -> None:
    strace = shutil.which("strace")
    if strace is None:
        pytest.skip("strace is not installed: the order of system calls cannot be seen")
    traced = subprocess.run(
        [
            strace,
            "-f",
            "-y",
            "-qq",
            "-e",
            "trace=fdatasync,fsync,write,pwrite64",
            sys.executable,
            "-c",
            CHILD,
            database,
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    if "ptrace" in traced.stderr and "ack" not in traced.stdout:
        pytest.skip("this machine lets nobody trace a process")
    assert "ack transaction" in traced.stdout, traced.stderr[-2000:]
    for verb in ("batch", "transaction"):
        between = re.search(rf'"ask {verb}".*?"ack {verb}"', traced.stderr, re.DOTALL)
        assert between is not None
        calls = re.findall(r"(pwrite64|fdatasync|fsync)\(\d+<[^>]*-wal>", between.group())
        assert "pwrite64" in calls, verb
        assert calls[-1] in ("fdatasync", "fsync"), f"{verb}: the log was written and not synced"


async def test_a_full_database_says_so_loses_nothing_stays_readable_and_goes_on_when_space_returns(
    database: Path,
) -> None:
    async with opened(database, max_page_count=pages_of(database) + 50) as (store, reads):
        estate = await build_estate(store, 1)
        acknowledged = await fill_up(store)
        assert acknowledged > 0
        before = dump(database)
        with pytest.raises(StoreFull):
            async with store.transaction(EVERYTHING) as tx:
                await tx.add_content(estate.management_code, "sha256:large", "x" * 500_000)
        with pytest.raises(StoreFull):
            await store.batch(EVERYTHING, twenty_events)
        assert dump(database) == before
        assert len(await reads.events(EVERYTHING, limit=10_000)) == acknowledged + 2
        await give_space(store)
        await store.batch(EVERYTHING, twenty_events)
        assert len(await reads.events(EVERYTHING, limit=10_000)) == acknowledged + 22
