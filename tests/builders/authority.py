"""An authority in a temporary folder, and certificates with any names one likes."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from protocol.identity import parse_distribution_id, parse_model_serial
from servicehost.backends.authority.files import create_authority, load_issuer
from servicehost.backends.authority.local import LocalAuthority

__all__ = ["MODEL_SERIAL", "NOW", "UNIT", "any_certificate", "local_authority", "request_by"]

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
UNIT = parse_distribution_id("0001-0000-0000-000B-02E0-4DFF-FE10-0128")
MODEL_SERIAL = parse_model_serial("SA-W2-0123AB")


def local_authority(folder: Path, now: datetime = NOW) -> LocalAuthority:
    create_authority(folder / "authority", now=now)
    return LocalAuthority(load_issuer(folder / "authority"))


def request_by(key: ec.EllipticCurvePrivateKey) -> bytes:
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([]))
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)


def any_certificate(
    names: Sequence[x509.GeneralName] = (), serials: Sequence[str] = (), *, now: datetime = NOW
) -> bytes:
    """A self-signed certificate in DER with these alternative names and these subject serialNumbers."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.SERIAL_NUMBER, serial) for serial in serials])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(0x0A0B)
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=1))
    )
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)
