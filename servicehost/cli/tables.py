"""Answers of a host on standard output: JSON for programs, tables for people."""

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Annotated, Any, Final, Literal, TypeAlias

import msgspec
from cyclopts import Parameter

__all__ = ["OutputFlag", "write_items", "write_one"]

Output: TypeAlias = Literal["json", "table"] | None
OutputFlag: TypeAlias = Annotated[
    Output, Parameter(name=("--output", "-o"), help="json or table; without it a table on a terminal, JSON otherwise.")
]
_WIDTH_OF_A_FILE: Final = 400
"""Nothing is folded in a file: it has no edge."""


def write_one(answer: dict[str, Any], output: Output) -> None:
    """One answer; as a table every field is a line. Without `output` a table on a terminal, JSON otherwise."""
    if _as_json(output):
        _write_json(answer)
    else:
        _write_rows((), _fields(answer))


def write_items(
    items: Sequence[dict[str, Any]],
    columns: Sequence[str],
    output: Output,
    *,
    line: Callable[[dict[str, Any]], dict[str, Any]] = dict,
) -> None:
    """A list; as a table with these columns of the `line` of each item, as JSON with everything."""
    if _as_json(output):
        _write_json({"items": items})
    else:
        lines = (line(item) for item in items)
        _write_rows(columns, ([_word(one.get(column)) for column in columns] for one in lines))


def _as_json(output: str | None) -> bool:
    return output == "json" or (output is None and not sys.stdout.isatty())


def _write_json(value: object) -> None:
    # As bytes: JSON is UTF-8 whatever the terminal's encoding.
    sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n")


def _fields(value: dict[str, Any], path: str = "") -> Iterator[list[str]]:
    for name, field in value.items():
        if isinstance(field, dict) and field:
            yield from _fields(field, f"{path}{name}.")
        else:
            yield [path + name, _word(field)]


def _word(value: Any) -> str:
    if value is None or value in ("", [], {}):
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _write_rows(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    from rich import box  # noqa: PLC0415 - slow to import, and JSON needs none of it
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    table = Table(box=box.SIMPLE_HEAD if columns else None, show_header=bool(columns), pad_edge=False)
    for column in columns or ("", ""):
        table.add_column(column, overflow="fold")  # Japanese has no spaces to break at: cut nothing
    for row in rows:
        table.add_row(*map(Text, row))
    width = None if sys.stdout.isatty() else _WIDTH_OF_A_FILE
    Console(file=sys.stdout, markup=False, highlight=False, width=width).print(table)
