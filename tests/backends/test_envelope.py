"""Sealed streams: what goes in comes out, whole or not at all, and memory does not grow with it."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from servicehost.backends.envelope import (
    CHUNK_BYTES,
    MAGIC,
    opened,
    read_private_key,
    sealed_stream,
)
from servicehost.backends.stream_fault import StreamFault
from servicehost.domain.errors import Conflict

OWNERS: list[X25519PrivateKey | RSAPrivateKey] = [
    X25519PrivateKey.generate(),
    rsa.generate_private_key(public_exponent=65_537, key_size=2_048),
]
OWNER = OWNERS[0]


def pem_of(owner: X25519PrivateKey | RSAPrivateKey | ec.EllipticCurvePrivateKey) -> str:
    return owner.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def sealed(plain: bytes, owner: X25519PrivateKey | RSAPrivateKey = OWNER, part: int = 50_000) -> bytes:
    stream = sealed_stream(pem_of(owner))
    parts = [stream.begin(), *(stream.add(plain[at : at + part]) for at in range(0, len(plain), part)), stream.end()]
    return b"".join(parts)


@pytest.mark.parametrize("owner", OWNERS, ids=["x25519", "rsa"])
@pytest.mark.parametrize("size", [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES])
def test_what_is_sealed_is_opened_by_its_owner(owner: X25519PrivateKey | RSAPrivateKey, size: int) -> None:
    plain = b"a secret " * (size // 9 + 1)
    plain = plain[:size]
    closed = sealed(plain, owner)
    assert b"a secret" not in closed
    assert b"".join(opened([closed[at : at + 10_007] for at in range(0, len(closed), 10_007)], owner)) == plain


PLAIN = b"x" * (2 * CHUNK_BYTES + 77)
CLOSED = sealed(PLAIN)
HEAD = len(CLOSED) - len(PLAIN) - 3 * 16


@settings(max_examples=60)
@given(st.integers(0, len(CLOSED) - 1), st.integers(1, 255))
def test_a_changed_byte_is_found(at: int, flip: int) -> None:
    changed = bytearray(CLOSED)
    changed[at] ^= flip
    with pytest.raises(StreamFault):
        list(opened([bytes(changed)], OWNER))


@settings(max_examples=60)
@given(st.integers(0, len(CLOSED) - 1))
def test_a_stream_that_is_cut_off_anywhere_is_not_taken_for_the_whole(at: int) -> None:
    with pytest.raises(StreamFault) as caught:
        list(opened([CLOSED[:at]], OWNER))
    assert caught.value.code in ("cut_off", "damaged", "not_sealed")


def test_chunks_cannot_be_moved_left_out_or_added() -> None:
    whole = CHUNK_BYTES + 16
    head, rest = CLOSED[:HEAD], CLOSED[HEAD:]
    one, two, last = rest[:whole], rest[whole : 2 * whole], rest[2 * whole :]
    for forged in (head + two + one + last, head + one + last, head + one + one + two + last, head + one + two):
        with pytest.raises(StreamFault):
            list(opened([forged], OWNER))
    other = sealed(PLAIN)
    with pytest.raises(StreamFault):  # the header of one stream on the chunks of another
        list(opened([other[:HEAD] + CLOSED[HEAD:]], OWNER))


def test_another_key_opens_nothing_and_is_told_whose_it_is() -> None:
    with pytest.raises(StreamFault) as caught:
        list(opened([CLOSED], X25519PrivateKey.generate()))
    assert caught.value.code == "other_key"
    for nothing in (b"", b"PK\x03\x04", MAGIC):
        with pytest.raises(StreamFault) as caught:
            list(opened([nothing], OWNER))
        assert caught.value.code == "not_sealed"


def test_a_long_stream_is_opened_chunk_by_chunk() -> None:
    taken = 0

    def parts() -> Iterator[bytes]:
        nonlocal taken
        stream = sealed_stream(pem_of(OWNER))
        yield stream.begin()
        for _ in range(200):
            taken += 1
            yield stream.add(b"y" * CHUNK_BYTES)
        yield stream.end()

    for number, plain in enumerate(opened(parts(), OWNER)):
        assert len(plain) <= CHUNK_BYTES
        assert taken <= number + 4  # no more is read than is needed for the next chunk


@pytest.mark.parametrize(
    "pem",
    [
        "",
        "no key",
        pem_of(ec.generate_private_key(ec.SECP256R1())),
        pem_of(rsa.generate_private_key(public_exponent=65_537, key_size=1_024)),  # noqa: S505 - too short on purpose
    ],
    ids=["empty", "text", "p256", "short rsa"],
)
def test_a_key_that_cannot_be_sealed_to_is_refused_by_name(pem: str) -> None:
    with pytest.raises(Conflict) as caught:
        sealed_stream(pem)
    assert caught.value.code == "bad_recipient_key"


def test_keys_made_by_openssl_fit(tmp_path: Path) -> None:
    key, public = tmp_path / "key.pem", tmp_path / "key.pub"
    subprocess.run(["openssl", "genpkey", "-algorithm", "x25519", "-out", key], check=True)
    subprocess.run(["openssl", "pkey", "-in", key, "-pubout", "-out", public], check=True)
    stream = sealed_stream(public.read_text())
    closed = stream.begin() + stream.add(b"hello") + stream.end()
    assert b"".join(opened([closed], read_private_key(key.read_bytes()))) == b"hello"
    with pytest.raises(ValueError, match=r"."):
        read_private_key(public.read_bytes())
