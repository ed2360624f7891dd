"""What a unit's certificate, and the unit's own standing, say about its hello: nothing, or why it is turned away.

Values in, a word out. The date of a certificate is judged elsewhere
(`domain.certificate.validity`), before the unit may speak at all.
"""

import enum
from collections.abc import Mapping
from typing import Final

import msgspec

from protocol.codes import CloseCode
from servicehost.domain.admission import TurnedAway
from servicehost.domain.errors import Invalid

__all__ = [
    "MAX_HOSTS",
    "Certificate",
    "RevocationReason",
    "Why",
    "certificate_standing",
    "held",
    "moved",
    "revocation_reason",
    "turned_away",
]

MAX_HOSTS: Final = 5
"""What a unit remembers of hosts."""


class RevocationReason(enum.StrEnum):
    """RFC 5280's CRLReason, as far as a unit's certificate can be revoked for it. A hold is no revocation here."""

    UNSPECIFIED = "unspecified"
    KEY_COMPROMISE = "key_compromise"
    AFFILIATION_CHANGED = "affiliation_changed"
    SUPERSEDED = "superseded"
    CESSATION_OF_OPERATION = "cessation_of_operation"
    PRIVILEGE_WITHDRAWN = "privilege_withdrawn"


class Certificate(msgspec.Struct, frozen=True, kw_only=True):
    """One that was issued to a unit, and what became of it."""

    fingerprint: str
    unit_id: int
    serial_number: str
    issued_at: int
    not_before: int
    not_after: int
    way: str
    first_used_at: int | None = None
    superseded_at: int | None = None
    revoked_at: int | None = None
    revoked_reason: str | None = None


class Why(enum.StrEnum):
    """What a unit that is turned away at its hello is told, in one stable word."""

    UNKNOWN_UNIT = "unknown_unit"
    REVOKED = "revoked"
    CERTIFICATE_UNKNOWN = "certificate_unknown"
    DUPLICATE = "duplicate"
    MOVED = "moved"


_CODES: Final[Mapping[Why, CloseCode]] = {
    Why.UNKNOWN_UNIT: CloseCode.UNKNOWN_UNIT,
    Why.REVOKED: CloseCode.REVOKED,
    Why.CERTIFICATE_UNKNOWN: CloseCode.REVOKED,
    Why.DUPLICATE: CloseCode.DUPLICATE,
    Why.MOVED: CloseCode.MOVED,
}


def turned_away(why: Why, text: str, because: str | None = None, hosts: tuple[str, ...] = ()) -> TurnedAway:
    """The answer to such a hello, with the close code of its word."""
    return TurnedAway(code=_CODES[why], reason=why.value, text=text, because=because, hosts=hosts)


def certificate_standing(unit_id: int, certificate: Certificate | None, *, must_be_known: bool) -> TurnedAway | None:
    """None when the certificate gives no cause to turn its unit away.

    `certificate` is the record of the fingerprint that was shown; None when there is no record. TLS has already
    proved that our authority signed it, so a certificate without a record is one that the store has forgotten (a
    backup was restored) or never knew (somebody else signed with our key). Which of the two is the greater danger
    differs: `must_be_known` says. A record of another unit counts as none.
    """
    if certificate is None or certificate.unit_id != unit_id:
        text = "No certificate like this one was issued to the unit, as far as is remembered here"
        return turned_away(Why.CERTIFICATE_UNKNOWN, text) if must_be_known else None
    if certificate.revoked_at is None:
        return None
    reason = certificate.revoked_reason or RevocationReason.UNSPECIFIED.value
    return turned_away(Why.REVOKED, "The unit's certificate was revoked", because=reason)


def held(held_at: int | None) -> TurnedAway | None:
    """Two boxes were found to use one identity: neither is let in before a person has looked."""
    if held_at is None:
        return None
    return turned_away(Why.DUPLICATE, "Two units use this identity; both wait until somebody has looked")


def moved(hosts: tuple[str, ...]) -> TurnedAway | None:
    """The unit is carried elsewhere."""
    if not hosts:
        return None
    return turned_away(Why.MOVED, "Other hosts carry this unit now", hosts=hosts[:MAX_HOSTS])


def revocation_reason(word: str) -> RevocationReason:
    """Raises Invalid `revocation_reason_unknown`, naming those there are."""
    try:
        return RevocationReason(word)
    except ValueError as error:
        known = ", ".join(RevocationReason)
        raise Invalid(
            "revocation_reason_unknown", f"{word!r} is no reason to revoke for; there are: {known}"
        ) from error
