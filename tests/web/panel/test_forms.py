"""What somebody fills in."""

import pytest

from servicehost.web.panel.forms import Form, read_number


@pytest.mark.parametrize(
    ("text", "number"), [("12", 12), ("007", 7), ("", 0), ("-1", 0), ("1.5", 0), ("１２", 0), ("9" * 15, 10**15 - 1)]
)
def test_a_number_is_read_as_it_is_written(text: str, number: int) -> None:
    assert read_number(text) == Form({"seen": [text]}).number("seen") == number


def test_a_number_too_large_for_any_record_belongs_to_nothing() -> None:
    assert read_number("9" * 16) == 0
