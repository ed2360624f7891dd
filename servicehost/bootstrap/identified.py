"""Which unit sends a request, by its certificate and by nothing else."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final

from servicehost.bootstrap.http import Response, problem
from servicehost.domain.certificate import CertificateRefused, UnitIdentity, Validity, validity
from servicehost.ports.authority import AuthorityUnavailable

__all__ = ["UnitOf", "identified"]

_RETRY: Final = (("retry-after", "60"),)

UnitOf = Callable[[bytes], Awaitable[UnitIdentity]]
"""The unit a client certificate (DER) names. Raises CertificateRefused, AuthorityUnavailable."""


async def identified(certificate: bytes | None, unit_of: UnitOf, now: datetime) -> UnitIdentity | Response:
    """The unit, or the answer to somebody who is none. Whether a certificate was revoked is not asked here."""
    if certificate is None:
        return problem(403, "certificate_required", "this is for units: come with the unit's certificate")
    try:
        unit = await unit_of(certificate)
    except CertificateRefused as error:
        return problem(403, error.code, error.text)
    except AuthorityUnavailable as error:
        return problem(503, "authority_unavailable", str(error), headers=_RETRY)
    dates = validity(unit, now)
    if dates is not Validity.VALID:
        return problem(403, f"certificate_{dates}", f"the unit's certificate is {dates.replace('_', ' ')}")
    return unit
