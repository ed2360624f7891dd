"""The migrations build exactly the tables of this version."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from servicehost.backends.sql.migrate import _config, head_revision, migrate, present_revision
from servicehost.backends.sql.reads import open_reads
from servicehost.backends.sql.tables import METADATA
from servicehost.backends.sql.writer import open_writer_engine
from servicehost.domain.contract import EVERYTHING
from servicehost.domain.push import Target
from servicehost.domain.scheduled_order import PushPlan
from tests.builders.databases import dump, fresh_database


def test_an_empty_database_becomes_exactly_the_tables(tmp_path: Path) -> None:
    engine = open_writer_engine(fresh_database(tmp_path))
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []
        made = {row[0]: row[1] for row in connection.exec_driver_sql("SELECT name, sql FROM sqlite_schema")}
    engine.dispose()
    METADATA.create_all(straight := open_writer_engine(tmp_path / "straight.db"))
    with straight.connect() as connection:
        wanted = {row[0]: row[1] for row in connection.exec_driver_sql("SELECT name, sql FROM sqlite_schema")}
    straight.dispose()
    # Names, foreign keys and conditions of indexes, which alembic's comparison overlooks on SQLite.
    assert {name: sorted_words(made.get(name)) for name in wanted} == {n: sorted_words(s) for n, s in wanted.items()}
    assert set(made) - set(wanted) == {"alembic_version", "sqlite_autoindex_alembic_version_1"}


def sorted_words(sql: str | None) -> list[str]:
    return (
        []
        if sql is None
        else sorted(sql.replace('"', "").replace(",", " ").replace("(", " ( ").replace(")", " ) ").split())
    )


def older(database: Path, version: str, *scripts: str) -> None:
    """A database of that version with these rows, brought to this one."""
    engine = open_writer_engine(database)
    config = _config()
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, version)
        for statement in scripts:
            connection.exec_driver_sql(statement)
        connection.commit()
    engine.dispose()
    migrate(database)


def test_units_of_an_older_database_begin_their_life_where_they_stand(tmp_path: Path) -> None:
    older(tmp_path / "host.db", "0002", *OLD_ROWS)
    with closing(sqlite3.connect(tmp_path / "host.db")) as connection:
        lives = connection.execute("SELECT serial, life, life_since FROM unit ORDER BY serial").fetchall()
    assert lives == [("S1", "bound", 7), ("S2", "registered", 8), ("S3", "registered", 9)]


async def test_scheduled_pushes_of_an_older_database_are_orders_that_wait(tmp_path: Path) -> None:
    older(tmp_path / "host.db", "0024", *OLD_SCHEDULES)
    reads = open_reads(tmp_path / "host.db")
    (one,) = await reads.scheduled_orders(EVERYTHING)
    (once,) = await reads.occurrences(EVERYTHING, 3)
    await reads.close()
    assert (one.number, one.due_at, one.note) == (3, 9, "why")
    assert one.plan == PushPlan(service_codes=("nxe000000001",), target=Target.RUNNING)
    assert (once.due_at, once.first_push, once.tasks, once.batch) == (5, 7, 0, None)


OLD_SCHEDULES = (
    "INSERT INTO management_contract (management_code, label, created_at) VALUES ('nxm000000001', 'x', 1)",
    """
INSERT INTO push_schedule VALUES (3, 'nxm000000001', '{"at":9}',
    '{"service_codes":["nxe000000001"],"target":"running"}', 'run', 'why', 'a', 'a', 1, 'waiting', 1, NULL, 9, 1)
""",
    "INSERT INTO scheduled_push VALUES (1, 'nxm000000001', 3, 5, 6, 'fired', NULL, 1, 7, 7)",
)
OLD_ROWS = (
    """
INSERT INTO management_contract VALUES ('nxm000000001', 'x', 1);
INSERT INTO adapter (service_code, management_code, memo, created_at) VALUES ('nxe000000001', 'nxm000000001', '', 1);
INSERT INTO unit (unit_id, distribution_id, model, serial, registered_at)
    VALUES (1, 'D-1', 'M', 'S1', 7), (2, 'D-2', 'M', 'S2', 8), (3, 'D-3', 'M', 'S3', 9);
INSERT INTO binding (management_code, service_code, unit_id, bound_at, unbound_at, reason)
    VALUES ('nxm000000001', 'nxe000000001', 2, 1, 2, ''), ('nxm000000001', 'nxe000000001', 1, 2, NULL, '');
""".strip()
    .rstrip(";")
    .split(";")
)


def test_migrating_twice_is_harmless(tmp_path: Path) -> None:
    database = fresh_database(tmp_path)
    before = dump(database)
    migrate(database)
    assert dump(database) == before


def test_a_database_says_which_version_it_is(tmp_path: Path) -> None:
    for database, revision in ((tmp_path / "empty.db", None), (fresh_database(tmp_path), head_revision())):
        engine = open_writer_engine(database)
        assert present_revision(engine) == revision
        engine.dispose()


def test_a_migration_that_fails_leaves_the_database_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    database = tmp_path / "host.db"
    engine = open_writer_engine(database)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE unit_event (in_the_way INTEGER)")
    engine.dispose()
    before = dump(database)
    with pytest.raises(Exception, match="unit_event"):
        migrate(database)
    assert {name: rows for name, rows in dump(database).items() if name != "alembic_version"} == before
