"""Enrolment over Secure Transport (RFC 7030, bodies as RFC 8951 clarifies them): requests to answers, without I/O.

`cacerts` hands out what a unit must trust, `csrattrs` what we want in a request. `simpleenroll` turns a PKCS#10 request
into a certificate for a unit that shows a single-use token (HTTP Basic: its Distribution ID and the token) or, by TLS,
its maker's birth certificate. `simplereenroll` does it for one that shows, by TLS, a certificate of ours.
"""

from base64 import b64encode
from collections.abc import Awaitable, Callable, Collection
from typing import Final, Protocol

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

from protocol.identity import DistributionId
from servicehost.bootstrap.csrattrs import CSR_ATTRIBUTES
from servicehost.bootstrap.est_refusals import REFUSALS, answer_to
from servicehost.bootstrap.est_requests import CHALLENGE, Answered, credentials, csr_in, require_method
from servicehost.bootstrap.http import Request, Response, problem
from servicehost.bootstrap.peers import Signer, read_birth, same_names, signer_of
from servicehost.domain.birth import BirthCertificate
from servicehost.domain.certificate import UnitIdentity
from servicehost.domain.enrolment_request import Waiting
from servicehost.ports.authority import IssuedCertificate

__all__ = [
    "CACERTS",
    "CSRATTRS",
    "EST",
    "SIMPLEENROLL",
    "SIMPLEREENROLL",
    "Enrol",
    "EnrolByBirth",
    "EstDoor",
    "Reenrol",
]

EST: Final = "/.well-known/est/"
CACERTS: Final = "/.well-known/est/cacerts"
CSRATTRS: Final = "/.well-known/est/csrattrs"
SIMPLEENROLL: Final = "/.well-known/est/simpleenroll"
SIMPLEREENROLL: Final = "/.well-known/est/simplereenroll"
_CERTS_ONLY: Final = "application/pkcs7-mime; smime-type=certs-only"
_LINE: Final = 76


class Enrol(Protocol):
    """The use case for a unit with a token."""

    def __call__(
        self, csr_der: bytes, *, distribution_id: DistributionId, token: str, remote_address: str
    ) -> Awaitable[IssuedCertificate]:
        """Judge the token, issue, and use the token up, so that of many calls with one token at most one key succeeds.

        `csr_der` and `token` are a stranger's and unchecked. Raises EnrolmentRefused, CsrRefused (the token is then
        still good: the unit may send a better request), Busy, AuthorityUnavailable and StoreFull.
        """
        ...


class EnrolByBirth(Protocol):
    """The use case for a unit with a birth certificate. Raises as `Enrol`."""

    def __call__(
        self, csr_der: bytes, *, birth: BirthCertificate, remote_address: str
    ) -> Awaitable[IssuedCertificate | Waiting]: ...


class Reenrol(Protocol):
    """The use case for a unit with a certificate of ours, of whatever age. Raises as `Enrol`."""

    def __call__(
        self, csr_der: bytes, *, identity: UnitIdentity, remote_address: str
    ) -> Awaitable[IssuedCertificate | Waiting]: ...


