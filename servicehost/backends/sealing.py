"""Personal values under AES-256-GCM, each with a nonce of its own and bound to its place in the audit."""

import os
from base64 import b64decode, b64encode
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

__all__ = ["new_key", "seal", "unseal"]

_NONCE_BYTES: Final = 12
_TAG_BYTES: Final = 16


def new_key() -> bytes:
    """256 bits of chance."""
    return AESGCM.generate_key(bit_length=256)


def seal(key: bytes, text: str, place: str) -> str:
    """Base64 of nonce, cipher text and tag."""
    nonce = os.urandom(_NONCE_BYTES)
    return b64encode(nonce + AESGCM(key).encrypt(nonce, text.encode("utf-8", "replace"), place.encode())).decode()


def unseal(key: bytes, sealed: str, place: str) -> str | None:
    """The text; None when it was not sealed under this key for this place."""
    try:
        raw = b64decode(sealed, validate=True)
        if len(raw) < _NONCE_BYTES + _TAG_BYTES:
            return None
        return AESGCM(key).decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], place.encode()).decode()
    except (InvalidTag, ValueError):
        return None
