"""Whatever is done to a chain behind the host's back is found, and the first number concerned is named."""

import json
from collections.abc import Sequence

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicehost.domain.audit import BEGINNING, canonical, follow_hash
from servicehost.domain.audit_check import ChainFault, ChainHolds, ChainRow, FaultKind, Head, check_chain, verify
from tests.builders.audit_chains import an_entry, head_of, rows_of

K = FaultKind
CODE = "nxm000000001"
SUBJECTS = st.lists(st.text(max_size=4), min_size=2, max_size=8)
replace = msgspec.structs.replace


def chain(subjects: Sequence[str] = "abcdef") -> list[ChainRow]:
    return rows_of([an_entry(CODE, subject=one, at=number) for number, one in enumerate(subjects, start=10)])


def fault(rows: Sequence[ChainRow], *heads: Head) -> tuple[int, FaultKind]:
    found = check_chain(CODE, rows, heads)
    assert isinstance(found, ChainFault), found
    return found.number, found.kind


def hashed_anew(rows: Sequence[ChainRow]) -> list[ChainRow]:
    """What somebody does who knows how the chain is made."""
    previous, made = BEGINNING, []
    for row in rows:
        previous = follow_hash(previous, row.record)
        made.append(replace(row, hash=previous.hex()))
    return made


def with_subject(row: ChainRow, subject: str) -> ChainRow:
    return replace(row, record=canonical(json.loads(row.record) | {"subject": subject}))


@given(SUBJECTS)
def test_an_untouched_chain_holds_and_agrees_with_each_of_its_heads(subjects: list[str]) -> None:
    rows = chain(subjects)
    heads = [head_of(row) for row in rows]
    assert check_chain(CODE, rows, heads) == ChainHolds(head=heads[-1], agreed=len(rows))


@given(SUBJECTS, st.data())
def test_a_changed_byte_is_found_where_it_is(subjects: list[str], data: st.DataObject) -> None:
    rows = chain(subjects)
    at = data.draw(st.integers(0, len(rows) - 1))
    record = bytearray(rows[at].record)
    spot = data.draw(st.integers(0, len(record) - 1))
    record[spot] ^= data.draw(st.integers(1, 255))
    rows[at] = replace(rows[at], record=bytes(record))
    number, kind = fault(rows)
    assert number == at + 1
    assert kind in (K.CHANGED, K.REORDERED)


@given(SUBJECTS, st.data())
def test_a_changed_hash_is_found_where_it_is(subjects: list[str], data: st.DataObject) -> None:
    rows = chain(subjects)
    at = data.draw(st.integers(0, len(rows) - 1))
    rows[at] = replace(rows[at], hash="ab" * 32)
    assert fault(rows) == (at + 1, K.CHANGED)


@given(SUBJECTS, st.data())
def test_a_record_taken_out_of_the_middle_is_missed(subjects: list[str], data: st.DataObject) -> None:
    rows = chain(subjects)
    at = data.draw(st.integers(0, len(rows) - 2))
    del rows[at]
    assert fault(rows) == (at + 1, K.MISSING)


@given(SUBJECTS, st.data())
def test_two_records_that_changed_places_are_found(subjects: list[str], data: st.DataObject) -> None:
    rows = chain(subjects)
    one, other = sorted(data.draw(st.sets(st.integers(0, len(rows) - 1), min_size=2, max_size=2)))
    first, second = rows[one], rows[other]
    rows[one] = replace(second, number=first.number)
    rows[other] = replace(first, number=second.number)
    assert fault(rows) == (one + 1, K.REORDERED)
    # also by whoever gives them new hashes
    assert fault(hashed_anew(rows)) == (one + 1, K.REORDERED)


@given(SUBJECTS, st.data())
def test_a_cut_tail_is_found_as_far_as_a_head_reaches(subjects: list[str], data: st.DataObject) -> None:
    rows = chain(subjects)
    exported = data.draw(st.integers(1, len(rows)))
    left = data.draw(st.integers(0, len(rows)))
    found = check_chain(CODE, rows[:left], [head_of(rows[exported - 1])])
    if left >= exported:
        assert isinstance(found, ChainHolds)
    else:
        assert isinstance(found, ChainFault)
        assert (found.number, found.kind) == (left + 1, K.CUT)


