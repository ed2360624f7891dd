"""Streams encrypted to a given public key: exports and backups, of any length, in bounded memory on both sides.

    file    = magic, header length (4 bytes, big endian), header (JSON), chunks
    header  = {"way": "x25519" | "rsa-oaep-sha256", "recipient": SHA-256 of the key's SubjectPublicKeyInfo, hex,
               "key": base64 of the ephemeral public key (32 bytes), or of the wrapped seed}
    key     = HKDF-SHA-256(X25519 shared secret, or the seed; salt = SHA-256(magic … header); info = magic), 32 bytes
    chunk i = ChaCha20-Poly1305(key, nonce = i as 11 bytes, big endian, then 1 for the last chunk and 0 for the others)

Every chunk but the last holds 64 KiB. It is the STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár, 2015): chunks
cannot be changed, left out, moved or cut off unnoticed, and none is given out unverified. The key is new for each
stream, so nonces never repeat, and the salt binds the header to every chunk.
"""

import hashlib
import os
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator
from typing import Final, TypeAlias

import msgspec
from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from servicehost.backends.stream_fault import StreamFault
from servicehost.domain.errors import Conflict

__all__ = ["CHUNK_BYTES", "MAGIC", "SealedStream", "opened", "read_private_key", "sealed_stream"]

MAGIC: Final = b"servicehost sealed stream 1\n"
CHUNK_BYTES: Final = 65_536
_TAG_BYTES: Final = 16
_MAX_HEADER: Final = 4_096
_LEAST_RSA_BITS: Final = 2_048
_OAEP: Final = padding.OAEP(mgf=padding.MGF1(hashes.SHA256()), algorithm=hashes.SHA256(), label=None)
Recipient: TypeAlias = X25519PublicKey | RSAPublicKey
Owner: TypeAlias = X25519PrivateKey | RSAPrivateKey


class _Header(msgspec.Struct, frozen=True, kw_only=True):
    way: str
    recipient: str
    key: str


class SealedStream:
    """Implements `ports.envelope.StreamSealer`: what is given comes out encrypted, in whole chunks."""

    def __init__(self, recipient: Recipient) -> None:
        self.recipient = _fingerprint(recipient)
        self._recipient = recipient
        self._cipher: ChaCha20Poly1305 | None = None
        self._waiting = bytearray()
        self._number = 0

    def begin(self) -> bytes:
        """The magic and the header."""
        way, sent, secret = _agreed(self._recipient)
        header = msgspec.json.encode(_Header(way=way, recipient=self.recipient, key=b64encode(sent).decode()))
        head = MAGIC + len(header).to_bytes(4, "big") + header
        self._cipher = _cipher(secret, head)
        return head

    def add(self, plain: bytes) -> bytes:
        """What can be given out by now; a full chunk is kept back until it is known not to be the last."""
        self._waiting += plain
        out = bytearray()
        while len(self._waiting) > CHUNK_BYTES:
            out += self._chunk(bytes(self._waiting[:CHUNK_BYTES]), last=False)
            del self._waiting[:CHUNK_BYTES]
        return bytes(out)

    def end(self) -> bytes:
        """The last chunk."""
        return self._chunk(bytes(self._waiting), last=True)

    def _chunk(self, plain: bytes, *, last: bool) -> bytes:
        if self._cipher is None:
            raise RuntimeError("begin comes first")
        sealed = self._cipher.encrypt(_nonce(self._number, last=last), plain, None)
        self._number += 1
        return sealed


def sealed_stream(pem: str) -> SealedStream:
    """A stream to the owner of this public key, X25519 or RSA, in PEM. Raises Conflict `bad_recipient_key`."""
    try:
        key = load_pem_public_key(pem.encode())
    except (ValueError, UnsupportedAlgorithm) as error:
        raise Conflict("bad_recipient_key", "Give a public key in PEM (-----BEGIN PUBLIC KEY-----)") from error
    if isinstance(key, RSAPublicKey) and key.key_size < _LEAST_RSA_BITS:
        raise Conflict("bad_recipient_key", f"An RSA key needs {_LEAST_RSA_BITS} bits at least")
    if not isinstance(key, X25519PublicKey | RSAPublicKey):
        text = "The key is neither X25519 nor RSA; make one with: openssl genpkey -algorithm x25519"
        raise Conflict("bad_recipient_key", text)
    return SealedStream(key)


