"""One statement, many rows, compiled once.

SQLAlchemy works out the parameters of every row of an `executemany` anew (4 us a row here); these statements are the
hot path of the store, so their SQL is compiled once for each dialect and given plain tuples.
"""

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Insert, Update

__all__ = ["Many"]


class Many:
    """An INSERT or UPDATE over a list of rows. `names` are the keys that every row has."""

    def __init__(self, statement: Insert | Update, names: Sequence[str]) -> None:
        self._statement = statement
        self._names = list(names)
        self._compiled: dict[str, tuple[str, Callable[[dict[str, Any]], tuple[Any, ...]]]] = {}

    def run(self, connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
        """Executes nothing for no rows."""
        if rows:
            sql, as_tuple = self._compiled.get(connection.dialect.name) or self._compile(connection)
            connection.exec_driver_sql(sql, [as_tuple(row) for row in rows])

    def _compile(self, connection: Connection) -> tuple[str, Callable[[dict[str, Any]], tuple[Any, ...]]]:
        keys = self._names if isinstance(self._statement, Insert) else None
        compiled = self._statement.compile(dialect=connection.dialect, column_keys=keys)
        order = list(compiled.positiontup or ())
        made = (str(compiled), itemgetter(*order))
        self._compiled[connection.dialect.name] = made
        return made
