"""What each kind of certificate contains. One function a kind, no other place decides an extension."""

from collections.abc import Sequence
from datetime import timedelta
from ipaddress import IPv4Address, IPv6Address
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

from protocol.identity import DistributionId, ModelSerial, unit_urn
from protocol.location import SIGNER_PURPOSE
from servicehost.backends.authority.requests import AcceptedKey

__all__ = [
    "BACKDATED",
    "HOST_LIFE",
    "ISSUING_LIFE",
    "ROOT_LIFE",
    "SIGNER_LIFE",
    "UNIT_LIFE",
    "authority_name",
    "authority_profile",
    "host_profile",
    "signer_profile",
    "unit_profile",
]

UNIT_LIFE: Final = timedelta(days=365)
HOST_LIFE: Final = timedelta(days=365)
SIGNER_LIFE: Final = timedelta(days=365)
ISSUING_LIFE: Final = timedelta(days=3653)
ROOT_LIFE: Final = timedelta(days=7305)
BACKDATED: Final = timedelta(minutes=1)
"""A peer whose clock is a little behind ours must not meet a certificate from its future."""


def unit_profile(
    key: AcceptedKey, distribution_id: DistributionId, model_serial: ModelSerial
) -> x509.CertificateBuilder:
    """A unit's client certificate, still without issuer and dates."""
    subject = x509.Name([x509.NameAttribute(NameOID.SERIAL_NUMBER, str(model_serial))])
    names = x509.SubjectAlternativeName([x509.UniformResourceIdentifier(unit_urn(distribution_id))])
    return _leaf(key, subject, ExtendedKeyUsageOID.CLIENT_AUTH).add_extension(names, critical=False)


def host_profile(
    key: AcceptedKey, names: Sequence[str], addresses: Sequence[IPv4Address | IPv6Address]
) -> x509.CertificateBuilder:
    """The doors' server certificate, still without issuer and dates. Raises ValueError as the port says."""
    everything: list[x509.GeneralName] = [x509.DNSName(_dns_name(name)) for name in names]
    everything += [x509.IPAddress(address) for address in addresses]
    if not everything:
        raise ValueError("a server certificate needs at least one name or address")
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Service host")])
    return _leaf(key, subject, ExtendedKeyUsageOID.SERVER_AUTH).add_extension(
        x509.SubjectAlternativeName(everything), critical=False
    )


def signer_profile(key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
    """The certificate of the key that signs location documents, still without issuer and dates.

    Its one extended key usage is our own, and critical: TLS takes it for neither a unit nor a host, and no unit's or
    door's certificate has it, so none of their keys can ever say where the fleet shall call.
    """
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Location service")])
    return _leaf(key, subject, ObjectIdentifier(SIGNER_PURPOSE), critical=True)


def authority_name(text: str) -> x509.Name:
    """The subject of an authority that people know by this name."""
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def authority_profile(key: ec.EllipticCurvePublicKey, subject: x509.Name, below: int) -> x509.CertificateBuilder:
    """A certificate that signs certificates, with at most `below` authorities under it; without issuer and dates."""
    usage = _usage(key_cert_sign=True, crl_sign=True)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .public_key(key)
        .add_extension(x509.BasicConstraints(ca=True, path_length=below), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _leaf(
    key: AcceptedKey, subject: x509.Name, purpose: ObjectIdentifier, *, critical: bool = False
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .public_key(key)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(digital_signature=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage([purpose]), critical=critical)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _usage(*, digital_signature: bool = False, key_cert_sign: bool = False, crl_sign: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=key_cert_sign,
        crl_sign=crl_sign,
        encipher_only=False,
        decipher_only=False,
    )


def _dns_name(name: str) -> str:
    """`name` if it is a host name in its wire form (letters, digits, hyphens, dots). Raises ValueError."""
    labels = name.split(".")
    fine = len(name) <= 253 and all(_is_label(label) for label in labels)  # noqa: PLR2004  (RFC 1035)
    if not fine or labels[-1].isdigit():
        raise ValueError(f"not a DNS name: {name!a} (an address belongs among the addresses)")
    return name.lower()


def _is_label(label: str) -> bool:
    if not 1 <= len(label) <= 63 or label.startswith("-") or label.endswith("-"):  # noqa: PLR2004  (RFC 1035)
        return False
    return label.isascii() and label.replace("-", "a").isalnum()
