"""A unit's own key, the request it signs with it, and a look at the certificate it gets. No network."""

import os
from collections.abc import Sequence
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509.oid import NameOID

from protocol.identity import DistributionId, unit_urn

__all__ = [
    "CertificateUnfit",
    "anchors_in",
    "certificates_in",
    "own_certificate",
    "own_key",
    "pem",
    "request",
    "write_private",
]


class CertificateUnfit(Exception):
    """What came from the bootstrap door is not what this unit can use; the text says why."""


def own_key(path: Path) -> ec.EllipticCurvePrivateKey:
    """The EC P-256 key in `path`, made there first if there is none. Only its owner can read it.

    Raises CertificateUnfit for a file that holds another kind of key or none, OSError.
    """
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except FileNotFoundError:
        return _new_key(path)
    except ValueError as error:
        raise CertificateUnfit(f"{path}: {error}") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise CertificateUnfit(f"{path} holds no elliptic-curve key")
    return key


def _new_key(path: Path) -> ec.EllipticCurvePrivateKey:
    key = ec.generate_private_key(ec.SECP256R1())
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    write_private(path, private)
    return key


def write_private(path: Path, data: bytes) -> None:
    """Write `path` whole or not at all, readable by its owner alone from its first moment."""
    beside = path.with_name(path.name + ".new")
    beside.unlink(missing_ok=True)
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
    beside.replace(path)


def request(key: ec.EllipticCurvePrivateKey, unit: DistributionId, model_serial: str) -> bytes:
    """A PKCS#10 request in DER. It names the unit, though the authority goes by the token alone."""
    subject = x509.Name([x509.NameAttribute(NameOID.SERIAL_NUMBER, model_serial)])
    names = x509.SubjectAlternativeName([x509.UniformResourceIdentifier(unit_urn(unit))])
    builder = x509.CertificateSigningRequestBuilder().subject_name(subject).add_extension(names, critical=False)
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def certificates_in(pkcs7_der: bytes) -> list[x509.Certificate]:
    """The certificates of a certs-only PKCS#7. Raises CertificateUnfit."""
    try:
        return pkcs7.load_der_pkcs7_certificates(pkcs7_der)
    except ValueError as error:
        raise CertificateUnfit(f"no certs-only PKCS#7: {error}") from error


def anchors_in(certificates: Sequence[x509.Certificate]) -> list[x509.Certificate]:
    """The authorities among them. Raises CertificateUnfit when there is none, or when one is not an authority."""
    if not certificates:
        raise CertificateUnfit("no anchor was given")
    for certificate in certificates:
        try:
            constraints = certificate.extensions.get_extension_for_class(x509.BasicConstraints).value
        except x509.ExtensionNotFound:
            constraints = None
        if constraints is None or not constraints.ca:
            raise CertificateUnfit(f"{certificate.subject.rfc4514_string()} is not an authority")
    return list(certificates)


def own_certificate(
    certificates: Sequence[x509.Certificate],
    key: ec.EllipticCurvePrivateKey,
    unit: DistributionId,
    anchors: Sequence[x509.Certificate],
) -> list[x509.Certificate]:
    """The one among `certificates` that is for our key, it bears our name and leads to an anchor; then what came along.

    Raises CertificateUnfit.
    """
    leaf = next((one for one in certificates if one.public_key() == key.public_key()), None)
    if leaf is None:
        raise CertificateUnfit("no certificate is for our key")
    try:
        names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        names = x509.SubjectAlternativeName([])
    uris = names.get_values_for_type(x509.UniformResourceIdentifier)
    if uris != [unit_urn(unit)]:
        raise CertificateUnfit(f"the certificate names {uris}, not {unit_urn(unit)}")
    issuers = [*anchors, *(one for one in certificates if one is not leaf)]
    if not _leads_to(leaf, issuers, anchors):
        raise CertificateUnfit("the certificate does not lead to an anchor")
    return [leaf, *(one for one in certificates if one is not leaf and one not in anchors)]


def _leads_to(leaf: x509.Certificate, issuers: Sequence[x509.Certificate], anchors: Sequence[x509.Certificate]) -> bool:
    """Whether a chain of signatures leads from `leaf` to an anchor. Lengths and dates are the TLS layer's business."""
    at = leaf
    for _ in range(len(issuers) + 1):
        if at in anchors:
            return True
        issuer = next((one for one in issuers if one is not at and _issued(at, one)), None)
        if issuer is None:
            return False
        at = issuer
    return False


def _issued(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def pem(certificates: Sequence[x509.Certificate]) -> bytes:
    """PEM, one after another."""
    return b"".join(one.public_bytes(serialization.Encoding.PEM) for one in certificates)
