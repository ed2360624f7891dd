"""Whose certificate a peer showed at this door: one of ours, or a maker's. Judged by its anchor alone."""

from collections.abc import Collection
from enum import Enum
from hashlib import sha256

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.x509.oid import NameOID

from protocol.identity import MalformedModelSerial, parse_model_serial
from servicehost.bootstrap.http import Peer
from servicehost.domain.birth import BirthCertificate
from servicehost.domain.certificate import CertificateFault, CertificateRefused
from servicehost.ports.authority import CsrRefusal, CsrRefused

__all__ = ["Signer", "read_birth", "same_names", "signer_of"]

# Every way in which the parser says that these octets are no certificate; none of the last three is a ValueError.
_UNREADABLE = (ValueError, x509.InvalidVersion, x509.DuplicateExtension, x509.UnsupportedGeneralNameType)


class Signer(Enum):
    """Whose anchor a certificate leads to."""

    US = "us"
    A_MAKER = "a_maker"
    NEITHER = "neither"
    """An anchor that was trusted when the connection was made and is no more."""
    UNTOLD = "untold"
    """TLS tells no chain, as after a resumption, and no anchor has signed the certificate itself."""


def signer_of(peer: Peer, ours: Collection[bytes], makers: Collection[bytes]) -> Signer:
    """By the anchor (DER) that the proven chain ends in.

    Where TLS tells no chain, by who signed the peer's certificate itself.
    """
    if peer.certificate is None:
        return Signer.NEITHER
    if peer.chain:
        end = peer.chain[-1]
        return Signer.US if end in ours else Signer.A_MAKER if end in makers else Signer.NEITHER
    if _signed_by_one_of(peer.certificate, ours):
        return Signer.US
    return Signer.A_MAKER if _signed_by_one_of(peer.certificate, makers) else Signer.UNTOLD


def read_birth(der: bytes) -> BirthCertificate:
    """Raises CertificateRefused and nothing else. Its subject's serialNumber is the model-serial printed on the box."""
    try:
        certificate = x509.load_der_x509_certificate(der)
        subject = certificate.subject
        not_before, not_after = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    except _UNREADABLE as error:
        raise CertificateRefused(CertificateFault.UNREADABLE, str(error) or type(error).__name__) from error
    serials = subject.get_attributes_for_oid(NameOID.SERIAL_NUMBER)
    if len(serials) != 1:
        code = CertificateFault.SEVERAL_MODEL_SERIALS if serials else CertificateFault.NO_MODEL_SERIAL
        raise CertificateRefused(code, f"the subject has {len(serials)} serialNumbers; a birth certificate has one")
    value = serials[0].value
    try:
        model_serial = parse_model_serial(value if isinstance(value, str) else "")
    except MalformedModelSerial as error:
        raise CertificateRefused(CertificateFault.MODEL_SERIAL_MALFORMED, str(error)) from error
    return BirthCertificate(
        model_serial=model_serial, not_before=not_before, not_after=not_after, fingerprint=sha256(der).hexdigest()
    )


def same_names(csr_der: bytes, certificate_der: bytes) -> bool:
    """Whether a request asks for the subject and the alternative names of a certificate (RFC 7030, section 4.2.2).

    `certificate_der` is one that was read before. Raises CsrRefused CSR_UNREADABLE.
    """
    certificate = x509.load_der_x509_certificate(certificate_der)
    try:
        request = x509.load_der_x509_csr(csr_der)
        subject, names = request.subject, _alternative_names(request.extensions)
    except _UNREADABLE as error:
        raise CsrRefused(CsrRefusal.UNREADABLE, f"not a PKCS#10 request in DER: {error}") from error
    return subject == certificate.subject and names == _alternative_names(certificate.extensions)


def _alternative_names(extensions: x509.Extensions) -> list[x509.GeneralName]:
    for extension in extensions:
        if isinstance(extension.value, x509.SubjectAlternativeName):
            return list(extension.value)
    return []


def _signed_by_one_of(der: bytes, anchors: Collection[bytes]) -> bool:
    return any(_signed_by(der, anchor) for anchor in anchors)


def _signed_by(der: bytes, anchor: bytes) -> bool:
    try:
        x509.load_der_x509_certificate(der).verify_directly_issued_by(x509.load_der_x509_certificate(anchor))
    except (*_UNREADABLE, TypeError, InvalidSignature):
        return False
    return True
