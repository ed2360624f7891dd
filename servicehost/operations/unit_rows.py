"""A table of units as CSV, read: every row that is wrong is named with its line, its column and the reason."""

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from protocol.identity import MODEL_SERIAL_LENGTH, IdentityError, parse_distribution_id, parse_model_serial
from servicehost.domain.errors import BadCell, Invalid, InvalidTable
from servicehost.domain.fact_kind import Channel, Ownership

__all__ = ["COLUMNS", "MAX_LISTED", "MAX_ROWS", "UnitRow", "read_rows", "refuse_bad"]

MAX_ROWS: Final = 10_000
MAX_LISTED: Final = 1_000
"""How many bad cells are listed one by one; the rest is counted."""
COLUMNS: Final = ("distribution_id", "model", "serial", "ownership", "channel")
_MAY_BE_LEFT_OUT: Final = frozenset({"ownership", "channel"})
_BOM: Final = "\ufeff"
_UTF_16: Final = (b"\xff\xfe", b"\xfe\xff")
_NEVER_WRITTEN: Final = frozenset("\x80\xa0\uf8f1\uf8f2\uf8f3")
"""What single bytes become that no file in cp932 has."""


class UnitRow(msgspec.Struct, frozen=True, kw_only=True):
    """One unit as its row has it, its Distribution ID in the one spelling we keep."""

    line: int
    distribution_id: str
    model: str
    serial: str
    ownership: Ownership = Ownership.RENTAL
    channel: Channel = Channel.DIRECT


def read_rows(raw: bytes) -> tuple[list[UnitRow], list[BadCell]]:
    """The good rows, and everything that is wrong with the others, both in the order of the file.

    A row that says twice what another row says is bad as well. Raises Invalid `csv_is_cp932`, `csv_not_utf8`,
    `csv_header`, `csv_malformed`, `csv_empty` or `too_many_rows` for a file that cannot be read as a table at all.
    """
    lines = _lines(_text(raw))
    header = _header(*next(lines, (1, [])))
    rows: list[UnitRow] = []
    bad: list[BadCell] = []
    for count, (line, cells) in enumerate(lines, start=1):
        if count > MAX_ROWS:
            raise Invalid("too_many_rows", f"The file has more than {MAX_ROWS} rows; send it in parts")
        row = _row(line, header, cells)
        if isinstance(row, UnitRow):
            rows.append(row)
        else:
            bad += row
    if not rows and not bad:
        raise Invalid("csv_empty", "The file has a header and no rows")
    return rows, sorted([*bad, *_twice(rows)], key=lambda cell: cell.line)


def refuse_bad(cells: Sequence[BadCell]) -> None:
    """Raises InvalidTable `rows_invalid` if there are any."""
    if cells:
        rows = len({cell.line for cell in cells})
        text = f"Of these rows {rows} are wrong and nothing was registered; mend them and send the whole file again"
        raise InvalidTable("rows_invalid", text, tuple(cells[:MAX_LISTED]), max(0, len(cells) - MAX_LISTED))


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8").removeprefix(_BOM)
    except UnicodeDecodeError as error:
        remedy = 'in Excel choose "CSV UTF-8 (comma delimited)" when saving'
        if not raw.startswith(_UTF_16) and _is_cp932(raw):
            text = f"The file is not UTF-8 but Shift_JIS (cp932), as Excel writes it in Japan; {remedy}"
            raise Invalid("csv_is_cp932", text) from error
        raise Invalid("csv_not_utf8", f"The file is not UTF-8 (byte {error.start}); {remedy}") from error


def _is_cp932(raw: bytes) -> bool:
    try:
        text = raw.decode("cp932")
    except UnicodeDecodeError:
        return False
    return not _NEVER_WRITTEN & set(text)


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Every row that is not blank, with the line it begins on. Raises Invalid `csv_malformed`."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    began = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield began, [cell.strip() for cell in cells]
            began = reader.line_num + 1
    except csv.Error as error:
        raise Invalid("csv_malformed", f"Line {began}: {error}; quotes must be closed, and doubled inside") from error


def _header(line: int, cells: list[str]) -> list[str]:
    names = [cell.lower() for cell in cells]
    while names and not names[-1]:
        names.pop()
    missing = [name for name in COLUMNS if name not in names and name not in _MAY_BE_LEFT_OUT]
    strange = [name for name in names if name not in COLUMNS]
    doubled = sorted({name for name in names if names.count(name) > 1})
    for wrong, what in ((strange, "unknown"), (doubled, "given twice"), (missing, "missing")):
        if wrong:
            known = f"the columns are {', '.join(COLUMNS)}, separated by commas"
            raise Invalid(
                "csv_header", f"Line {line} should name the columns; {what}: {', '.join(wrong)[:200]}; {known}"
            )
    return names


def _row(line: int, header: list[str], cells: list[str]) -> UnitRow | list[BadCell]:
    if any(cells[len(header) :]) or len(cells) < len(header):
        text = f"The row has {len(cells)} cells, the header names {len(header)} columns"
        return [BadCell(line=line, column=None, code="row_length", text=text)]
    given = dict(zip(header, cells, strict=False))
    bad: list[BadCell] = []
    for name in header:
        try:
            given[name] = _checked(name, given)
        except Invalid as refused:
            bad.append(BadCell(line=line, column=name, code=refused.code, text=refused.text))
    if not bad and len(f"{given['model']}-{given['serial']}") > MODEL_SERIAL_LENGTH:
        text = f"model and serial have at most {MODEL_SERIAL_LENGTH - 1} characters together"
        bad = [BadCell(line=line, column="serial", code="model_serial_malformed", text=text)]
    return bad or msgspec.convert({"line": line, **given}, UnitRow)


def _checked(name: str, given: dict[str, str]) -> str:
    value = given[name]
    if not value:
        raise Invalid("cell_empty", f"{name} is empty")
    try:
        if name == "distribution_id":
            return parse_distribution_id(value)
        if name == "model":
            parse_model_serial(f"{value}-0")
        if name == "serial" and parse_model_serial(f"X-{value}").serial != value:
            raise Invalid("model_serial_malformed", "A serial is letters and digits alone")
    except IdentityError as error:
        raise Invalid(error.code, str(error)) from error
    kinds = {"ownership": Ownership, "channel": Channel}
    if name in kinds and value not in list(kinds[name]):
        raise Invalid("cell_unknown", f"{name} is one of {', '.join(kinds[name])}, not {value[:40]!r}")
    return value


def _twice(rows: Sequence[UnitRow]) -> Iterator[BadCell]:
    names: dict[str, int] = {}
    printed: dict[tuple[str, str], int] = {}
    for row in rows:
        first = names.setdefault(row.distribution_id, row.line)
        if first != row.line:
            text = f"{row.distribution_id} stands in line {first} already"
            yield BadCell(line=row.line, column="distribution_id", code="row_twice", text=text)
        first = printed.setdefault((row.model, row.serial), row.line)
        if first != row.line:
            text = f"{row.model}-{row.serial} stands in line {first} already"
            yield BadCell(line=row.line, column="serial", code="row_twice", text=text)
