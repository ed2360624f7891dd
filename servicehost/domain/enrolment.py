"""The single-use token with which a unit gets its first certificate.

A token is a secret of 256 random bits. Only its hash is kept, so a stolen database enrols nobody, and because the
secret is random and long the hash needs no salt and no stretching. It is good for one unit, once, for a few minutes.
"""

import hmac
from base64 import urlsafe_b64encode
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Final

import msgspec

from protocol.identity import DistributionId

__all__ = [
    "SECRET_BYTES",
    "TOKEN_LIFE",
    "TOKEN_PREFIX",
    "EnrolmentRefusal",
    "EnrolmentRefused",
    "EnrolmentToken",
    "hash_token",
    "mint_token",
    "opens",
    "used",
    "why_refused",
]

TOKEN_PREFIX: Final = "shet_"  # noqa: S105  (the prefix by which a leaked token is found in a log or a repository)
SECRET_BYTES: Final = 32
TOKEN_LIFE: Final = timedelta(minutes=10)


class EnrolmentToken(msgspec.Struct, frozen=True, kw_only=True):
    """What the service keeps of a token; from it nobody can enrol."""

    token_hash: str
    """As `hash_token` writes it."""
    distribution_id: DistributionId
    expires_at: datetime
    """Aware; from this moment on the token opens nothing."""
    used_at: datetime | None = None


class EnrolmentRefusal(StrEnum):
    """Why a token does not enrol a unit."""

    UNKNOWN_TOKEN = "unknown_token"  # noqa: S105  (names of refusals)
    TOKEN_OF_ANOTHER_UNIT = "token_of_another_unit"  # noqa: S105
    TOKEN_USED = "token_used"  # noqa: S105
    TOKEN_EXPIRED = "token_expired"  # noqa: S105


class EnrolmentRefused(Exception):
    """The unit gets no certificate for this token. ``code`` may be relied upon."""

    def __init__(self, code: EnrolmentRefusal, text: str = "") -> None:
        super().__init__(f"{code}: {text}" if text else str(code))
        self.code = code
        self.text = text


def mint_token(
    secret: bytes, *, distribution_id: DistributionId, now: datetime, life: timedelta = TOKEN_LIFE
) -> tuple[str, EnrolmentToken]:
    """The token to show once and the record to keep. Raises ValueError unless `secret` has SECRET_BYTES bytes.

    `secret` must come from `secrets.token_bytes`; it is an argument because a rule draws no lots.
    """
    if len(secret) != SECRET_BYTES:
        raise ValueError(f"a token's secret has {SECRET_BYTES} bytes, not {len(secret)}")
    text = TOKEN_PREFIX + urlsafe_b64encode(secret).rstrip(b"=").decode("ascii")
    return text, EnrolmentToken(token_hash=hash_token(text), distribution_id=distribution_id, expires_at=now + life)


def hash_token(token: str) -> str:
    """SHA-256 of the token as 64 lower-case hex digits: the key under which its record is found. Takes any text."""
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def opens(record: EnrolmentToken, token: str) -> bool:
    """Whether `token` is the one that `record` was made for, in time that tells nothing of either.

    For a store whose look-up is not by the whole hash. A look-up by hash alone gives nothing away: whoever could learn
    from its timing would learn bits of a hash that they computed themselves.
    """
    return hmac.compare_digest(record.token_hash, hash_token(token))


def why_refused(
    record: EnrolmentToken | None, distribution_id: DistributionId, now: datetime
) -> EnrolmentRefusal | None:
    """Why the unit `distribution_id` may not use this token at `now`, or None if it may.

    `record` is what the store keeps under the token's hash. A token tried on another unit is named before its age: it
    means that a secret went astray, which must be seen also when the secret is worn out. An answer of None holds only
    within the transaction that read `record` and writes `used` back.
    """
    if record is None:
        return EnrolmentRefusal.UNKNOWN_TOKEN
    if record.distribution_id != distribution_id:
        return EnrolmentRefusal.TOKEN_OF_ANOTHER_UNIT
    if record.used_at is not None:
        return EnrolmentRefusal.TOKEN_USED
    if now >= record.expires_at:
        return EnrolmentRefusal.TOKEN_EXPIRED
    return None


def used(record: EnrolmentToken, now: datetime) -> EnrolmentToken:
    """The record after its one use."""
    return msgspec.structs.replace(record, used_at=now)
