"""The doctor looks at the database."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from servicehost.backends.sql.writer import DatabaseLock
from servicehost.cli.checks.database import LITTLE_ROOM, NO_ROOM, check_database
from servicehost.settings.store import StoreSettings
from tests.builders.hosts import a_founded_host

MENDED = (3, 51, 3)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return Path(a_founded_host(tmp_path).settings).parent / "store/servicehost.sqlite3"


def findings(database: Path, *, free: int = LITTLE_ROOM, sqlite: tuple[int, int, int] = MENDED) -> list[str]:
    found = list(check_database(StoreSettings(database=database), free=lambda _folder: free, sqlite=sqlite))
    assert [one for one in found if one.severity != "ok" and not one.remedy] == []
    return [f"{one.severity} {one.code}" for one in found]


def faults(database: Path, *, free: int = LITTLE_ROOM, sqlite: tuple[int, int, int] = MENDED) -> list[str]:
    return [one for one in findings(database, free=free, sqlite=sqlite) if not one.startswith("ok ")]


def written(database: Path, statement: str) -> None:
    with closing(sqlite3.connect(database)) as connection:
        connection.execute(statement)
        connection.commit()


def test_a_new_database_is_fine(database: Path) -> None:
    assert faults(database) == []
    assert "ok database_free" in findings(database)


def test_a_database_that_is_served_is_fine_too(database: Path) -> None:
    lock = DatabaseLock(database)
    try:
        assert "ok database_served" in findings(database)
    finally:
        lock.release()


def test_an_sqlite_with_the_wal_reset_fault_is_a_warning(database: Path) -> None:
    assert faults(database, sqlite=(3, 51, 2)) == ["warning sqlite_old"]


def test_little_room_is_a_warning_and_none_an_error(database: Path) -> None:
    assert faults(database, free=LITTLE_ROOM - 1) == ["warning disk_nearly_full"]
    assert faults(database, free=NO_ROOM - 1) == ["error disk_full"]


def test_a_database_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    assert faults(tmp_path / "absent.sqlite3") == ["error database_missing"]


def test_a_file_that_is_no_database_is_an_error(database: Path) -> None:
    database.write_bytes(b"not a database" * 100)
    assert faults(database) == ["error database_unreadable"]


def test_a_damaged_page_is_found(database: Path) -> None:
    raw = bytearray(database.read_bytes())
    page = 4096
    for at in range(page, len(raw), page):
        raw[at : at + 8] = b"\xff" * 8
    database.write_bytes(raw)
    assert set(faults(database)) & {"error database_corrupt", "error database_unreadable"}


def test_a_database_that_others_can_read_is_a_warning(database: Path) -> None:
    database.chmod(0o644)
    assert faults(database) == ["warning database_exposed"]


def test_an_older_version_is_a_warning_and_an_unknown_one_an_error(database: Path) -> None:
    written(database, "UPDATE alembic_version SET version_num = '9999'")
    assert faults(database) == ["error database_of_another_version"]
    written(database, "DELETE FROM alembic_version")
    assert faults(database) == ["warning database_older"]
