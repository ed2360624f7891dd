"""What a database held before customers were on record is still there after."""

import sqlite3
from contextlib import closing
from pathlib import Path

from alembic import command

from servicehost.backends.sql.migrate import _config, migrate
from servicehost.backends.sql.writer import open_writer_engine

OLD_ROWS = """
INSERT INTO management_contract VALUES ('nxm000000001', 'x', 1);
INSERT INTO adapter (service_code, management_code, memo, created_at)
    VALUES ('nxe000000001', 'nxm000000001', '大阪支店', 1);
INSERT INTO unit (unit_id, distribution_id, model, serial, registered_at) VALUES (1, 'D-1', 'M', 'S1', 7);
INSERT INTO person (person_id, management_code, master_id, name, role, password_hash, password_one_time)
    VALUES (1, 'nxm000000001', 'MID00000001', 'Anna', 'operation_manager', 'h', 0);
INSERT INTO exchange (exchange, management_code, service_code, state, requested_by, requested_at, changed_at, attendee)
    VALUES (1, 'nxm000000001', 'nxe000000001', 'closed', 'x', 1, 1, '');
INSERT INTO unit_return (number, management_code, service_code, exchange, unit_id, state, opened_at, due_at, changed_at,
    changed_by, why, place, missing, inspected_by, damaged, erasure, reason)
    VALUES (1, 'nxm000000001', 'nxe000000001', 1, 1, 'due', 1, 1, 1, 'x', 'x', '', '[]', '', '[]', 'unknown', '');
INSERT INTO charge_proposal (proposal, management_code, service_code, exchange, unit_id, rule, items, tax, currency,
    asks, state, proposed_at, evidence, corrects, reason) VALUES
    (1, 'nxm000000001', 'nxe000000001', 1, 1, 'r', '[]', 'excluded', 'JPY', 0, 'approved', 1, '{}', NULL, ''),
    (2, 'nxm000000001', 'nxe000000001', 1, 1, 'r', '[]', 'excluded', 'JPY', 0, 'approved', 1, '{}', 1, '')
""".strip().split(";")


def test_contracts_people_returns_and_charges_of_an_older_database_are_kept(tmp_path: Path) -> None:
    database = tmp_path / "host.db"
    engine, config = open_writer_engine(database), _config()
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0006")
        for statement in OLD_ROWS:
            connection.exec_driver_sql(statement)
        connection.commit()
    engine.dispose()
    migrate(database)
    with closing(sqlite3.connect(database)) as kept:
        kept.execute("PRAGMA foreign_keys=ON")

        def rows(asked: str) -> list[tuple[object, ...]]:
            return list(kept.execute(asked))

        assert rows("SELECT site_name, memo, brought_in FROM adapter") == [("大阪支店", "大阪支店", None)]
        assert rows("SELECT customer_code, ends_at, end_reason FROM management_contract") == [(None, None, "")]
        assert rows("SELECT name, telephone FROM person") == [("Anna", "")]
        assert rows("SELECT number, exchange FROM unit_return") == [(1, 1)]
        assert rows("SELECT proposal, corrects FROM charge_proposal ORDER BY proposal") == [(1, None), (2, 1)]
        assert rows("PRAGMA foreign_key_check") == []
        # What follows goes on with the next number, and may name the charge that it corrects.
        kept.execute(
            "INSERT INTO charge_proposal (management_code, service_code, unit_id, rule, items, tax, currency, asks,"
            " state, proposed_at, evidence, corrects, reason) VALUES ('nxm000000001', 'nxe000000001', 1, 'r', '[]',"
            " 'excluded', 'JPY', 0, 'waived', 1, '{}', 2, '')"
        )
        assert rows("SELECT max(proposal) FROM charge_proposal") == [(3,)]
