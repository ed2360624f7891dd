"""Signed text is taken apart strictly: it has one reading."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.jws import MAX_CHAIN, NotSigned, read_signed, signing_input, written

SIGNATURE = bytes(range(64))


def part(octets: bytes) -> bytes:
    return base64.urlsafe_b64encode(octets).rstrip(b"=")


def text(header: object, payload: bytes = b"{}", signature: bytes = SIGNATURE) -> bytes:
    octets = header if isinstance(header, bytes) else json.dumps(header).encode()
    return b".".join((part(octets), part(payload), part(signature)))


HEADER = {"alg": "ES256", "typ": "t", "x5c": [base64.b64encode(b"certificate").decode()]}


@given(st.binary(max_size=200), st.lists(st.binary(max_size=40), min_size=1, max_size=MAX_CHAIN), st.text())
def test_what_was_written_is_read_again(payload: bytes, chain: list[bytes], typ: str) -> None:
    signed = signing_input(typ, tuple(chain), payload)
    read = read_signed(b"  " + written(signed, SIGNATURE) + b"\n")
    assert (read.typ, read.chain, read.payload, read.signature) == (typ, tuple(chain), payload, SIGNATURE)
    assert read.signed == signed


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        (b"", "three parts"),
        (b"a.b", "three parts"),
        (b"a.b.c.d", "three parts"),
        (text(HEADER) + b"=", "signature"),
        (text(HEADER, signature=SIGNATURE[:63]), "63 bytes"),
        (text(HEADER, signature=SIGNATURE + b"x"), "65 bytes"),
        (text(b"no json"), "header"),
        (text(b"[" * 100_000), "header"),
        (text({**HEADER, "alg": "none"}), "ES256"),
        (text({**HEADER, "alg": "HS256"}), "ES256"),
        (text({**HEADER, "crit": ["exp"]}), "must be understood"),
        (text({**HEADER, "crit": []}), "must be understood"),
        (text({**HEADER, "x5c": []}), "header"),
        (text({**HEADER, "x5c": ["AA=="] * (MAX_CHAIN + 1)}), "header"),
        (text({**HEADER, "x5c": ["not base64!"]}), "certificate"),
        (text({key: HEADER[key] for key in ("alg", "typ")}), "header"),
        (b"+" + text(HEADER)[1:], "header"),
        (text(HEADER).replace(b".e30.", b".e31."), "one spelling"),
        (text(HEADER).replace(b".e30.", b".e3 0."), "payload"),
        (text(HEADER).replace(b".e30.", ".é.".encode()), "payload"),
    ],
)
def test_whatever_is_not_such_a_text_is_refused_with_the_part_that_is_wrong(given: bytes, wrong: str) -> None:
    with pytest.raises(NotSigned, match=wrong):
        read_signed(given)


@given(st.binary(max_size=300))
def test_no_octets_raise_anything_else(octets: bytes) -> None:
    with pytest.raises(NotSigned):
        read_signed(octets)


def test_other_members_of_the_header_say_nothing() -> None:
    assert read_signed(text({**HEADER, "kid": "7"})).payload == b"{}"
