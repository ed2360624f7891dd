"""From selections to service codes: what SQL finds is what the language means, and never another's."""

from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from servicehost.backends.sql import query_sql, query_states
from servicehost.backends.sql.groups import SelectRows
from servicehost.domain.contract import Scope
from servicehost.domain.errors import NotFound
from servicehost.domain.query import CHOICES, SEARCHED
from servicehost.domain.query_text import parse_query
from servicehost.domain.selection import Selected, Selection
from tests.builders.query_meaning import matches
from tests.builders.query_world import NAMES, NOW, TENANTS, TEXTS, QueryWorld


@cache
def world(seed: int) -> QueryWorld:
    return QueryWorld(Path(mkdtemp(prefix="servicehost-queries-")), seed)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


_ASKED = (*TEXTS[1:], *NAMES, "nxe00", "nxm000000001", "SA", "4.1", "5.0")
_TEXT = st.sampled_from(_ASKED)
_TESTS = st.one_of(
    _TEXT.map(_quoted),
    st.builds(
        lambda field, operator, text: f"{field}{operator}{_quoted(text)}",
        st.sampled_from(["code", "contract", "memo", "site", "model", "serial", "firmware", "group"]),
        st.sampled_from([":", "=", "!="]),
        _TEXT,
    ),
    st.sampled_from(NAMES).map(lambda name: f"tag:{_quoted(name)}"),
    st.builds(lambda name, value: f"tag:{_quoted(f'{name}={value}')}", st.sampled_from(NAMES), _TEXT),
    st.builds(
        lambda operator, number: f"startup{operator}{number}",
        st.sampled_from([":", "=", "!=", "<", "<=", ">", ">="]),
        st.integers(0, 4),
    ),
    st.sampled_from([(field, word) for field, words in CHOICES.items() for word in words]).flatmap(
        lambda one: st.sampled_from([f"{one[0]}:{one[1]}", f"{one[0]}!={one[1]}"])
    ),
)
_QUERIES = st.recursive(
    _TESTS,
    lambda part: st.one_of(
        st.builds("({} {})".format, part, part),
        st.builds("({} or {})".format, part, part),
        part.map("not {}".format),
    ),
    max_leaves=6,
)


def found(seed: int, tenant: str | None, selection: Selection, most: int = 1_000) -> Selected:
    with world(seed).connect() as on:
        return SelectRows(on, Scope(management_code=tenant)).select_adapters(selection, NOW, most)


def meant(seed: int, tenant: str | None, text: str) -> list[str]:
    query = parse_query(text)
    return [code for code, facts in sorted(world(seed).facts[tenant].items()) if matches(query, facts)]


@pytest.fixture(autouse=True)
def _worlds() -> None:
    """Made before anything is drawn."""
    for seed in (1, 2):
        world(seed)


@given(seed=st.integers(1, 2), tenant=st.sampled_from([None, *TENANTS]), text=_QUERIES)
@settings(max_examples=80, deadline=None)
def test_what_is_found_is_what_is_meant(seed: int, tenant: str | None, text: str) -> None:
    assert list(found(seed, tenant, Selection(query=text)).service_codes) == meant(seed, tenant, text)


@pytest.mark.parametrize("tenant", [None, TENANTS[0]])
def test_every_word_of_every_list_is_judged_as_in_plain_python(tenant: str | None) -> None:
    seen = set()
    for field, words in CHOICES.items():
        for word in words:
            for seed in (1, 2):
                codes = meant(seed, tenant, f"{field}:{word}")
                assert list(found(seed, tenant, Selection(query=f"{field}:{word}")).service_codes) == codes
                seen |= {(field, word)} if codes else set()
    assert seen == {(field, word) for field, words in CHOICES.items() for word in words}, "the worlds lack a case"


@pytest.mark.parametrize(
    ("room", "name", "instead"),
    [
        (query_states, "REDIAL_CAP_MS", 0),
        (query_states, "LEASE_LIFE_MS", 10**9),
        (query_states, "OUR_OWN", frozenset({"lost"})),
        (query_states, "OPEN_PHASES", frozenset({"queued"})),
        (query_sql, "SEARCHED", SEARCHED[:2]),
    ],
)
def test_a_wrong_statement_would_be_found(
    monkeypatch: pytest.MonkeyPatch, room: object, name: str, instead: object
) -> None:
    monkeypatch.setattr(room, name, instead)
    asked = [f"{field}:{word}" for field, words in CHOICES.items() for word in words] + ["osaka", '"sa-w1"']
    assert any(
        list(found(seed, None, Selection(query=text)).service_codes) != meant(seed, None, text)
        for seed in (1, 2)
        for text in asked
    )


def test_a_list_keeps_its_order_once_each_and_names_what_is_not_there() -> None:
    first, theirs = "nxe000000003", "nxe100000003"
    named = Selection(service_codes=(first, "nxe999999999", theirs, "nxe000000001", first))
    assert found(1, TENANTS[0], named) == Selected(
        service_codes=(first, "nxe000000001"), unknown=("nxe999999999", theirs)
    )


def test_a_group_and_a_tag_find_the_same_as_the_queries_for_them() -> None:
    for number, name in enumerate(NAMES, start=1):
        exactly = [code for code, facts in world(1).facts[TENANTS[0]].items() if name in facts.groups]
        assert list(found(1, TENANTS[0], Selection(group=number)).service_codes) == exactly
        tagged = found(1, TENANTS[0], Selection(tag=f"{name}=osaka"))
        assert list(tagged.service_codes) == meant(1, TENANTS[0], f"tag:{_quoted(name)}={_quoted('osaka')}")


def test_more_than_were_asked_for_is_said_and_no_more_are_given() -> None:
    few = found(1, None, Selection(query="code:nxe"), most=7)
    assert (len(few.service_codes), few.more) == (7, True)
    assert not found(1, None, Selection(query="code:nxe"), most=80).more


@pytest.mark.parametrize(
    ("selection", "code"),
    [(Selection(group=5), "group_not_found"), (Selection(saved_query=1), "query_not_found")],
)
def test_anothers_group_is_as_if_it_were_not_there(selection: Selection, code: str) -> None:
    with pytest.raises(NotFound) as refused:
        found(1, TENANTS[0], selection)
    assert refused.value.code == code


def test_what_people_write_is_bound_and_never_part_of_the_statement() -> None:
    nasty = "x' OR 1=1 --"
    assert found(1, TENANTS[0], Selection(query=_quoted(nasty))).service_codes == ()
