"""Whether a certificate is one of ours."""

from cryptography import x509

from servicehost.backends.authority import signing
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
    return any(signing.issued_by(certificate, one) for one in x509.load_pem_x509_certificates(issuers.encode("ascii")))
