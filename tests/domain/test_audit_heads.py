"""The files in which heads leave the host."""

from datetime import date, timedelta
from hashlib import sha256

import pytest

from servicehost.domain.audit import canonical
from servicehost.domain.audit_check import Head
from servicehost.domain.audit_heads import HeadsFileError, day_of, days_due, heads_file, read_heads, span_of

DAY = date(2026, 11, 23)
HEADS = [Head(chain=chain, number=number, hash="ab" * 32) for chain, number in (("nxm000000001", 3), ("system", 9))]


def sign(message: bytes) -> str:
    return sha256(b"secret" + message).hexdigest()


def signed(message: bytes, signature: str) -> bool:
    return sign(message) == signature


def test_what_is_written_is_read_again() -> None:
    assert read_heads(DAY, heads_file(DAY, HEADS, sign), signed) == HEADS
    assert read_heads(DAY, heads_file(DAY, [], sign), signed) == []


def test_each_head_is_signed_by_itself() -> None:
    lines = heads_file(DAY, HEADS, sign).splitlines()
    assert len(lines) == 3
    assert len({line.partition(b'"signature":')[2] for line in lines}) == 3


@pytest.mark.parametrize(
    ("tamper", "says"),
    [
        (lambda raw: b"", "taken out"),
        (lambda raw: b"\n".join(raw.splitlines()[:2]) + b"\n", "taken out"),
        (lambda raw: b"\n".join(raw.splitlines()[1:]) + b"\n", "taken out"),
        (lambda raw: b"\n".join([raw.splitlines()[i] for i in (0, 2, 1)]) + b"\n", "taken out"),
        (lambda raw: raw + raw.splitlines()[1] + b"\n", "taken out"),
        (lambda raw: raw.replace(b'"number":3', b'"number":2'), "signature of line 2"),
        (lambda raw: raw.replace(b"2026-11-23", b"2026-11-22"), "another day"),
        (lambda raw: raw.replace(b'"chain":"system"', b'"chain":"systen"'), "signature of line 3"),
        (lambda raw: b"[]\n" + raw, "line 1 is no signed head"),
        (lambda raw: b"\xff\xff", "line 1 is no signed head"),
        (lambda raw: raw.replace(b'"number":9', b'"number":"9"'), "line 3 is no signed head"),
    ],
)
def test_a_file_that_was_touched_is_refused_by_name(tamper: object, says: str) -> None:
    assert callable(tamper)
    with pytest.raises(HeadsFileError, match=says):
        read_heads(DAY, tamper(heads_file(DAY, HEADS, sign)), signed)


def test_a_file_whose_first_line_counts_wrongly_is_refused() -> None:
    below = heads_file(DAY, HEADS, sign).partition(b"\n")[2]
    said = {"chain": "heads", "number": 3, "hash": sha256(below).hexdigest(), "day": DAY.isoformat()}
    first = canonical(said | {"signature": sign(canonical(said))})
    with pytest.raises(HeadsFileError, match="taken out"):
        read_heads(DAY, first + b"\n" + below, signed)


def test_a_day_begins_and_ends_at_midnight_utc() -> None:
    start, end = span_of(DAY)
    assert (day_of(start), day_of(end - 1), day_of(end)) == (DAY, DAY, DAY + timedelta(days=1))
    assert end - start == 86_400_000


def test_days_that_are_over_and_have_no_file_are_due_earliest_first() -> None:
    def after(days: int) -> date:
        return DAY + timedelta(days=days)

    assert days_due(DAY, DAY, set(), 9) == []
    assert days_due(after(1), DAY, set(), 9) == []
    assert days_due(DAY, after(4), {after(1)}, 9) == [DAY, after(2), after(3)]
    assert days_due(DAY, after(4), {after(1)}, 2) == [DAY, after(2)]
