"""How a record is written: one encoding, and nothing readable of a person."""

import hashlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicehost.domain.audit import Personal, Sealed, Whose, assemble, canonical, follow_hash, readable
from tests.builders.audit_chains import an_entry

KEYS = st.from_regex(r"[a-z0-9_]{1,8}", fullmatch=True)
INTEGERS = st.integers(min_value=-(2**53) + 1, max_value=2**53 - 1)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | INTEGERS | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)


def seal(personal: Personal, place: str) -> Sealed:
    return Sealed(key=7, sealed=f"{place}<{len(personal.text)}>")


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ({"b": 1, "a": None, "a1": True, "_": []}, b'{"_":[],"a":null,"a1":true,"b":1}'),
        # RFC 8785, section 3.2.2.2
        ('€$\x0f\nA\'B"\\\\"/', '"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"'.encode()),
        ("\b\t\n\f\r\x00\x1f\x7f", b'"\\b\\t\\n\\f\\r\\u0000\\u001f\x7f"'),
        ("東京\u2028", '"東京\u2028"'.encode()),
        (-(2**53) + 1, b"-9007199254740991"),
        ("\ud800x", b'"?x"'),
    ],
)
def test_a_value_has_one_encoding(value: Any, written: bytes) -> None:
    assert canonical(value) == written


@given(VALUES)
def test_what_is_decoded_and_encoded_again_is_the_same(value: Any) -> None:
    written = canonical(value)
    assert canonical(json.loads(written)) == written


@pytest.mark.parametrize(
    "value", [0.5, 2**53, {"A": 1}, {"aB": 1}, {"": 1}, {1: 1}, b"x", object(), {"a": [{"ä": 1}]}, {"a", "b"}]
)
def test_what_has_no_one_encoding_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match=r"audit|bits"):
        canonical(value)


def test_the_hash_is_of_the_hash_before_and_the_record() -> None:
    assert follow_hash(bytes(32), b"{}") == hashlib.sha256(bytes(32) + b"{}").digest()


def test_a_record_says_where_it_stands_and_has_every_field() -> None:
    record = json.loads(assemble(an_entry("nxm000000001", before={"a": 1}, after={"a": 2}, reason="why"), 3, seal))
    assert record == {
        "format": 1,
        "chain": "nxm000000001",
        "number": 3,
        "at": 5,
        "action": "add_contract",
        "subject": "s",
        "actor": "MID00000001",
        "role": None,
        "token": None,
        "source": None,
        "before": {"a": 1},
        "after": {"a": 2},
        "reason": "why",
    }


def test_every_personal_value_is_sealed_for_its_own_place_and_found_again_there() -> None:
    whose = Whose.person("MID00000001", None)
    entry = an_entry(
        source=Personal(whose=whose, text="192.0.2.1"),
        after={"people": [Personal(whose=whose, text="Sato Hanako")]},
        reason=Personal(whose=whose, text="she asked"),
    )
    written = assemble(entry, 2, seal)
    for text in (b"192.0.2.1", b"Sato", b"asked"):
        assert text not in written
    places: list[str] = []

    def unseal(sealed: Sealed, place: str) -> str:
        assert sealed.sealed.startswith(f"{place}<")
        places.append(place)
        return "erased"

    read = readable(json.loads(written), "system/2", unseal)
    assert sorted(places) == ["system/2/after/people/0", "system/2/reason", "system/2/source"]
    assert (read["source"], read["after"], read["reason"]) == ("erased", {"people": ["erased"]}, "erased")


def test_a_name_is_the_same_persons_whatever_its_case_and_another_contracts_is_not() -> None:
    assert Whose.named(" SATO ", "nxm000000001") == Whose.named("Sato", "nxm000000001")
    assert Whose.named("Sato", "nxm000000001") != Whose.named("Sato", "nxm000000002")
