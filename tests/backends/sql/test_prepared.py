"""Statements compiled once: what they say, and that they find their rows by an index."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, bindparam, insert, select, update

from servicehost.backends.sql import configs, pushes, sessions, tables, units
from servicehost.backends.sql.numbers import take_numbers
from servicehost.backends.sql.prepared import ByKeys, Many
from servicehost.backends.sql.writer import open_writer_engine
from tests.builders.databases import fresh_database

_lease = tables.lease.c
ADD = Many(insert(tables.lease), [column.name for column in _lease])
CHANGE = Many(update(tables.lease).where(_lease.host == bindparam("of")).values(run=bindparam("to")))
BY_HOST = ByKeys(select(_lease.run).order_by(_lease.run), (_lease.host,), _lease.host)
BY_HOST_AND_RUN = ByKeys(select(_lease.host).order_by(_lease.host), (_lease.host, _lease.run), _lease.host)


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    engine = open_writer_engine(fresh_database(tmp_path))
    with engine.connect() as connection, connection.begin():
        yield connection
    engine.dispose()


def add(connection: Connection, *hosts: str) -> None:
    ADD.run(connection, [{"host": h, "run": n, "started_at": 0, "renewed_at": 0} for n, h in enumerate(hosts, 1)])


def test_many_rows_are_written_and_none_for_none(connection: Connection) -> None:
    add(connection, "a", "b")
    ADD.run(connection, [])
    CHANGE.run(connection, [{"of": "b", "to": 7}, {"of": "nobody", "to": 8}])
    assert sorted(row[0] for row in connection.execute(select(_lease.run))) == [1, 7]


def test_rows_are_found_by_keys_whatever_the_keys_hold(connection: Connection) -> None:
    names = ["a", "b'\"\\", "日本", "", "null", "[1]"]
    add(connection, *names)
    assert BY_HOST.rows(connection, names, tenant=None) == [(number,) for number in range(1, 7)]
    assert BY_HOST.rows(connection, {"b'\"\\", "nobody"}, tenant=None) == [(2,)]
    assert BY_HOST.rows(connection, [], tenant=None) == []
    assert BY_HOST.rows(connection, names, tenant="a") == [(1,)]


def test_rows_are_found_by_keys_of_several_parts(connection: Connection) -> None:
    add(connection, "a", "b")
    wanted = [("a", 1), ("a", 2), ("b", 2)]
    assert BY_HOST_AND_RUN.rows(connection, wanted, tenant=None) == [("a",), ("b",)]
    assert BY_HOST_AND_RUN.rows(connection, wanted, tenant="b") == [("b",)]


HOT = {
    f"{module.__name__}.{name}": value
    for module in (configs, pushes, sessions, units)
    for name, value in vars(module).items()
    if isinstance(value, ByKeys)
}


@pytest.mark.parametrize("name", HOT)
def test_no_hot_statement_reads_a_whole_table(connection: Connection, name: str) -> None:
    for sql, order in (HOT[name]._everyones, HOT[name]._tenants):
        values: list[Any] = ["[]" if parameter == "keys" else 0 for parameter in order]
        plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", tuple(values))]
        assert [
            step for step in plan if step.startswith("SCAN") and step != "SCAN found" and "wanted" not in step
        ] == [], plan


def test_open_pushes_are_found_however_long_the_history_is(connection: Connection) -> None:
    sql, order = pushes._OPEN_OF._everyones
    plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", ("[]",) * len(order))]
    assert any("ix_push_open_of" in step for step in plan), plan


def test_events_of_units_are_found_by_their_whole_key(connection: Connection) -> None:
    sql, order = sessions._UNIT_EVENTS._everyones
    plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", ("[]",) * len(order))]
    assert any("unit_id=? AND boot_id=? AND sequence=?" in step for step in plan), plan


def test_numbers_grow_and_are_never_given_twice(connection: Connection) -> None:
    assert take_numbers(connection, "event", "event", 3) == [1, 2, 3]
    row = {"event": 3, "at": 1, "class": "monitor", "sub_type": "x", "severity": 6, "actor": "host"}
    connection.execute(insert(tables.event), row)
    assert take_numbers(connection, "event", "event", 2) == [4, 5]
    connection.execute(tables.event.delete())
    assert take_numbers(connection, "event", "event", 1) == [4]  # the highest there ever was stays taken
    assert take_numbers(connection, "event", "event", 0) == []
