import sqlite3
from contextlib import closing
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

from servicehost.backends.sql import migrations
from servicehost.backends.sql.case_tables import outbox
from servicehost.backends.sql.migrate import migrate

WITHOUT_A_CUSTOMER = {"lease", "event_horizon", "customer", "depot", "stock_threshold", "closed_area"}


def test_every_table_of_the_story_carries_its_management_contract() -> None:
    without = {name for name, table in outbox.metadata.tables.items() if "management_code" not in table.c}

    assert without == WITHOUT_A_CUSTOMER


def test_what_a_database_held_before_faults_and_exchanges_is_still_there_after(tmp_path: Path) -> None:
    database = tmp_path / "host.db"
    _bring_to(database, "0001")
    with closing(sqlite3.connect(database)) as before:
        before.execute("PRAGMA foreign_keys=ON")
        before.execute("INSERT INTO management_contract VALUES ('nxm000000001', 'x', 0)")
        before.execute(
            "INSERT INTO adapter (service_code, management_code, memo, created_at)"
            " VALUES ('nxe000000001', 'nxm000000001', 'Osaka', 0)"
        )
        before.execute(
            "INSERT INTO unit (unit_id, distribution_id, model, serial, registered_at) VALUES (1, 'd', 'm', 's', 0)"
        )
        before.execute(
            "INSERT INTO binding (management_code, service_code, unit_id, bound_at, reason)"
            " VALUES ('nxm000000001', 'nxe000000001', 1, 0, '')"
        )
        before.commit()

    migrate(database)

    with closing(sqlite3.connect(database)) as after:
        adapters = after.execute("SELECT memo, item, option, declared_location, coverage FROM adapter").fetchall()
        units = after.execute("SELECT serial, ownership, channel FROM unit").fetchall()
        assert after.execute("SELECT count(*) FROM binding").fetchone() == (1,)
    assert adapters == [("Osaka", "entry", 0, "", None)]
    assert units == [("s", "rental", "direct")]


def _bring_to(database: Path, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(next(iter(migrations.__path__)))))
    engine = create_engine(f"sqlite:///{database}")
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        connection.commit()
    engine.dispose()
