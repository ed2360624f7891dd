import codecs
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from servicehost.domain.errors import BadCell, Invalid, InvalidTable
from servicehost.domain.fact_kind import Channel, Ownership
from servicehost.operations.unit_rows import COLUMNS, MAX_LISTED, MAX_ROWS, UnitRow, read_rows, refuse_bad
from tests.builders.office import unit_name

HEADER = "distribution_id,model,serial,ownership,channel"


def row(number: int = 1, **fields: str) -> str:
    cells = {"distribution_id": unit_name(number), "model": "SA-W2", "serial": f"S{number}"}
    return ",".join({**cells, "ownership": "rental", "channel": "direct", **fields}.values())


def table(*rows: str, header: str = HEADER) -> bytes:
    return "\r\n".join([header, *rows, ""]).encode()


def wrong(*rows: str, header: str = HEADER) -> list[tuple[int, str | None, str]]:
    _, bad = read_rows(table(*rows, header=header))
    assert all(cell.text for cell in bad)
    return [(cell.line, cell.column, cell.code) for cell in bad]


def refused(raw: bytes) -> Invalid:
    with pytest.raises(Invalid) as error:
        read_rows(raw)
    return error.value


def test_a_row_is_read_whatever_the_order_of_the_columns() -> None:
    raw = f"\nSerial , channel,DISTRIBUTION_ID,ownership,model\nS1,reseller,{unit_name(1).lower()},brought_in,SA-W2\n"
    rows, bad = read_rows(raw.strip().encode())
    assert bad == []
    assert rows == [
        UnitRow(
            line=2,
            distribution_id=unit_name(1),
            model="SA-W2",
            serial="S1",
            ownership=Ownership.BROUGHT_IN,
            channel=Channel.RESELLER,
        )
    ]


def test_ownership_and_channel_may_be_left_out_as_columns() -> None:
    ((only,), bad) = read_rows(f"distribution_id,model,serial\n{unit_name(1)},SA-W2,S1".encode())
    assert (only.ownership, only.channel, bad) == (Ownership.RENTAL, Channel.DIRECT, [])


@pytest.mark.parametrize("bom", [b"", codecs.BOM_UTF8])
@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_any_utf_8_with_any_line_ends_is_read(bom: bytes, end: bytes) -> None:
    rows, bad = read_rows(bom + table(row(1), "", row(2)).replace(b"\r\n", end))
    assert ([one.line for one in rows], bad) == ([2, 4], [])


def test_what_excel_writes_in_japan_is_refused_by_name_with_the_remedy() -> None:
    error = refused(f"{HEADER},備考\n{row()},東京".encode("cp932"))
    assert error.code == "csv_is_cp932"
    assert "CSV UTF-8" in error.text


@pytest.mark.parametrize("raw", [HEADER.encode("utf-16"), b"\xff\xff\xff", b"\xfe\xff\x00"])
def test_other_encodings_are_refused_by_name(raw: bytes) -> None:
    assert refused(raw).code == "csv_not_utf8"


@pytest.mark.parametrize(
    ("header", "named"),
    [
        ("model,serial", "missing: distribution_id"),
        ("distribution_id;model;serial", "unknown: distribution_id;model;serial"),
        (f"{HEADER},memo", "unknown: memo"),
        (f"{HEADER},model", "given twice: model"),
    ],
)
def test_a_header_that_does_not_name_the_columns_is_refused(header: str, named: str) -> None:
    error = refused(table(row(), header=header))
    assert error.code == "csv_header"
    assert named in error.text
    assert "separated by commas" in error.text


def test_a_file_without_rows_is_refused() -> None:
    assert refused(table()).code == "csv_empty"
    assert refused(b"").code == "csv_header"


def test_quotes_that_never_close_are_refused_with_their_line() -> None:
    error = refused(table(row(1), '"never closed'))
    assert (error.code, "Line 3" in error.text) == ("csv_malformed", True)


def test_rows_are_bounded() -> None:
    rows = [row(number) for number in range(MAX_ROWS)]
    assert len(read_rows(table(*rows))[0]) == MAX_ROWS
    assert refused(table(*rows, row(MAX_ROWS))).code == "too_many_rows"


@pytest.mark.parametrize(
    ("fields", "column", "code"),
    [
        ({"distribution_id": "0001"}, "distribution_id", "distribution_id_malformed"),
        ({"model": "SA_W2"}, "model", "model_serial_malformed"),
        ({"serial": "S-1"}, "serial", "model_serial_malformed"),
        ({"serial": "S 1"}, "serial", "model_serial_malformed"),
        ({"model": "M" * 40, "serial": "1" * 24}, "serial", "model_serial_malformed"),
        ({"ownership": "leased"}, "ownership", "cell_unknown"),
        ({"channel": "shop"}, "channel", "cell_unknown"),
        *(({name: ""}, name, "cell_empty") for name in COLUMNS),
        ({"serial": "１２３"}, "serial", "model_serial_malformed"),
        ({"extra": "x"}, None, "row_length"),
    ],
)
def test_a_bad_cell_is_named_with_line_column_and_reason(fields: dict[str, str], column: str | None, code: str) -> None:
    assert wrong(row(1), "", row(2, **fields)) == [(4, column, code)]


def test_a_short_row_is_named_as_a_whole() -> None:
    assert wrong(unit_name(1)) == [(2, None, "row_length")]


def test_every_bad_cell_of_every_bad_row_is_named() -> None:
    bad = wrong(row(1, model="", channel="shop"), row(2), row(3, serial="-"))
    assert bad == [(2, "model", "cell_empty"), (2, "channel", "cell_unknown"), (4, "serial", "model_serial_malformed")]


def test_a_cell_with_a_line_break_does_not_shift_the_lines_that_follow() -> None:
    assert wrong(row(1, model='"SA\nW2"'), row(2, serial="")) == [
        (2, "model", "model_serial_malformed"),
        (4, "serial", "cell_empty"),
    ]


def test_what_stands_twice_is_named_with_the_line_where_it_stood_first() -> None:
    rows, bad = read_rows(table(row(1), row(1, serial="S9"), row(2, serial="S1"), row(3)))
    assert len(rows) == 4
    assert [(cell.line, cell.column, cell.code) for cell in bad] == [
        (3, "distribution_id", "row_twice"),
        (4, "serial", "row_twice"),
    ]
    assert all("line 2" in cell.text for cell in bad)


def test_so_many_bad_cells_are_listed_and_the_rest_is_counted() -> None:
    cells = [BadCell(line=n, column=None, code="x", text="x") for n in range(MAX_LISTED + 7)]
    with pytest.raises(InvalidTable) as error:
        refuse_bad(cells)
    assert (error.value.code, len(error.value.cells), error.value.unlisted) == ("rows_invalid", MAX_LISTED, 7)
    assert str(MAX_LISTED + 7) in error.value.text
    refuse_bad([])


@settings(max_examples=300, deadline=None, database=None)
@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: f"{HEADER}\n{text}".encode()))
def test_no_file_whatever_breaks_the_reader(raw: bytes) -> None:
    with suppress(Invalid):
        rows, bad = read_rows(raw)
        assert rows or bad
