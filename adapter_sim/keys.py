"""A unit's own key, the request it signs with it, and a look at the certificate it gets. No network, no files."""

from collections.abc import Sequence

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
    "issuers_of",
    "key_pem",
    "lacking_issuers",
    "new_key",
    "own_certificate",
    "pem",
    "pkcs7_of",
    "read_certificates",
    "read_key",
    "renewal_request",
    "request",
]


class CertificateUnfit(Exception):
    """What came from the bootstrap door is not what this unit can use; the text says why."""


def new_key() -> ec.EllipticCurvePrivateKey:
    """A new EC P-256 key."""
    return ec.generate_private_key(ec.SECP256R1())


def read_key(text: bytes) -> ec.EllipticCurvePrivateKey:
    """The elliptic-curve key in a PEM text. Raises CertificateUnfit for another kind of key, or none."""
    try:
        key = serialization.load_pem_private_key(text, password=None)
    except ValueError as error:
        raise CertificateUnfit(f"no key in PEM: {error}") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise CertificateUnfit("the key is no elliptic-curve key")
    return key


def key_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    """The key as PEM, unencrypted: a simulated unit has no safer place."""
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def read_certificates(text: bytes) -> list[x509.Certificate]:
    """The certificates in a PEM text, which may hold a key besides. Raises CertificateUnfit when there is none."""
    try:
        return x509.load_pem_x509_certificates(text)
    except ValueError as error:
        raise CertificateUnfit(f"no certificate in PEM: {error}") from error


def request(key: ec.EllipticCurvePrivateKey, unit: DistributionId, model_serial: str) -> bytes:
    """A PKCS#10 request in DER. It names the unit, though the authority goes by the token alone."""
    subject = x509.Name([x509.NameAttribute(NameOID.SERIAL_NUMBER, model_serial)])
    names = x509.SubjectAlternativeName([x509.UniformResourceIdentifier(unit_urn(unit))])
    builder = x509.CertificateSigningRequestBuilder().subject_name(subject).add_extension(names, critical=False)
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def renewal_request(key: ec.EllipticCurvePrivateKey, held: x509.Certificate) -> bytes:
    """A PKCS#10 request in DER for another certificate like `held`: the same subject and alternative names, as RFC 7030
    has it (section 4.2.2), for a new key.
    """
    builder = x509.CertificateSigningRequestBuilder().subject_name(held.subject)
    for extension in held.extensions:
        if isinstance(extension.value, x509.SubjectAlternativeName):
            builder = builder.add_extension(extension.value, critical=extension.critical)
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
    *,
    known: Sequence[x509.Certificate] = (),
) -> list[x509.Certificate]:
    """The one among `certificates` that is for our key, it bears our name and leads to an anchor; then what came along.

    `known` are issuers that the unit holds already: an answer need not bring them. Raises CertificateUnfit.
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
    issuers = [*anchors, *known, *(one for one in certificates if one is not leaf)]
    if not _leads_to(leaf, issuers, anchors):
        raise CertificateUnfit("the certificate does not lead to an anchor")
    return [leaf, *(one for one in certificates if one is not leaf and one not in anchors)]


def lacking_issuers(
    certificates: Sequence[x509.Certificate], known: Sequence[x509.Certificate]
) -> list[x509.Certificate]:
    """Those of `certificates` that neither one of them nor one of `known` has issued."""
    issuers = [*certificates, *known]
    return [one for one in certificates if not any(_issued(one, issuer) for issuer in issuers)]


def issuers_of(certificates: Sequence[x509.Certificate], offered: Sequence[x509.Certificate]) -> list[x509.Certificate]:
    """Those of `offered` that have issued one of `certificates`."""
    return [issuer for issuer in offered if any(_issued(one, issuer) for one in certificates)]


def pkcs7_of(certificates: Sequence[x509.Certificate]) -> bytes:
    """A certs-only PKCS#7 in DER."""
    return pkcs7.serialize_certificates(list(certificates), serialization.Encoding.DER)


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
