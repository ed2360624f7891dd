"""What a unit's certificate says, and whether its dates hold.

TLS has already proved that the certificate comes from our authority and that the unit holds its key. The dates are
judged here and not by TLS, so that a unit with an expired certificate is known by name and told so.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

import msgspec

from protocol.identity import DistributionId, ModelSerial

__all__ = [
    "CLOCK_SKEW",
    "CertificateFault",
    "CertificateRefused",
    "UnitIdentity",
    "Validity",
    "serial_text",
    "validity",
]

CLOCK_SKEW: Final = timedelta(minutes=5)
"""How far this host's clock may differ from the authority's before a date counts against a unit."""


class UnitIdentity(msgspec.Struct, frozen=True, kw_only=True):
    """Who speaks, as the certificate states it and nothing else."""

    distribution_id: DistributionId
    model_serial: ModelSerial
    serial_number: str
    """The certificate's own number, as `serial_text` writes it; unique within our authority."""
    not_before: datetime
    not_after: datetime
    fingerprint: str
    """SHA-256 of the DER, 64 lower-case hex digits."""
    authority_key: str = ""
    """Identifier of the issuer's key, hex; empty when the certificate does not say."""


class CertificateFault(StrEnum):
    """Why a certificate that TLS accepted names no unit."""

    FOREIGN = "certificate_of_another_authority"
    UNREADABLE = "certificate_unreadable"
    NO_UNIT_NAME = "certificate_without_unit_name"
    SEVERAL_NAMES = "certificate_with_several_names"
    UNIT_NAME_MALFORMED = "certificate_unit_name_malformed"
    NO_MODEL_SERIAL = "certificate_without_model_serial"
    SEVERAL_MODEL_SERIALS = "certificate_with_several_model_serials"
    MODEL_SERIAL_MALFORMED = "certificate_model_serial_malformed"


class CertificateRefused(Exception):
    """The certificate names no unit. ``code`` may be relied upon; the text is for people."""

    def __init__(self, code: CertificateFault, text: str) -> None:
        super().__init__(f"{code}: {text}")
        self.code = code
        self.text = text


class Validity(StrEnum):
    """What a certificate's dates say at an instant."""

    VALID = "valid"
    EXPIRED = "expired"
    NOT_YET_VALID = "not_yet_valid"


def validity(identity: UnitIdentity, now: datetime, *, skew: timedelta = CLOCK_SKEW) -> Validity:
    """Whether `identity`'s dates hold at `now` (aware), widened by `skew` at both ends; both dates are inclusive."""
    if now > identity.not_after + skew:
        return Validity.EXPIRED
    if now < identity.not_before - skew:
        return Validity.NOT_YET_VALID
    return Validity.VALID


def serial_text(number: int) -> str:
    """A certificate's number as upper-case hex in whole octets, as openssl prints it: 160 bits fit no SQL integer."""
    digits = f"{number:X}"
    return digits.zfill(len(digits) + len(digits) % 2)
