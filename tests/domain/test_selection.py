"""Selections: exactly one way, and what they come to."""

import msgspec
import pytest

from servicehost.domain.errors import Refused
from servicehost.domain.query_text import parse_query
from servicehost.domain.selection import MOST, Selected, Selection, check_selected, check_selection, query_of_tag


def refused(selection: Selection) -> str:
    with pytest.raises(Refused) as error:
        check_selection(selection)
    return error.value.code


def test_a_selection_is_made_in_exactly_one_way() -> None:
    assert refused(Selection()) == "selection_unclear"
    assert refused(Selection(group=1, tag="x")) == "selection_unclear"
    assert refused(Selection(query="memo:")) == "query_malformed"
    assert refused(Selection(tag="")) == "query_malformed"
    assert refused(Selection(service_codes=("nxe000000001",) * (MOST + 1))) == "selection_too_large"
    assert check_selection(Selection(saved_query=3)).by == "saved_query"


def test_a_selection_goes_through_json_and_back() -> None:
    for selection in (Selection(group=1), Selection(service_codes=("nxe000000001",)), Selection(query="a or b")):
        assert msgspec.json.decode(msgspec.json.encode(selection), type=Selection) == selection


@pytest.mark.parametrize("tag", ["role", "role=edge", 'a "b" \\=c d', "not", "(x)"])
def test_a_tag_is_looked_for_as_it_is_written(tag: str) -> None:
    name, _, value = tag.partition("=")
    found = query_of_tag(tag)
    assert (found.value, found.detail) == (name, value or None)  # type: ignore[union-attr]  # a tag is always a Test
    assert parse_query("tag:role") == query_of_tag("role")


def test_what_is_selected_names_the_unknown_and_keeps_its_bounds() -> None:
    codes = tuple(f"nxe{number:09d}" for number in range(12))
    assert check_selected(Selected(service_codes=codes)) == codes
    for found, code in (
        (Selected(service_codes=()), "selection_empty"),
        (Selected(service_codes=codes, more=True), "selection_too_large"),
        (Selected(service_codes=(), unknown=codes), "adapter_not_found"),
    ):
        with pytest.raises(Refused) as error:
            check_selected(found)
        assert error.value.code == code
    assert "nxe000000009 and 2 more" in error.value.text
    with pytest.raises(Refused, match="More than 3 adapters"):
        check_selected(Selected(service_codes=codes), 3)
