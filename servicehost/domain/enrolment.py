"""The single-use token with which a unit gets its first certificate, and why a unit gets none.

A token is a secret of 256 random bits. Only its hash is kept, so a stolen database enrols nobody, and because the
secret is random and long the hash needs no salt and no stretching. It is good for one unit, once, for a few minutes.
"Once" means one key: should the answer be lost on its way, the same key gets the same certificate again.
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
    key_fingerprint: str | None = None
    """Of the key it was used with."""


class EnrolmentRefusal(StrEnum):
    """Why a unit gets no certificate."""

    UNKNOWN_TOKEN = "unknown_token"  # noqa: S105  (names of refusals)
    TOKEN_OF_ANOTHER_UNIT = "token_of_another_unit"  # noqa: S105
    TOKEN_USED = "token_used"  # noqa: S105
    TOKEN_EXPIRED = "token_expired"  # noqa: S105
    UNIT_UNKNOWN = "unit_unknown"
    UNIT_REVOKED = "unit_revoked"
    UNIT_HELD = "unit_held"
    """Two boxes use its identity: which of them asks is not known before a person has looked."""
    UNIT_LOST = "unit_lost"
    UNIT_STOLEN = "unit_stolen"
    UNIT_RETURNED = "unit_returned"
    UNIT_RETIRED = "unit_retired"
    CERTIFICATE_UNKNOWN = "certificate_unknown"
    CERTIFICATE_REVOKED = "certificate_revoked"
    CERTIFICATE_NOT_YET_VALID = "certificate_not_yet_valid"
    BIRTH_CERTIFICATE_EXPIRED = "birth_certificate_expired"
    BIRTH_CERTIFICATE_NOT_YET_VALID = "birth_certificate_not_yet_valid"
    ENROLMENT_DENIED = "enrolment_denied"
    TOO_MANY_WAITING = "too_many_waiting"
    """As many keys of this unit wait for a decision as may; the unit must come back with one of them."""


class EnrolmentRefused(Exception):
    """The unit gets no certificate. ``code`` may be relied upon; ``text`` may be empty."""

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
    record: EnrolmentToken | None, distribution_id: DistributionId, now: datetime, key_fingerprint: str | None = None
) -> EnrolmentRefusal | None:
    """Why the unit `distribution_id` may not use this token at `now` with the key, or None if it may.

    `record` is what the store keeps under the token's hash. None for a token that was used means that the same key asks
    again within the token's life. A token tried on another unit is named before its age: it means that a secret went
    astray, which must be seen also when the secret is worn out. An answer of None holds only within the transaction
    that read `record` and writes `used` back.
    """
    if record is None:
        return EnrolmentRefusal.UNKNOWN_TOKEN
    if record.distribution_id != distribution_id:
        return EnrolmentRefusal.TOKEN_OF_ANOTHER_UNIT
    over = now >= record.expires_at
    if record.used_at is not None:
        again = key_fingerprint is not None and key_fingerprint == record.key_fingerprint
        return None if again and not over else EnrolmentRefusal.TOKEN_USED
    return EnrolmentRefusal.TOKEN_EXPIRED if over else None


def used(record: EnrolmentToken, now: datetime, key_fingerprint: str | None = None) -> EnrolmentToken:
    """The record after its one use."""
    return msgspec.structs.replace(record, used_at=now, key_fingerprint=key_fingerprint)