def read_private_key(pem: bytes, passphrase: bytes | None = None) -> Owner:
    """Raises ValueError for what is no private key of either kind, or needs another passphrase."""
    try:
        key = load_pem_private_key(pem, passphrase)
    except (TypeError, UnsupportedAlgorithm) as error:
        raise ValueError(str(error)) from error
    if not isinstance(key, X25519PrivateKey | RSAPrivateKey):
        raise ValueError("the key is neither X25519 nor RSA")
    return key


def opened(parts: Iterable[bytes], owner: Owner) -> Iterator[bytes]:
    """The plain text, chunk by chunk, each verified before it is given out. Raises StreamFault.

    What was given out before a `damaged` or `cut_off` is genuine, and not the whole.
    """
    source, waiting = iter(parts), bytearray()

    def fill(least: int) -> bool:
        while len(waiting) < least:
            part = next(source, None)
            if part is None:
                return False
            waiting.extend(part)
        return True

    cipher = _opened_header(waiting, fill, owner)
    number, whole = 0, CHUNK_BYTES + _TAG_BYTES
    while fill(whole + 1):
        yield _decrypted(cipher, number, bytes(waiting[:whole]), last=False)
        del waiting[:whole]
        number += 1
    yield _decrypted(cipher, number, bytes(waiting), last=True)


def _opened_header(waiting: bytearray, fill: Callable[[int], bool], owner: Owner) -> ChaCha20Poly1305:
    if not fill(len(MAGIC) + 4) or not waiting.startswith(MAGIC):
        raise StreamFault("not_sealed", "this is no sealed stream of a service host")
    length = int.from_bytes(waiting[len(MAGIC) : len(MAGIC) + 4], "big")
    size = len(MAGIC) + 4 + length
    if length > _MAX_HEADER or not fill(size):
        raise StreamFault("damaged", "the header of the sealed stream is damaged")
    head = bytes(waiting[:size])
    del waiting[:size]
    try:
        header = msgspec.json.decode(head[len(MAGIC) + 4 :], type=_Header)
        sent = b64decode(header.key, validate=True)
    except (msgspec.DecodeError, ValueError) as error:
        raise StreamFault("damaged", "the header of the sealed stream is damaged") from error
    if header.recipient != _fingerprint(owner.public_key()):
        raise StreamFault("other_key", f"it is sealed to another key, sha256 {header.recipient}")
    return _cipher(_secret(owner, sent), head)


def _decrypted(cipher: ChaCha20Poly1305, number: int, chunk: bytes, *, last: bool) -> bytes:
    try:
        return cipher.decrypt(_nonce(number, last=last), chunk, None)
    except InvalidTag as error:
        if last:
            raise StreamFault("cut_off", "the sealed stream is cut off, or its end is damaged") from error
        raise StreamFault("damaged", f"chunk {number} of the sealed stream is damaged") from error


def _agreed(recipient: Recipient) -> tuple[str, bytes, bytes]:
    """How, what is sent, and the secret that both sides have."""
    if isinstance(recipient, RSAPublicKey):
        seed = os.urandom(32)
        return "rsa-oaep-sha256", recipient.encrypt(seed, _OAEP), seed
    own = X25519PrivateKey.generate()
    return "x25519", own.public_key().public_bytes_raw(), own.exchange(recipient)


def _secret(owner: Owner, sent: bytes) -> bytes:
    try:
        if isinstance(owner, RSAPrivateKey):
            return owner.decrypt(sent, _OAEP)
        return owner.exchange(X25519PublicKey.from_public_bytes(sent))
    except ValueError as error:
        raise StreamFault("damaged", "the key in the header of the sealed stream is damaged") from error


def _cipher(secret: bytes, head: bytes) -> ChaCha20Poly1305:
    salt = hashlib.sha256(head).digest()
    return ChaCha20Poly1305(HKDF(algorithm=hashes.SHA256(), length=32, salt=salt, info=MAGIC).derive(secret))


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


def _fingerprint(key: Recipient) -> str:
    return hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()
