"""Whether a certificate is one of ours."""

from cryptography import x509
from cryptography.exceptions import InvalidSignature

from servicehost.ports.authority import Authority

__all__ = ["issued_by"]


async def issued_by(authority: Authority, der: bytes) -> bool:
    """Whether the authority in force, or one of its anchors, signed the certificate `der`. Says nothing of dates.

    Raises AuthorityUnavailable.
    """
    issuers = await authority.chain_pem() + await authority.anchors_pem()
    try:
        certificate = x509.load_der_x509_certificate(der)
    except ValueError:
        return False
    return any(_signed(certificate, one) for one in x509.load_pem_x509_certificates(issuers.encode("ascii")))


def _signed(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True
