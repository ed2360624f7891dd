"""A database carried out and back: every row of every table, or nothing."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from servicehost.backends.sql.backup import backed_up, restored
from servicehost.backends.stream_fault import StreamFault
from servicehost.domain.contract import EVERYTHING
from tests.builders.databases import dump, fresh_database, opened, twenty_events
from tests.builders.estate import Estate, build_estate

RAW = bytes(range(256))


async def filled(folder: Path) -> tuple[Path, Estate]:
    """Two customers, many events, and bytes that are no text."""
    database = fresh_database(folder)
    async with opened(database) as (store, _):
        mine = await build_estate(store, 1)
        await build_estate(store, 2)
        for _ in range(5):
            await store.batch(EVERYTHING, twenty_events)
        async with store.transaction(EVERYTHING) as tx:
            await tx.add_module_body(mine.management_code, "sha256:" + "ab" * 32, RAW)
    return database, mine


async def test_every_row_of_every_table_comes_back_and_numbers_go_on(tmp_path: Path) -> None:
    database, mine = await filled(tmp_path)
    parts = list(backed_up(database))
    assert max(map(len, parts)) < 2 * 65_536
    again = tmp_path / "again.db"
    assert restored(parts, again).rows == sum(
        len(rows) for name, rows in dump(database).items() if name != "alembic_version"
    )
    assert dump(again) == dump(database)
    async with opened(again) as (store, reads):
        await store.batch(EVERYTHING, twenty_events)
        (newest,) = await reads.events(EVERYTHING, limit=1, newest_first=True)
        assert newest.event > max(row[0] for row in dump(database)["event"])
        assert await reads.adapter(mine.scope, mine.service_code) is not None
    assert sorted(one.name for one in tmp_path.iterdir() if "restoring" in one.name) == []


async def test_a_backup_is_of_one_instant_while_somebody_writes(tmp_path: Path) -> None:
    database, _ = await filled(tmp_path)
    before = dump(database)
    parts = backed_up(database)
    first = next(parts)
    async with opened(database) as (store, _):
        await store.batch(EVERYTHING, twenty_events)
        rest = list(parts)
    restored([first, *rest], tmp_path / "again.db")
    assert dump(tmp_path / "again.db")["event"] == before["event"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda raw: b"", "not_a_backup"),
        (lambda raw: raw[: len(raw) // 2].rpartition(b"\n")[0], "cut_off"),
        (lambda raw: raw.replace(b'"revision":"', b'"revision":"9', 1), "backup_newer"),
        (lambda raw: raw.replace(b"servicehost-backup", b"something-else-x", 1), "not_a_backup"),
        (lambda raw: raw.replace(b'\n["event",', b'\n["events",', 1), "not_a_backup"),
        (lambda raw: raw.replace(b'\n["management_contract","nxm000000001"', b'\n["lease","nxm000000001"', 1), None),
        (lambda raw: raw + b'["event"]\n', "cut_off"),
    ],
)
async def test_what_is_not_whole_leaves_nothing_behind(
    tmp_path: Path, change: Callable[[bytes], bytes], code: str | None
) -> None:
    database, _ = await filled(tmp_path)
    again = tmp_path / "again.db"
    with pytest.raises((StreamFault, sqlite3.Error)) as caught:
        restored([change(b"".join(backed_up(database)))], again)
    if code is not None:
        assert isinstance(caught.value, StreamFault)
        assert caught.value.code == code
    assert [one.name for one in tmp_path.iterdir() if one.name.startswith("again")] == []


async def test_a_database_that_is_there_is_never_overwritten(tmp_path: Path) -> None:
    database, _ = await filled(tmp_path)
    before = dump(database)
    with pytest.raises(FileExistsError):
        restored(backed_up(database), database)
    assert dump(database) == before
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
