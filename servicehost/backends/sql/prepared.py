"""Statements of the hot path, compiled once and given straight to the driver.

What SQLAlchemy does around each statement it runs costs ten times what SQLite needs for it (75 us against 7 for a
row by its key), and it works out the parameters of every row of an `executemany` anew. So these are built with
SQLAlchemy Core like all others, but compiled once, and their rows travel as JSON both ways.
"""

from collections.abc import Callable, Collection, Sequence
from operator import itemgetter
from typing import Any, Final, cast

import msgspec
from sqlalchemy import (
    ColumnElement,
    Connection,
    Insert,
    Select,
    Update,
    and_,
    bindparam,
    func,
    literal_column,
    select,
)
from sqlalchemy.dialects import sqlite

__all__ = ["ByKeys", "Many"]

Row = tuple[Any, ...]
_DIALECT = sqlite.dialect()
_rows: Final = msgspec.json.Decoder(list[tuple[Any, ...]])


class Many:
    """An INSERT or UPDATE over a list of rows. `names` are the keys that every row of an INSERT has.

    The rows travel as one JSON array and are one step of SQLite: an `executemany` gives up the interpreter's lock and
    takes it again for every row, which costs more than the row while another thread is at work. Of two rows that an
    UPDATE has for one key the later one counts.
    """

    def __init__(self, statement: Insert | Update, names: Sequence[str] = ()) -> None:
        keys = list(names) if isinstance(statement, Insert) else None
        compiled = statement.compile(dialect=_DIALECT, column_keys=keys)
        order = compiled.positiontup or ()
        sql = _numbered(str(compiled))
        if isinstance(statement, Insert):
            head, values = sql.split(" VALUES (", 1)
            picked = values.removesuffix(")")
            self._sql = f"{head} SELECT {picked} FROM json_each(?) AS row"  # noqa: S608 - SQLAlchemy's own text
            self._key: Callable[[Row], Any] | None = None
        else:
            change, where = sql.split(" WHERE ", 1)
            self._sql = f"{change} FROM json_each(?) AS row WHERE {where}"
            self._key = itemgetter(slice(where.count(_PLACE) * -1, None))
        self._as_tuple: Callable[[dict[str, Any]], Row] = itemgetter(*order)

    def run(self, connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
        """Executes nothing for no rows."""
        if rows:
            tuples = [self._as_tuple(row) for row in rows]
            if self._key is not None:
                tuples = list({self._key(one): one for one in tuples}.values())
            connection.connection.cursor().execute(self._sql, (msgspec.json.encode(tuples).decode(),))


_PLACE = "json_extract(row.value, '$["


def _numbered(sql: str) -> str:
    """Every parameter as a member of the JSON array that is the row."""
    head, *rest = sql.split("?")
    return head + "".join(f"{_PLACE}{index}]'){part}" for index, part in enumerate(rest))


class ByKeys:
    """A SELECT of the rows whose key is among a list of any length, which travels as one JSON array.

    A key of several columns is a tuple. A key named twice may give its row twice.
    With a tenant only that tenant's rows are chosen.
    """

    def __init__(self, statement: Select[Any], key: Sequence[ColumnElement[Any]], tenant: ColumnElement[Any]) -> None:
        each = func.json_each(bindparam("keys")).table_valued("value", name="wanted")
        among: ColumnElement[bool]
        if len(key) == 1:
            among = key[0].in_(select(each.c.value))
        else:  # not a row value: with three of them SQLite looks at the first column of an index only
            among = and_(*(column == _part(each.c.value, index) for index, column in enumerate(key)))
        everyones = statement.where(among)
        self._everyones = _compiled(everyones)
        self._tenants = _compiled(everyones.where(tenant == bindparam("tenant")))

    def rows(self, connection: Connection, keys: Collection[Any], *, tenant: str | None, **values: Any) -> list[Row]:
        """Reads nothing for no keys. `values` are those of the parameters the statement itself has."""
        if not keys:
            return []
        sql, order = self._everyones if tenant is None else self._tenants
        values |= {"keys": msgspec.json.encode(list(keys)).decode(), "tenant": tenant}
        cursor = connection.connection.cursor()
        cursor.execute(sql, tuple(values[name] for name in order))
        ((found,),) = cast("list[tuple[str]]", cursor.fetchall())
        return _rows.decode(found)


def _part(value: ColumnElement[Any], index: int) -> ColumnElement[Any]:
    return func.json_extract(value, literal_column(f"'$[{index}]'"))


def _compiled(statement: Select[Any]) -> tuple[str, tuple[str, ...]]:
    """The rows, too, are one JSON array and one step; an ORDER BY of the statement orders the array."""
    inner = statement.subquery("found")
    whole = select(func.json_group_array(func.json_array(*inner.c)))
    compiled = whole.compile(dialect=_DIALECT)
    return str(compiled), tuple(compiled.positiontup or ())
