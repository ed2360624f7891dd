"""Puts issuer, number, dates and signature on a profile."""

from datetime import datetime
from hashlib import sha256

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from servicehost.domain.certificate import serial_text
from servicehost.ports.authority import IssuedCertificate

__all__ = ["fingerprint", "issued", "issued_by", "pem", "sign"]


def sign(
    profile: x509.CertificateBuilder,
    *,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    not_before: datetime,
    not_after: datetime,
) -> x509.Certificate:
    """The finished certificate, its number drawn at random (159 bits)."""
    above = x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key())
    return (
        profile.add_extension(above, critical=False)
        .issuer_name(issuer)
        .serial_number(x509.random_serial_number())
        .not_valid_before(not_before)
        .not_valid_after(not_after)
        .sign(key, hashes.SHA256())
    )


def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 of its DER, 64 lower-case hex digits."""
    return sha256(certificate.public_bytes(Encoding.DER)).hexdigest()


def pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(Encoding.PEM).decode("ascii")


def issued_by(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    """Whether `issuer` has signed it, by name and by key."""
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def issued(certificate: x509.Certificate, chain_pem: str, anchor: x509.Certificate) -> IssuedCertificate:
    """`certificate` in the words of the port; `chain_pem` leads from it to `anchor`."""
    der = certificate.public_bytes(Encoding.DER)
    return IssuedCertificate(
        leaf_pem=pem(certificate),
        chain_pem=chain_pem,
        der=der,
        serial_number=serial_text(certificate.serial_number),
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
        fingerprint=sha256(der).hexdigest(),
        anchor=fingerprint(anchor),
    )
