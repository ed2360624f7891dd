"""Digests of config bodies."""

import hashlib

__all__ = ["digest_of"]


def digest_of(body: bytes) -> str:
    """`sha256:` and 64 lower-case hex digits over the exact bytes of a config body."""
    return f"sha256:{hashlib.sha256(body).hexdigest()}"
