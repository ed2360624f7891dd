"""Refusals of the use cases as HTTP answers: each with its status, its code and what to do about it."""

from collections.abc import Mapping
from typing import Final

from servicehost.bootstrap.est_requests import CHALLENGE
from servicehost.bootstrap.http import Response, problem
from servicehost.domain.certificate import CertificateRefused
from servicehost.domain.enrolment import EnrolmentRefusal, EnrolmentRefused
from servicehost.domain.errors import Busy, StoreFull
from servicehost.ports.authority import AuthorityUnavailable, CsrRefused

__all__ = ["REFUSALS", "REMEDIES", "answer_to"]

REFUSALS: Final = (EnrolmentRefused, CertificateRefused, CsrRefused, Busy, AuthorityUnavailable, StoreFull)
"""What `answer_to` has an answer for."""

_SOON: Final = (("retry-after", "60"),)
_COME_BACK: Final = (("retry-after", "600"),)
_FRESH_TOKEN: Final = frozenset(
    {EnrolmentRefusal.UNKNOWN_TOKEN, EnrolmentRefusal.TOKEN_USED, EnrolmentRefusal.TOKEN_EXPIRED}
)
REMEDIES: Final[Mapping[EnrolmentRefusal, str]] = {
    EnrolmentRefusal.UNKNOWN_TOKEN: "no such token was issued here: check it, or ask for one",
    EnrolmentRefusal.TOKEN_OF_ANOTHER_UNIT: "the token was issued for another Distribution ID",
    EnrolmentRefusal.TOKEN_USED: "the token has been used with another key: ask for a new one",
    EnrolmentRefusal.TOKEN_EXPIRED: "the token's minutes are over: ask for a new one",
    EnrolmentRefusal.UNIT_UNKNOWN: "no such unit is registered here: the provider must register it first",
    EnrolmentRefusal.UNIT_REVOKED: "the unit's certificates were revoked: only a token issued since then helps",
    EnrolmentRefusal.UNIT_HELD: "two boxes use this identity: a person must look first; a token made since then helps",
    EnrolmentRefusal.UNIT_LOST: "the unit was reported lost: the provider must take it back first",
    EnrolmentRefusal.UNIT_STOLEN: "the unit was reported stolen",
    EnrolmentRefusal.UNIT_RETURNED: "the unit was returned: the provider must enter it again first",
    EnrolmentRefusal.UNIT_RETIRED: "the unit was retired",
    EnrolmentRefusal.CERTIFICATE_UNKNOWN: "this certificate is not in our books: enrol with a token",
    EnrolmentRefusal.CERTIFICATE_REVOKED: "this certificate was revoked: enrol with a token issued since then",
    EnrolmentRefusal.CERTIFICATE_NOT_YET_VALID: "this certificate is from the future: the provider must look at it",
    EnrolmentRefusal.BIRTH_CERTIFICATE_EXPIRED: "the birth certificate has expired: enrol with a token",
    EnrolmentRefusal.BIRTH_CERTIFICATE_NOT_YET_VALID: "the birth certificate is from the future: enrol with a token",
    EnrolmentRefusal.ENROLMENT_DENIED: "a dispatcher has denied this key: ask the provider",
    EnrolmentRefusal.TOO_MANY_WAITING: "too many keys of this unit wait for a decision: ask again with one of them",
}


def answer_to(error: Exception) -> Response:
    """The answer to one of REFUSALS; anything else is raised again."""
    match error:
        case EnrolmentRefused():
            return _not_enrolled(error)
        case CertificateRefused():
            return problem(403, error.code, error.text)
        case CsrRefused():
            return problem(400, error.code, error.text)
        case Busy():
            return problem(429, error.code, error.text, headers=(("retry-after", str(error.retry_after_s)),))
        case AuthorityUnavailable():
            return problem(503, "authority_unavailable", str(error), headers=_SOON)
        case StoreFull():
            return problem(503, error.code, "this host cannot write just now; nothing is used up", headers=_SOON)
        case _:
            raise error


def _not_enrolled(error: EnrolmentRefused) -> Response:
    """401 where a fresh token is the remedy, 429 where waiting is, else 403: other credentials would not help."""
    detail = error.text or REMEDIES[error.code]
    if error.code in _FRESH_TOKEN:
        return problem(401, error.code, detail, headers=CHALLENGE)
    if error.code is EnrolmentRefusal.TOO_MANY_WAITING:
        return problem(429, error.code, detail, headers=_COME_BACK)
    return problem(403, error.code, detail)
