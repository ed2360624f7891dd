"""Enrolment over Secure Transport (RFC 7030, bodies as RFC 8951 clarifies them): requests to answers, without I/O.

Two operations: `cacerts` hands out what a unit must trust, `simpleenroll` turns a PKCS#10 request and a single-use
token into a certificate. The unit names itself by its Distribution ID as the user of HTTP Basic; the token is the
password.
"""

import binascii
from base64 import b64decode, b64encode
from collections.abc import Awaitable, Callable, Mapping
from typing import Final, Protocol

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

from protocol.identity import DistributionId, MalformedDistributionId, parse_distribution_id
from servicehost.bootstrap.http import Request, Response, problem
from servicehost.domain.enrolment import EnrolmentRefusal, EnrolmentRefused
from servicehost.domain.errors import StoreFull
from servicehost.ports.authority import AuthorityUnavailable, CsrRefused, IssuedCertificate

__all__ = ["CACERTS", "EST", "SIMPLEENROLL", "Enrol", "EstDoor"]

EST: Final = "/.well-known/est/"
CACERTS: Final = "/.well-known/est/cacerts"
SIMPLEENROLL: Final = "/.well-known/est/simpleenroll"
_CERTS_ONLY: Final = "application/pkcs7-mime; smime-type=certs-only"
_CHALLENGE: Final = (("www-authenticate", 'Basic realm="enrolment", charset="UTF-8"'),)
_RETRY: Final = (("retry-after", "60"),)
_LINE: Final = 76
_WHITE_SPACE: Final = b" \t\r\n"


class Enrol(Protocol):
    """The use case behind the door."""

    def __call__(
        self, csr_der: bytes, *, distribution_id: DistributionId, token: str, remote_address: str
    ) -> Awaitable[IssuedCertificate]:
        """Judge the token, issue, and use the token up, so that of many calls with one token at most one succeeds.

        `csr_der` and `token` are a stranger's and unchecked. Raises EnrolmentRefused, CsrRefused (the token is then
        still good: the unit may send a better request), AuthorityUnavailable and StoreFull.
        """
        ...


class _Answered(Exception):
    """Carries a refusal out of the reading of a request."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status)
        self.response = response


class EstDoor:
    """Answers the requests of one host's bootstrap door; keeps nothing between them.

    `ca_certificates` gives the PEM of root and issuing certificates together, in any order. With `chain_in_answer` an
    enrolled unit gets leaf *and* issuing certificates in one answer. RFC 7030, section 4.2.3, asks for the leaf alone
    and for the rest to be fetched from `cacerts`; since a certs-only structure is an unordered set, a strict client
    could take the wrong one, and wants False.
    """

    def __init__(
        self, *, ca_certificates: Callable[[], Awaitable[str]], enrol: Enrol, chain_in_answer: bool = True
    ) -> None:
        self._ca_certificates = ca_certificates
        self._enrol = enrol
        self._chain_in_answer = chain_in_answer

    async def respond(self, request: Request, *, remote_address: str) -> Response:
        """The answer to `request`: 200, or a problem with a code. Raises only what is our own fault."""
        path = request.target.partition("?")[0]
        try:
            if path == CACERTS:
                _require_method(request, "GET")
                return _certs_only(await self._ca_certificates())
            if path == SIMPLEENROLL:
                _require_method(request, "POST")
                return await self._simpleenroll(request, remote_address)
        except _Answered as answered:
            return answered.response
        except AuthorityUnavailable as error:
            return problem(503, "authority_unavailable", str(error), headers=_RETRY)
        except StoreFull as error:
            return problem(503, error.code, "this host cannot write just now; the token is still good", headers=_RETRY)
        return problem(404, "not_found", f"nothing is here; try {CACERTS} or {SIMPLEENROLL}")

    async def _simpleenroll(self, request: Request, remote_address: str) -> Response:
        # Who asks comes before what is asked: a stranger learns nothing of how requests are read.
        distribution_id, token = _credentials(request.headers.get("authorization"))
        csr_der = _csr(request)
        try:
            certificate = await self._enrol(
                csr_der, distribution_id=distribution_id, token=token, remote_address=remote_address
            )
        except EnrolmentRefused as error:
            return _not_enrolled(error)
        except CsrRefused as error:
            return problem(400, error.code, error.text)
        chain = certificate.chain_pem if self._chain_in_answer else ""
        return _certs_only(certificate.leaf_pem + chain)


def _require_method(request: Request, method: str) -> None:
    if request.method != method:
        detail = f"this address takes {method} only"
        raise _Answered(problem(405, "method_not_allowed", detail, headers=(("allow", method),)))


def _credentials(authorization: str | None) -> tuple[DistributionId, str]:
    if authorization is None:
        raise _unauthorized("credentials_missing", "send the Distribution ID and the token by HTTP Basic")
    scheme, _, encoded = authorization.partition(" ")
    try:
        user, colon, token = b64decode(encoded.strip(), validate=True).decode("utf-8").partition(":")
    except (binascii.Error, UnicodeDecodeError, ValueError) as error:
        raise _unauthorized("credentials_malformed", "the credentials are not HTTP Basic") from error
    if scheme.lower() != "basic" or not colon or not token:
        raise _unauthorized("credentials_malformed", "the credentials are not HTTP Basic with a user and a password")
    try:
        return parse_distribution_id(user), token
    except MalformedDistributionId as error:
        raise _unauthorized(error.code, "the user of HTTP Basic must be the unit's Distribution ID") from error


def _unauthorized(code: str, detail: str) -> _Answered:
    return _Answered(problem(401, code, detail, headers=_CHALLENGE))


def _not_enrolled(error: EnrolmentRefused) -> Response:
    """403 where other credentials are no remedy for this unit and this token, 401 where a fresh token is."""
    if error.code is EnrolmentRefusal.TOKEN_OF_ANOTHER_UNIT:
        return problem(403, error.code, error.text or _REMEDIES[error.code])
    return problem(401, error.code, error.text or _REMEDIES[error.code], headers=_CHALLENGE)


_REMEDIES: Final[Mapping[EnrolmentRefusal, str]] = {
    EnrolmentRefusal.UNKNOWN_TOKEN: "no such token was issued here: check it, or ask for one",
    EnrolmentRefusal.TOKEN_OF_ANOTHER_UNIT: "the token was issued for another Distribution ID",
    EnrolmentRefusal.TOKEN_USED: "the token has been used: ask for a new one",
    EnrolmentRefusal.TOKEN_EXPIRED: "the token's minutes are over: ask for a new one",
}


def _csr(request: Request) -> bytes:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/pkcs10":
        raise _Answered(problem(415, "media_type_unsupported", "send the request as application/pkcs10"))
    try:
        # White space is for the reader's patience, as RFC 8951 asks; anything else is not.
        csr = b64decode(request.body.translate(None, _WHITE_SPACE), validate=True)
    except (binascii.Error, ValueError) as error:
        detail = "the body is not base64 of a PKCS#10 request in DER (no PEM header, no MIME parts)"
        raise _Answered(problem(400, "body_not_base64", detail)) from error
    if not csr:
        raise _Answered(problem(400, "body_empty", "the body must be base64 of a PKCS#10 request in DER"))
    return csr


def _certs_only(pem: str) -> Response:
    certificates = x509.load_pem_x509_certificates(pem.encode("ascii"))
    encoded = b64encode(pkcs7.serialize_certificates(certificates, Encoding.DER))
    lines = [encoded[at : at + _LINE] for at in range(0, len(encoded), _LINE)]
    return Response(status=200, content_type=_CERTS_ONLY, body=b"\r\n".join(lines) + b"\r\n")
