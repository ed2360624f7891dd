"""Row numbers taken before the rows are written, so that a list of rows and their numbers need one statement each."""

from sqlalchemy import Connection, text

__all__ = ["take_numbers"]

_SQLITE = text("SELECT seq FROM sqlite_sequence WHERE name = :table")
_POSTGRESQL = text("SELECT nextval(pg_get_serial_sequence(:table, :column)) FROM generate_series(1, :count)")


def take_numbers(connection: Connection, table: str, column: str, count: int) -> list[int]:
    """`count` growing numbers, greater than any the table has had. On SQLite the one writer makes that safe."""
    if connection.dialect.name == "sqlite":
        last = connection.execute(_SQLITE, {"table": table}).scalar() or 0
        return list(range(last + 1, last + 1 + count))
    rows = connection.execute(_POSTGRESQL, {"table": table, "column": column, "count": count})
    return sorted(rows.scalars())
