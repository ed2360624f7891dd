"""Names, tags and how many of them: the rules of groups."""

import pytest

from servicehost.domain.errors import Refused
from servicehost.domain.group import GroupPolicy, SavedQuery, Tag, check_name, check_room, check_tags, parse_tag
from servicehost.domain.group import saved_query as kept_query

POLICY = GroupPolicy(longest_name=5, groups=2, tag_names=3, tags_of_adapter=2)


def code_of(*call: object) -> str:
    function, *arguments = call
    with pytest.raises(Refused) as error:
        function(*arguments)  # type: ignore[operator]  # the caller gives a function first
    return error.value.code


def test_a_name_is_kept_composed_and_without_blanks_around_it() -> None:
    assert check_name("  か\u3099 \u3000", POLICY) == "が"
    assert code_of(check_name, " \u3000", POLICY) == "name_empty"
    assert code_of(check_name, "abcdef", POLICY) == "name_too_long"
    assert check_name("abcde", POLICY) == "abcde"


def test_there_is_room_for_so_many_and_no_more() -> None:
    check_room(1, POLICY.groups, "groups")
    assert code_of(check_room, 2, POLICY.groups, "groups") == "too_many_groups"


@pytest.mark.parametrize(("text", "tag"), [("vip", Tag(name="vip")), ("a = b=c ", Tag(name="a", value="b=c"))])
def test_a_tag_is_read_from_its_text(text: str, tag: Tag) -> None:
    assert parse_tag(text, POLICY) == tag
    assert parse_tag(tag.text, POLICY) == tag


def test_a_tag_has_a_name_and_bounds() -> None:
    assert code_of(parse_tag, "=x", POLICY) == "name_empty"
    assert code_of(parse_tag, "a=" + "x" * 101, POLICY) == "tag_value_too_long"


def test_tags_are_bounded_on_an_adapter_and_their_names_in_a_contract() -> None:
    one, two, three = (Tag(name=name) for name in "abc")
    check_tags([one, two], {"a", "z"}, POLICY)
    assert code_of(check_tags, [one, two, three], set(), POLICY) == "too_many_tags"
    assert code_of(check_tags, [one, two], {"x", "y"}, POLICY) == "too_many_tag_names"
    # A bound that was lowered later takes nothing away, and names in use can be used on.
    check_tags([one, two], {"a", "b", "c", "d"}, POLICY)


def test_a_query_is_kept_only_if_it_can_be_read() -> None:
    draft = SavedQuery(
        query=0, management_code="nxm000000001", name=" x ", text=" memo:a ", version=1, saved_at=1, saved_by="a"
    )
    assert (kept_query(draft, POLICY).name, kept_query(draft, POLICY).text) == ("x", "memo:a")
    bad = SavedQuery(
        query=0, management_code="nxm000000001", name="x", text="memo:", version=1, saved_at=1, saved_by="a"
    )
    assert code_of(kept_query, bad, POLICY) == "query_malformed"
