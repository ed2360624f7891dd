"""Tokens as they are kept: hashes only."""

import msgspec

__all__ = ["EnrolmentRow", "TokenRow"]


class TokenRow(msgspec.Struct, frozen=True, kw_only=True):
    """An API token: only its SHA-256 is kept."""

    token_hash: str
    person_id: int
    created_at: int
    expires_at: int


class EnrolmentRow(msgspec.Struct, frozen=True, kw_only=True):
    """A single-use enrolment token: only its SHA-256 is kept."""

    token_hash: str
    unit_id: int
    distribution_id: str
    created_at: int
    expires_at: int
    used_at: int | None = None
    key_fingerprint: str | None = None
    """Of the key it was used with."""
    certificate: str | None = None
    """Fingerprint of what was issued for it."""
