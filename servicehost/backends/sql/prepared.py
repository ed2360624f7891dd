"""Statements of the hot path, compiled once and given straight to the driver.

What SQLAlchemy does around each statement it runs costs ten times what SQLite needs for it (75 us against 7 for a
row by its key), and it works out the parameters of every row of an `executemany` anew. So these are built with
SQLAlchemy Core like all others, but compiled once, and their rows travel as JSON both ways.
"""

from collections.abc import Callable, Collection, Sequence
from itertools import chain
from operator import itemgetter
from typing import Any, Final, TypeVar, cast

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

T = TypeVar("T")
Row = tuple[Any, ...]
_DIALECT = sqlite.dialect()
_quoted = _DIALECT.identifier_preparer.quote
_rows: Final = msgspec.json.Decoder(list[tuple[Any, ...]])


class Many:
    """An INSERT or UPDATE over a list of rows. `names` are the keys that every row of an INSERT has.

    Many rows are one step of SQLite: an `executemany` gives up the interpreter's lock and takes it again for every
    row, which costs as much as the row while another thread is at work. Of two rows that an UPDATE has for one key the
    later one counts.
    """

    def __init__(self, statement: Insert | Update, names: Sequence[str] = ()) -> None:
        compiled = statement.compile(dialect=_DIALECT)
        order = names if isinstance(statement, Insert) else compiled.positiontup or ()
        one = f"({', '.join('?' * len(order))})"
        if isinstance(statement, Insert):
            self._key: Callable[[Row], Any] | None = None
            head = f"INSERT INTO {_quoted(statement.table.name)} ({', '.join(map(_quoted, names))})"
            self._sql = {n: f"{head} VALUES {', '.join([one] * n)}" for n in _STRIDES}
        else:
            change, where = str(compiled).split(" WHERE ", 1)
            self._key = itemgetter(slice(-where.count("?"), None))
            change, where = _numbered(change, 0), _numbered(where, change.count("?"))
            self._sql = {n: f"{change} FROM (VALUES {', '.join([one] * n)}) AS row WHERE {where}" for n in _STRIDES}
        self._as_tuple: Callable[[dict[str, Any]], Row] = itemgetter(*order)

    def run(self, connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
        """Executes nothing for no rows."""
        self.run_tuples(connection, [self._as_tuple(row) for row in rows])

    def run_tuples(self, connection: Connection, tuples: list[Row]) -> None:
        """As `run`, with the values of a row in the order of `names`, or of the parameters as an UPDATE has them."""
        if self._key is not None:
            tuples = list({self._key(one): one for one in tuples}.values())
        cursor, at = connection.connection.cursor(), 0
        for stride in _STRIDES:
            while len(tuples) - at >= stride:
                cursor.execute(self._sql[stride], tuple(chain.from_iterable(tuples[at : at + stride])))
                at += stride


_STRIDES: Final = (64, 8, 1)
"""How many rows one statement takes: few different ones, so that SQLite keeps them all prepared."""


def _numbered(sql: str, first: int) -> str:
    """Every parameter as a column of the row's VALUES."""
    head, *rest = sql.split("?")
    return head + "".join(f"row.column{first + index}{part}" for index, part in enumerate(rest, start=1))


class ByKeys:
    """A SELECT of the rows whose key is among a list of any length, which travels as one JSON array.

    A key of several columns is a tuple. A key named twice may give its row twice.
    With a tenant only that tenant's rows are chosen.
    """

    def __init__(
        self,
        statement: Select[Any],
        key: Sequence[ColumnElement[Any]],
        tenant: ColumnElement[Any],
        *,
        narrowed: Callable[[ColumnElement[Any]], ColumnElement[bool]] | None = None,
        json: Collection[str] = (),
    ) -> None:
        """`narrowed` takes the place of "the key is this value" where more follows from the value. The columns named
        in `json` hold JSON themselves and stand in the row as what it says, not as text.
        """
        each = func.json_each(bindparam("keys")).table_valued("value", name="wanted")
        among: ColumnElement[bool]
        if narrowed is not None:
            among = narrowed(each.c.value)
        elif len(key) == 1:
            among = key[0].in_(select(each.c.value))
        else:  # not a row value: with three of them SQLite looks at the first column of an index only
            among = and_(*(column == _part(each.c.value, index) for index, column in enumerate(key)))
        everyones = statement.where(among)
        self._everyones = _compiled(everyones, json)
        self._tenants = _compiled(everyones.where(tenant == bindparam("tenant")), json)

    def rows(self, connection: Connection, keys: Collection[Any], *, tenant: str | None, **values: Any) -> list[Row]:
        """Reads nothing for no keys. `values` are those of the parameters the statement itself has."""
        if not keys:
            return []
        return _rows.decode(self._found(connection, keys, tenant, values))

    def structs(
        self,
        connection: Connection,
        keys: Collection[Any],
        decoder: msgspec.json.Decoder[list[T]],
        *,
        tenant: str | None,
        **values: Any,
    ) -> list[T]:
        """As `rows`, but each row becomes an array-like struct with fields in the order of the columns, all in C."""
        return decoder.decode(self._found(connection, keys, tenant, values)) if keys else []

    def _found(self, connection: Connection, keys: Collection[Any], tenant: str | None, values: dict[str, Any]) -> str:
        sql, order = self._everyones if tenant is None else self._tenants
        values |= {"keys": msgspec.json.encode(list(keys)).decode(), "tenant": tenant}
        cursor = connection.connection.cursor()
        cursor.execute(sql, tuple(values[name] for name in order))
        ((found,),) = cast("list[tuple[str]]", cursor.fetchall())
        return found


def _part(value: ColumnElement[Any], index: int) -> ColumnElement[Any]:
    return func.json_extract(value, literal_column(f"'$[{index}]'"))


def _compiled(statement: Select[Any], json: Collection[str]) -> tuple[str, tuple[str, ...]]:
    """The rows, too, are one JSON array and one step; an ORDER BY of the statement orders the array."""
    inner = statement.subquery("found")
    columns = (func.json(column) if column.name in json else column for column in inner.c)
    whole = select(func.json_group_array(func.json_array(*columns)))
    compiled = whole.compile(dialect=_DIALECT)
    return str(compiled), tuple(compiled.positiontup or ())
