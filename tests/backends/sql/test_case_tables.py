from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from servicehost.backends.sql.case_tables import outbox
from servicehost.backends.sql.migrate import migrate


def test_the_migrations_build_the_tables_of_faults_and_exchanges_as_they_are_written_down(tmp_path: Path) -> None:
    migrate(tmp_path / "host.db")
    engine = create_engine(f"sqlite:///{tmp_path / 'host.db'}")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        difference = compare_metadata(context, outbox.metadata)
    engine.dispose()

    assert difference == []


def test_every_table_of_the_story_carries_its_management_contract() -> None:
    without = {name for name, table in outbox.metadata.tables.items() if "management_code" not in table.c}

    assert without == {"lease"}
