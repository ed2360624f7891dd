"""Ranges and conditions, as RFC 9110 has them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicehost.bootstrap.conditions import Part, etag_matches, range_applies, select_range

ETAG = '"abc"'


@pytest.mark.parametrize(
    ("header", "length", "expected"),
    [
        (None, 10, "whole"),
        ("", 10, "whole"),
        ("bytes=0-0", 10, (0, 0)),
        ("bytes=0-9", 10, (0, 9)),
        ("bytes=2-5", 10, (2, 5)),
        ("bytes=2-99", 10, (2, 9)),
        ("bytes=2-", 10, (2, 9)),
        ("bytes=9-", 10, (9, 9)),
        ("bytes=10-", 10, "unsatisfiable"),
        ("bytes=10-12", 10, "unsatisfiable"),
        ("bytes=-3", 10, (7, 9)),
        ("bytes=-10", 10, (0, 9)),
        ("bytes=-99", 10, (0, 9)),
        ("bytes=-0", 10, "unsatisfiable"),
        ("bytes=0-", 0, "unsatisfiable"),
        ("bytes=-1", 0, "unsatisfiable"),
        ("BYTES = 1-2", 10, (1, 2)),
        ("bytes=5-2", 10, "whole"),
        ("bytes=-", 10, "whole"),
        ("bytes=", 10, "whole"),
        ("bytes", 10, "whole"),
        ("bytes=a-b", 10, "whole"),
        ("bytes=1-2,4-5", 10, "whole"),
        ("bytes=1-2,", 10, "whole"),
        ("bytes=+1-2", 10, "whole"),
        ("bytes=１-２", 10, "whole"),
        ("bytes=0-999999999999999999999999", 10, "whole"),
        ("lines=1-2", 10, "whole"),
    ],
)
def test_a_range_selects(header: str | None, length: int, expected: object) -> None:
    selected = select_range(header, length)
    assert ((selected.first, selected.last) if isinstance(selected, Part) else selected) == expected


@given(st.text(alphabet="bytes=0123456789-, ", max_size=20), st.integers(0, 50))
def test_what_is_selected_lies_within_the_body(header: str, length: int) -> None:
    selected = select_range(header, length)
    if isinstance(selected, Part):
        assert 0 <= selected.first <= selected.last < length
        assert selected.length == len(range(length)[selected.first : selected.last + 1])


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, False),
        ('"abc"', True),
        ('W/"abc"', True),
        ('"x", "abc"', True),
        ("*", True),
        ('"x"', False),
        ("abc", False),
        ("", False),
    ],
)
def test_who_has_it_already_needs_no_copy(header: str | None, expected: bool) -> None:
    assert etag_matches(header, ETAG) is expected


@pytest.mark.parametrize(
    ("header", "expected"),
    [(None, True), ('"abc"', True), ('W/"abc"', False), ('"x"', False), ("Sun, 01 Mar 2026 12:00:00 GMT", False)],
)
def test_a_range_of_another_version_is_not_heeded(header: str | None, expected: bool) -> None:
    assert range_applies(header, ETAG) is expected
