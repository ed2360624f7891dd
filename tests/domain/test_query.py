"""The query language: what is read, what is refused and where, and what it means."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicehost.domain.query import (
    CHOICES,
    MAX_JUDGED,
    MAX_NESTING,
    MAX_QUERY,
    MAX_TERMS,
    All,
    AnyOf,
    Field,
    Not,
    Operator,
    Query,
    Test,
    Word,
)
from servicehost.domain.query_text import MalformedQuery, parse_query
from tests.builders.query_meaning import AdapterFacts, matches


def is_(field: Field, value: str, operator: Operator = Operator.HAS, detail: str | None = None) -> Test:
    return Test(field=field, operator=operator, value=value, detail=detail)


READ: dict[str, Query] = {
    "nxe000000001": Word(text="nxe000000001"),
    "SA-W2": Word(text="sa-w2"),
    '"and"': Word(text="and"),
    '"memo:x"': Word(text="memo:x"),
    "memo:大阪": is_(Field.MEMO, "大阪"),
    'MEMO="大阪 支店"': is_(Field.MEMO, "大阪 支店", Operator.IS),
    r'memo:"a \"b\" \\"': is_(Field.MEMO, 'a "b" \\'),
    "site:大阪\u3000presence:connected": All(parts=(is_(Field.SITE, "大阪"), is_(Field.PRESENCE, "connected"))),
    "a and b": All(parts=(Word(text="a"), Word(text="b"))),
    "a or b c": AnyOf(parts=(Word(text="a"), All(parts=(Word(text="b"), Word(text="c"))))),
    "(a OR b) c": All(parts=(AnyOf(parts=(Word(text="a"), Word(text="b"))), Word(text="c"))),
    "-a": Not(part=Word(text="a")),
    "not not a": Word(text="a"),
    "not (a b)": Not(part=All(parts=(Word(text="a"), Word(text="b")))),
    "tag:role": is_(Field.TAG, "role"),
    "tag:role=edge=1": is_(Field.TAG, "role", detail="edge=1"),
    'tag:role="e dge"': is_(Field.TAG, "role", detail="e dge"),
    "startup>=007": is_(Field.STARTUP, "7", Operator.AT_LEAST),
    "firmware!=4.10": is_(Field.FIRMWARE, "4.10", Operator.IS_NOT),
    "has:unit": is_(Field.HAS, "unit"),
}


@pytest.mark.parametrize("text", READ)
def test_a_query_is_read(text: str) -> None:
    assert parse_query(text) == READ[text]


@pytest.mark.parametrize(
    ("text", "position", "says"),
    [
        ("", 0, "something to look for is missing"),
        ("a or", 4, "something to look for is missing"),
        ("a or or b", 5, "to look for the word itself"),
        ("(a b", 4, "closing bracket is missing"),
        ("a ) b", 2, "closes nothing"),
        ("()", 1, "something to look for is missing"),
        ("not", 3, "something to look for is missing"),
        ('a "b', 2, "no other one"),
        ("a colour:red", 2, "there is no field colour"),
        ("a presence:gone", 11, "it is one of never, connected"),
        ("memo<3", 4, "cannot be asked with <, only with : = !="),
        ("tag=x", 3, "only with :"),
        ("tag:=x", 4, "tag:NAME"),
        ("tag:x=", 4, "tag:NAME"),
        ("startup:x", 8, "a number from 0"),
        ("startup:99999999999", 8, "a number from 0"),
        ("memo:", 5, "a value is missing"),
        ('memo:" "', 5, "a value is missing"),
        ('""', 0, "empty text"),
        ("a\nb", 1, "control characters"),
        ("x" * (MAX_QUERY + 1), MAX_QUERY, "at most"),
        ("state:ready " * (MAX_JUDGED + 1), 12 * MAX_JUDGED, "state and drift at most"),
        ("a " * (MAX_TERMS + 1), 2 * MAX_TERMS, "at most"),
        ("(" * (MAX_NESTING + 1) + "a", MAX_NESTING + 1, "nested"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(text: str, position: int, says: str) -> None:
    with pytest.raises(MalformedQuery, match=says) as refused:
        parse_query(text)
    assert (refused.value.code, refused.value.position) == ("query_malformed", position)
    assert f"character {position + 1}:" in refused.value.text


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("state:connected", "presence:connected"),
        ("presence!=operating", "state:operating"),
        ("drift:no_unit", "presence:no_unit"),
        ("item:fault", "has:fault"),
        ("state:unknown", "presence:unknown or drift:unknown"),
    ],
)
def test_a_word_of_another_field_is_told_where_it_belongs(text: str, meant: str) -> None:
    with pytest.raises(MalformedQuery) as refused:
        parse_query(text)
    assert refused.value.detail.endswith(f". Did you mean {meant}?")
    parse_query(meant)


@pytest.mark.parametrize("text", ["item:yes", "state:no", "presence:gone"])
def test_a_word_of_no_field_or_of_many_is_not_guessed_at(text: str) -> None:
    with pytest.raises(MalformedQuery) as refused:
        parse_query(text)
    assert "mean" not in refused.value.detail


@given(st.text(alphabet='ab:="\\()-<>! notrmeg\u3000', max_size=60))
def test_any_text_is_read_or_refused_with_a_place_in_it(text: str) -> None:
    position = 0
    try:
        parse_query(text)
    except MalformedQuery as refused:
        position = refused.position
    assert 0 <= position <= len(text)


OSAKA = AdapterFacts(
    texts={Field.CODE: "nxe000000001", Field.MEMO: "Osaka A", Field.MODEL: "SA-W2"},
    groups=frozenset({"West"}),
    tags={"role": "edge", "vip": ""},
    choices={Field.PRESENCE: "connected", Field.DRIFT: "no", Field.OPTION: "yes"},
    startup_revision=3,
    holds=frozenset({"unit", "startup"}),
)


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("osaka", True),
        ("memo=osaka", False),
        ('memo="osaka a"', True),
        ("firmware!=9", True),
        ("firmware:9", False),
        ("group:west", True),
        ("group!=west", False),
        ("group:we", False),
        ("tag:ROLE", True),
        ("tag:role=Edge", True),
        ("tag:role=core", False),
        ("tag:vip", True),
        ("-tag:vip", False),
        ("state:ready", False),
        ("state!=ready", True),
        ("startup:3 startup!=4 startup<4 startup<=3 startup>2 startup>=3", True),
        ("startup!=3", False),
        ("has:fault or drift:no", True),
        ("has!=fault", True),
    ],
)
def test_the_meaning_of_a_query(text: str, holds: bool) -> None:
    assert matches(parse_query(text), OSAKA) is holds


def test_every_choice_of_every_field_can_be_asked_for() -> None:
    for field, words in CHOICES.items():
        for word in words:
            assert parse_query(f"{field}:{word}") == is_(field, word)
