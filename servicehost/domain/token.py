"""API tokens: a secret that its holder shows and of which the service keeps only the hash."""

from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import Final

__all__ = ["SECRET_BYTES", "TOKEN_PREFIX", "hash_token", "token_mark", "token_of"]

TOKEN_PREFIX: Final = "shat_"  # noqa: S105 - the prefix by which a leaked token is found in a log or a repository
SECRET_BYTES: Final = 32


def token_of(secret: bytes) -> str:
    """The token to show once. `secret` comes from `secrets.token_bytes`; ValueError unless it has SECRET_BYTES."""
    if len(secret) != SECRET_BYTES:
        raise ValueError(f"a token's secret has {SECRET_BYTES} bytes, not {len(secret)}")
    return TOKEN_PREFIX + urlsafe_b64encode(secret).rstrip(b"=").decode("ascii")


def hash_token(token: str) -> str:
    """SHA-256, 64 lower-case hex digits. The secret is random and long, so it needs no salt and no stretching."""
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def token_mark(token_hash: str) -> str:
    """By what a record knows a token: enough of its hash to tell two apart, and no use to anybody else."""
    return token_hash[:12]
