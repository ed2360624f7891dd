"""The connection log: every attempt of a unit, or of a stranger, to open a session, and what came of it."""

import enum

import msgspec

__all__ = ["Attempt", "AttemptOutcome"]


class AttemptOutcome(enum.StrEnum):
    """What came of an attempt."""

    WELCOMED = "welcomed"
    REFUSED = "refused"
    """We said no, at whatever layer; the reason says why."""
    BROKEN = "broken"
    """It came to nothing: too slow, lost on the way, or not our protocol."""


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """One row. `distribution_id` is what the certificate said; None when TLS saw none. `reason` is a stable word."""

    at: int
    host: str
    remote_address: str
    outcome: AttemptOutcome
    reason: str
    attempt: int = 0
    unit_id: int | None = None
    management_code: str | None = None
    distribution_id: str | None = None
    certificate: str | None = None
    tls_version: str | None = None
    detail: str | None = None
    """More words of the reason: a TLS alert, why a certificate was revoked."""
