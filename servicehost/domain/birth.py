"""What a maker's birth certificate says of a unit."""

from datetime import datetime

import msgspec

from protocol.identity import ModelSerial
from servicehost.domain.certificate import CLOCK_SKEW
from servicehost.domain.enrolment import EnrolmentRefusal

__all__ = ["BirthCertificate", "why_not_born"]


class BirthCertificate(msgspec.Struct, frozen=True, kw_only=True):
    """TLS has proved that it leads to a trusted maker and that the unit holds its key."""

    model_serial: ModelSerial
    not_before: datetime
    not_after: datetime
    """Many makers give 9999-12-31 23:59:59: no end."""
    fingerprint: str
    """SHA-256 of the DER, 64 lower-case hex digits."""


def why_not_born(birth: BirthCertificate, now: datetime) -> EnrolmentRefusal | None:
    """Whether its dates speak against it; both are inclusive, widened by what clocks may differ."""
    # Subtracted from `now`, for nothing can be added to the last instant of the year 9999.
    if now - CLOCK_SKEW > birth.not_after:
        return EnrolmentRefusal.BIRTH_CERTIFICATE_EXPIRED
    if now + CLOCK_SKEW < birth.not_before:
        return EnrolmentRefusal.BIRTH_CERTIFICATE_NOT_YET_VALID
    return None