class EstDoor:
    """Answers the requests of one host's bootstrap door; keeps nothing between them.

    `ca_certificates` gives the PEM of root and issuing certificates together, in any order; `makers` are the anchors of
    trusted makers, DER; `read_identity` reads a certificate of ours and raises CertificateRefused. With
    `chain_in_answer` an enrolled unit gets leaf *and* issuing certificates in one answer. RFC 7030, section 4.2.3, asks
    for the leaf alone and for the rest to be fetched from `cacerts`; since a certs-only structure is an unordered set,
    a strict client could take the wrong one, and wants False.
    """

    def __init__(
        self,
        *,
        ca_certificates: Callable[[], Awaitable[str]],
        enrol: Enrol,
        enrol_by_birth: EnrolByBirth,
        reenrol: Reenrol,
        read_identity: Callable[[bytes], UnitIdentity],
        makers: Collection[bytes] = (),
        chain_in_answer: bool = True,
    ) -> None:
        self._ca_certificates = ca_certificates
        self._enrol = enrol
        self._enrol_by_birth = enrol_by_birth
        self._reenrol = reenrol
        self._read_identity = read_identity
        self._makers = frozenset(makers)
        self._chain_in_answer = chain_in_answer
        self._addresses: dict[str, tuple[str, Callable[[Request, str], Awaitable[Response]]]] = {
            CACERTS: ("GET", self._cacerts),
            CSRATTRS: ("GET", self._csrattrs),
            SIMPLEENROLL: ("POST", self._simpleenroll),
            SIMPLEREENROLL: ("POST", self._simplereenroll),
        }

    async def respond(self, request: Request, *, remote_address: str) -> Response:
        """The answer to `request`: 200, 202 for a unit that must wait, or a problem with a code.

        Raises only what is our own fault.
        """
        found = self._addresses.get(request.target.partition("?")[0])
        if found is None:
            return problem(404, "not_found", f"nothing is here; try {', '.join(self._addresses)}")
        method, answer = found
        try:
            require_method(request, method)
            return await answer(request, remote_address)
        except Answered as answered:
            return answered.response
        except REFUSALS as error:
            return answer_to(error)

    async def _cacerts(self, _request: Request, _remote_address: str) -> Response:
        return _certs_only(await self._ca_certificates())

    async def _csrattrs(self, _request: Request, _remote_address: str) -> Response:
        return Response(status=200, content_type="application/csrattrs", body=_base64(CSR_ATTRIBUTES))

    async def _simpleenroll(self, request: Request, remote_address: str) -> Response:
        # Who asks comes before what is asked: a stranger learns nothing of how requests are read.
        authorization = request.headers.get("authorization")
        if authorization is not None:
            distribution_id, token = credentials(authorization)
            issued = await self._enrol(
                csr_in(request), distribution_id=distribution_id, token=token, remote_address=remote_address
            )
            return self._given(issued)
        birth = await self._birth_of(request)
        return self._given(await self._enrol_by_birth(csr_in(request), birth=birth, remote_address=remote_address))

    async def _birth_of(self, request: Request) -> BirthCertificate:
        certificate = request.peer.certificate
        signer = await self._signer(request)
        if certificate is None or signer is Signer.NEITHER:
            text = "send the Distribution ID and the token by HTTP Basic, or show a birth certificate by TLS"
            raise Answered(problem(401, "credentials_missing", text, headers=CHALLENGE))
        if signer is Signer.US:
            text = f"this certificate is ours and no maker's: renew it at {SIMPLEREENROLL}, or send a token"
            raise Answered(problem(403, "not_a_birth_certificate", text))
        return read_birth(certificate)

    async def _simplereenroll(self, request: Request, remote_address: str) -> Response:
        certificate = request.peer.certificate
        if certificate is None:
            text = "show the certificate to be renewed by TLS"
            raise Answered(problem(403, "client_certificate_required", text))
        if await self._signer(request) is not Signer.US:
            text = f"only a certificate of ours can be renewed: with a birth certificate go to {SIMPLEENROLL}"
            raise Answered(problem(403, "not_our_certificate", text))
        identity, csr_der = self._read_identity(certificate), csr_in(request)
        if not same_names(csr_der, certificate):
            text = "subject and alternative names of the request must be those of the certificate (RFC 7030, 4.2.2)"
            raise Answered(problem(400, "csr_names_differ", text))
        return self._given(await self._reenrol(csr_der, identity=identity, remote_address=remote_address))

    async def _signer(self, request: Request) -> Signer:
        ours = x509.load_pem_x509_certificates((await self._ca_certificates()).encode("ascii"))
        signer = signer_of(request.peer, {one.public_bytes(Encoding.DER) for one in ours}, self._makers)
        if signer is Signer.UNTOLD:
            text = "a resumed TLS session does not tell where your certificate leads to: connect anew, without resuming"
            raise Answered(problem(403, "certificate_not_proven", text))
        return signer

    def _given(self, outcome: IssuedCertificate | Waiting) -> Response:
        if isinstance(outcome, Waiting):
            text = f"request {outcome.request} waits for a dispatcher: ask again with the same key"
            return problem(202, "enrolment_pending", text, headers=(("retry-after", str(outcome.retry_after_s)),))
        return _certs_only(outcome.leaf_pem + (outcome.chain_pem if self._chain_in_answer else ""))


def _certs_only(pem: str) -> Response:
    certificates = x509.load_pem_x509_certificates(pem.encode("ascii"))
    body = _base64(pkcs7.serialize_certificates(certificates, Encoding.DER))
    return Response(status=200, content_type=_CERTS_ONLY, body=body)


def _base64(der: bytes) -> bytes:
    encoded = b64encode(der)
    lines = [encoded[at : at + _LINE] for at in range(0, len(encoded), _LINE)]
    return b"\r\n".join(lines) + b"\r\n"
