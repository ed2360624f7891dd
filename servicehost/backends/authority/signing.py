"""Puts issuer, number, dates and signature on a profile."""

from datetime import datetime
from hashlib import sha256

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from servicehost.backends.authority.requests import AcceptedKey
from servicehost.domain.certificate import serial_text
from servicehost.ports.authority import IssuedCertificate

__all__ = ["fingerprint_of_key", "issued", "pem", "sign"]


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


def pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(Encoding.PEM).decode("ascii")


def fingerprint_of_key(key: AcceptedKey) -> str:
    """SHA-256 of its SubjectPublicKeyInfo."""
    return sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()


def issued(
    certificate: x509.Certificate, key: AcceptedKey, *, chain_pem: str, anchor: x509.Certificate
) -> IssuedCertificate:
    """`certificate`, which is for `key` and leads to `anchor`, in the words of the port."""
    der = certificate.public_bytes(Encoding.DER)
    return IssuedCertificate(
        leaf_pem=pem(certificate),
        chain_pem=chain_pem,
        der=der,
        serial_number=serial_text(certificate.serial_number),
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
        fingerprint=sha256(der).hexdigest(),
        key_fingerprint=fingerprint_of_key(key),
        anchor=sha256(anchor.public_bytes(Encoding.DER)).hexdigest(),
    )