@given(SUBJECTS, st.data())
def test_a_chain_written_anew_differs_from_the_head_that_was_carried_away(
    subjects: list[str], data: st.DataObject
) -> None:
    rows = chain(subjects)
    at = data.draw(st.integers(0, len(rows) - 1))
    heads = [head_of(row) for row in rows]
    forged = list(rows)
    forged[at] = with_subject(rows[at], json.loads(rows[at].record)["subject"] + "!")
    forged = hashed_anew(forged)
    assert isinstance(check_chain(CODE, forged, []), ChainHolds), "without a head nobody can tell"
    assert fault(forged, *heads) == (at + 1, K.REWRITTEN)
    # with the last head alone it is somewhere before it
    assert fault(forged, heads[-1]) == (1, K.REWRITTEN)


def test_a_record_put_in_with_a_number_that_stands_is_found() -> None:
    rows = chain()
    assert fault([*rows[:3], rows[2], *rows[3:]]) == (3, K.REORDERED)


@pytest.mark.parametrize("filed", [{"at": 9}, {"management_code": None}, {"management_code": "nxm000000002"}])
def test_a_record_filed_under_another_time_or_contract_is_found(filed: dict[str, object]) -> None:
    rows = chain()
    rows[1] = replace(rows[1], **filed)
    assert fault(rows) == (2, K.CHANGED)


@pytest.mark.parametrize(
    "record", [b"", b"[]", b"{", b"\xff", b'"x"', b"[" * 100_000, b'{"a": 1}', b'{"number":1e2}', b"NaN"]
)
def test_what_is_no_record_is_found_and_breaks_nothing(record: bytes) -> None:
    rows = chain()
    rows[2] = replace(rows[2], record=record)
    assert fault(rows) == (3, K.CHANGED)
    assert fault(hashed_anew(rows)) == (3, K.CHANGED)


def test_a_record_that_says_the_same_in_another_encoding_is_not_the_one_that_was_written() -> None:
    rows = chain()
    rows[2] = replace(rows[2], record=json.dumps(json.loads(rows[2].record), sort_keys=True).encode())
    assert fault(hashed_anew(rows)) == (3, K.CHANGED)


def test_a_record_of_another_chain_does_not_fit() -> None:
    other = rows_of([an_entry("nxm000000002", subject=one) for one in "abc"])
    rows = [*chain()[:1], replace(other[1], chain=CODE, management_code=CODE)]
    assert fault(hashed_anew(rows)) == (2, K.REORDERED)


def test_every_chain_has_a_finding_in_the_order_of_names_and_one_that_is_gone_has_one_too() -> None:
    ours, systems = chain("ab"), rows_of([an_entry(None, subject=one) for one in "abc"])
    gone = [Head(chain=code, number=4, hash="00" * 32) for code in ("nxm000000000", "nxm000000009", "zzz")]
    found = list(verify([*ours, *systems], [*gone, head_of(systems[1])]))
    assert [(one.chain, one.number, one.kind) for one in found if isinstance(one, ChainFault)] == [
        ("nxm000000000", 1, K.CUT),
        ("nxm000000009", 1, K.CUT),
        ("zzz", 1, K.CUT),
    ]
    assert [one for one in found if isinstance(one, ChainHolds)] == [
        ChainHolds(head=head_of(ours[-1]), agreed=0),
        ChainHolds(head=head_of(systems[-1]), agreed=1),
    ]
    assert [one.chain if isinstance(one, ChainFault) else one.head.chain for one in found] == [
        "nxm000000000",
        CODE,
        "nxm000000009",
        "system",
        "zzz",
    ]


def test_a_fault_in_one_chain_does_not_hide_the_next() -> None:
    ours, systems = chain("abc"), rows_of([an_entry(None)])
    found = list(verify([ours[0], ours[2], *systems], []))
    assert [type(one) for one in found] == [ChainFault, ChainHolds]
