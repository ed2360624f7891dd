"""Instants as people and programs read them."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicehost.domain.instant import from_rfc3339, rfc3339

FIRST, LAST = from_rfc3339("0001-01-01T00:00:00Z"), from_rfc3339("9999-12-31T23:59:59.999Z")


@given(st.integers(FIRST, LAST))
def test_an_instant_is_read_as_it_was_written(instant: int) -> None:
    assert from_rfc3339(rfc3339(instant)) == instant


@given(st.lists(st.integers(FIRST, LAST), min_size=2, max_size=2))
def test_texts_sort_as_instants_do(instants: list[int]) -> None:
    assert sorted(instants) == [from_rfc3339(text) for text in sorted(map(rfc3339, instants))]


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01T09:00:00+09:00", 0),
        ("1970-01-01t00:00:01.5z", 1_500),
        ("1970-01-01 00:00:00.0019Z", 1),
        ("1969-12-31T23:59:59.9999Z", -1),
        ("2026-11-23T04:05:06.789Z", 1_795_406_706_789),
    ],
)
def test_an_instant_is_read_in_every_form_of_rfc_3339(text: str, instant: int) -> None:
    assert from_rfc3339(text) == instant


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "2026-11-23",
        "2026-11-23T04:05:06",  # no zone
        "2026-11-23T04:05Z",
        "20261123T040506Z",
        "2026-W48-1T04:05:06Z",
        "2026-11-23T04:05:60Z",
        "2026-02-30T00:00:00Z",
        "2026-11-23T04:05:06+0900",
        "２０２６-11-23T04:05:06Z",
        " 2026-11-23T04:05:06Z",
    ],
)
def test_what_is_no_rfc_3339_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        from_rfc3339(text)


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(ValueError):
        assert FIRST - 86_400_000 < from_rfc3339(text) < LAST + 86_400_000
