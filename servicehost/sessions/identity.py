"""Reads a unit's certificate. Runs at each handshake, so it touches each part of the DER once, and remembers.

What a certificate says never changes, and a unit comes back with the same one for months: after every config it tries,
and all of them at once when a line or a host was gone. To read one takes as long as the rest of the host's judgement.
"""

from functools import lru_cache
from hashlib import sha256
from typing import Final

from cryptography import x509
from cryptography.x509.oid import NameOID

from protocol.identity import (
    DistributionId,
    MalformedModelSerial,
    MalformedUnitUrn,
    ModelSerial,
    parse_model_serial,
    parse_unit_urn,
)
from servicehost.domain.certificate import CertificateFault, CertificateRefused, UnitIdentity, serial_text

__all__ = ["read_identity"]

_REMEMBERED: Final = 16_384
"""Certificates, about 2 KiB each. Nobody else can fill this: TLS lets only those through that our authority issued,
and, at the bootstrap door, trusted makers."""
# Every way in which the parser says that these octets are no certificate; none of the last three is a ValueError.
_UNREADABLE = (ValueError, x509.InvalidVersion, x509.DuplicateExtension, x509.UnsupportedGeneralNameType)


@lru_cache(maxsize=_REMEMBERED)
def read_identity(der: bytes) -> UnitIdentity:
    """The unit that the certificate `der` names. Raises CertificateRefused and nothing else.

    Judges neither the signature (TLS has) nor the dates (`domain.certificate.validity` does). A refusal is not
    remembered.
    """
    try:
        certificate = x509.load_der_x509_certificate(der)
        names, authority_key = _names_and_issuer(certificate)
        subject = certificate.subject
        not_before, not_after = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    except _UNREADABLE as error:
        raise CertificateRefused(CertificateFault.UNREADABLE, str(error) or type(error).__name__) from error
    return UnitIdentity(
        distribution_id=_unit_named(names),
        model_serial=_model_serial(subject),
        serial_number=serial_text(certificate.serial_number),
        not_before=not_before,
        not_after=not_after,
        fingerprint=sha256(der).hexdigest(),
        authority_key=authority_key,
    )


def _names_and_issuer(certificate: x509.Certificate) -> tuple[list[x509.GeneralName], str]:
    names: list[x509.GeneralName] = []
    authority_key = ""
    for extension in certificate.extensions:
        value = extension.value
        if isinstance(value, x509.SubjectAlternativeName):
            names = list(value)
        elif isinstance(value, x509.AuthorityKeyIdentifier) and value.key_identifier is not None:
            authority_key = value.key_identifier.hex()
    return names, authority_key


def _unit_named(names: list[x509.GeneralName]) -> DistributionId:
    if not names:
        raise CertificateRefused(CertificateFault.NO_UNIT_NAME, "the certificate has no alternative name")
    if len(names) > 1:
        # Not "the first that fits": a certificate that names two units, or a unit and a server, is somebody's mistake.
        raise CertificateRefused(CertificateFault.SEVERAL_NAMES, f"the certificate has {len(names)} alternative names")
    name = names[0]
    if not isinstance(name, x509.UniformResourceIdentifier):
        raise CertificateRefused(CertificateFault.NO_UNIT_NAME, "the certificate's alternative name is not a URI")
    try:
        return parse_unit_urn(name.value)
    except MalformedUnitUrn as error:
        raise CertificateRefused(CertificateFault.UNIT_NAME_MALFORMED, str(error)) from error


def _model_serial(subject: x509.Name) -> ModelSerial:
    attributes = subject.get_attributes_for_oid(NameOID.SERIAL_NUMBER)
    if not attributes:
        raise CertificateRefused(CertificateFault.NO_MODEL_SERIAL, "the certificate's subject has no serialNumber")
    if len(attributes) > 1:
        raise CertificateRefused(CertificateFault.SEVERAL_MODEL_SERIALS, "the subject has several serialNumbers")
    value = attributes[0].value
    try:
        return parse_model_serial(value if isinstance(value, str) else "")
    except MalformedModelSerial as error:
        raise CertificateRefused(CertificateFault.MODEL_SERIAL_MALFORMED, str(error)) from error
