"""Large results go along with the database that speaks of them: whole, checked, or not at all."""

import hashlib
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from servicehost.backends.result_files import beside
from servicehost.backends.sql.backup import backed_up, restored
from servicehost.backends.sql.backup_results import filed_results
from servicehost.backends.stream_fault import StreamFault
from servicehost.domain.contract import EVERYTHING
from servicehost.domain.task import Upload
from tests.builders.databases import dump, fresh_database, opened
from tests.builders.estate import build_estate
from tests.builders.tasks import a_task

LARGE = bytes(range(256)) * 1_000
BODIES = (b"", b"small", LARGE)


async def with_results(folder: Path) -> Path:
    """A database that speaks of three files, which lie beside it, with another that nothing speaks of."""
    folder.mkdir()
    database = fresh_database(folder)
    async with opened(database) as (store, _):
        mine = await build_estate(store, 1)
        (task,) = await store.batch(
            EVERYTHING,
            lambda batch: batch.add_tasks([a_task(mine.service_code, management_code=mine.management_code)]),
        )
        beside(database).mkdir()
        (beside(database) / "99-1-0").write_bytes(b"nobody's")
        for module, body in enumerate(BODIES):
            (beside(database) / f"{task.task}-{task.ordered_at}-{module}").write_bytes(body)
            held = Upload(
                task=task.task,
                module=module,
                management_code=mine.management_code,
                size_bytes=len(body),
                digest=f"sha256:{hashlib.sha256(body).hexdigest()}",
                held_at=5,
            )
            await store.batch(EVERYTHING, lambda batch, held=held: batch.add_upload(held))  # type: ignore[misc]  # mypy cannot infer a lambda with a default
    return database


def named(database: Path) -> list[str]:
    with closing(sqlite3.connect(database)) as connection:
        return list(filed_results(connection))


def held_beside(database: Path) -> dict[str, bytes]:
    return {one.name: one.read_bytes() for one in sorted(beside(database).iterdir())}


async def test_results_come_back_as_they_were_and_no_others(tmp_path: Path) -> None:
    database, left = await with_results(tmp_path / "a"), []
    parts = list(backed_up(database, lambda name, why: left.append((name, why))))
    assert max(map(len, parts)) < 2 * 65_536
    again = tmp_path / "b" / "again.db"
    again.parent.mkdir()
    assert restored(parts, again).files == 3
    assert sorted(one.name for one in again.parent.iterdir()) == ["again.db", "results"]
    assert dump(again) == dump(database)
    assert held_beside(again) == dict(zip(named(database), BODIES, strict=True))
    assert left == []


async def test_a_result_that_vanishes_meanwhile_is_no_failure_and_is_named(tmp_path: Path) -> None:
    database, left = await with_results(tmp_path / "a"), []
    parts = backed_up(database, lambda name, why: left.append((name, why)))
    first, gone = next(parts), named(database)[1]
    (beside(database) / gone).unlink()
    again = tmp_path / "b" / "again.db"
    again.parent.mkdir()
    assert restored([first, *parts], again).files == 2
    assert left == [(gone, "removed")]


async def test_a_result_that_rots_on_the_disk_is_named_and_holds_up_no_backup(tmp_path: Path) -> None:
    database, left = await with_results(tmp_path / "a"), []
    rotten = named(database)[2]
    (beside(database) / rotten).write_bytes(LARGE[1:])
    parts = list(backed_up(database, lambda name, why: left.append((name, why))))
    again = tmp_path / "b" / "again.db"
    again.parent.mkdir()
    assert restored(parts, again).files == 2
    assert left == [(rotten, "damaged")]
    assert rotten not in held_beside(again)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda raw: raw[: raw.index(b'{"file"')], "cut_off"),
        (lambda raw: raw[: raw.rindex(b'{"files"')], "cut_off"),
        (lambda raw: raw[: raw.rindex(b'{"whole"')], "cut_off"),
        (lambda raw: raw.replace(b'{"piece":"c21', b'{"piece":"d21', 1), "damaged"),
        (lambda raw: raw.replace(b'{"piece":"c21', b'{"piece":"!21', 1), "not_a_backup"),
        (lambda raw: raw.replace(b'{"file":"', b'{"file":"../', 1), "not_a_backup"),
        (lambda raw: raw.replace(b'{"files":3}', b'{"files":4}'), "cut_off"),
        (lambda raw: raw + b'{"files":3}\n', "cut_off"),
    ],
)
async def test_results_that_are_not_whole_leave_nothing_behind(
    tmp_path: Path, change: Callable[[bytes], bytes], code: str
) -> None:
    database = await with_results(tmp_path / "a")
    again = tmp_path / "b" / "again.db"
    again.parent.mkdir()
    with pytest.raises(StreamFault) as caught:
        restored([change(b"".join(backed_up(database)))], again)
    assert caught.value.code == code
    assert list(again.parent.iterdir()) == []


async def test_results_that_are_there_are_never_overwritten(tmp_path: Path) -> None:
    database = await with_results(tmp_path / "a")
    parts, before = list(backed_up(database)), held_beside(database)
    database.rename(tmp_path / "moved.db")
    with pytest.raises(FileExistsError):
        restored(parts, database)
    assert held_beside(database) == before


async def test_a_backup_from_before_results_were_in_it_is_still_restored(tmp_path: Path) -> None:
    database = await with_results(tmp_path / "a")
    raw = b"".join(backed_up(database))
    old = raw[: raw.index(b'{"file"')].replace(b'"schema":2', b'"schema":1', 1)
    again = tmp_path / "b" / "again.db"
    again.parent.mkdir()
    assert restored([old], again).files == 0
    assert dump(again) == dump(database)
