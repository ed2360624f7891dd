"""A diff that is always right and never takes long."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from servicehost.domain.diff import matching, unified

TEXT = st.lists(st.sampled_from(["a", "b", "c", "", "interface ge0", "\r"]), max_size=40).map("\n".join)


def patched(left: str, diff: str) -> str:
    """The right side again, of the left one and the diff: as `patch` does it."""
    lines = left.split("\n")
    lines = [f"{line}\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])
    out: list[str] = []
    at = 0
    words: Iterator[str] = iter(diff.split("\n")[2:])
    last = ""
    for word in words:
        if word.startswith("@@"):
            span = word.split(" ")[1].lstrip("-").split(",")
            start, length = int(span[0]), int(span[1]) if len(span) > 1 else 1
            first = start - 1 if length else start
            out += lines[at:first]
            at = first
        elif word.startswith(" "):
            out.append(lines[at])
            at += 1
        elif word.startswith("-"):
            assert lines[at].rstrip("\n") == word[1:]
            at += 1
        elif word.startswith("+"):
            out.append(f"{word[1:]}\n")
        elif word.startswith("\\") and last.startswith("+"):
            out[-1] = out[-1].removesuffix("\n")
        last = word
    return "".join([*out, *lines[at:]])


@given(TEXT, TEXT)
@settings(max_examples=500)
def test_the_diff_leads_from_one_to_the_other(left: str, right: str) -> None:
    diff = unified(left, right, left_name="l", right_name="r")
    assert (diff == "") == (left == right)
    if diff:
        assert patched(left, diff) == right


@given(st.lists(st.integers(0, 4).map(str), max_size=60), st.lists(st.integers(0, 4).map(str), max_size=60))
def test_what_matches_is_equal_and_in_order(one: list[str], two: list[str]) -> None:
    at = (0, 0)
    for i, j, n in matching(one, two):
        assert n > 0
        assert (i, j) >= at
        assert i >= at[0]
        assert j >= at[1]
        assert one[i : i + n] == two[j : j + n]
        at = (i + n, j + n)


def test_a_change_stands_with_three_lines_around_it() -> None:
    left = "".join(f"{number}\n" for number in range(20))
    right = left.replace("10\n", "ten\n")
    assert unified(left, right, left_name="a/1", right_name="a/2") == (
        "--- a/1\n+++ a/2\n@@ -8,7 +8,7 @@\n 7\n 8\n 9\n-10\n+ten\n 11\n 12\n 13\n"
    )


def test_a_missing_line_end_is_said() -> None:
    assert unified("a", "a\n", left_name="l", right_name="r") == (
        "--- l\n+++ r\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n"
    )


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("a\n" * 300_000, "a\nb\n" * 200_000),
        ("".join(f"{n % 7}\n" for n in range(300_000)), "".join(f"{n % 5}\n" for n in range(300_000))),
        ("".join(f"filter {n}\n" for n in range(80_000)), "".join(f"filter {n}\n" for n in range(79_999, -1, -1))),
    ],
)
def test_a_mebibyte_of_lines_that_repeat_is_done_and_right(left: str, right: str) -> None:
    assert patched(left, unified(left, right, left_name="l", right_name="r")) == right
