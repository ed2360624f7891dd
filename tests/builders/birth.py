"""A maker of boxes: its authority, and the birth certificates it burns into them."""

import datetime as dt
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.builders.certificates import Authority, Credential, authority, begin

__all__ = ["NO_END", "Born", "Maker"]

NO_END = dt.datetime(9999, 12, 31, 23, 59, 59, tzinfo=dt.UTC)


class Born(NamedTuple):
    """PEM files of a box: its certificate with the maker's issuing one behind it, and its key."""

    certificate: Path
    key: Path
    der: bytes
    chain: tuple[bytes, ...]
    """DER, from the box's own to the maker's root."""


class Maker:
    """Its root is what a host trusts; boxes are signed by an issuing authority below."""

    def __init__(self, folder: Path, name: str = "Maker") -> None:
        self.folder = folder
        self.authority: Authority = authority(name)
        self.root = folder / f"{name}-root.pem"
        self.root.write_text(self.authority.root_pem)

    @property
    def anchor(self) -> bytes:
        """DER of the root."""
        return _der(self.authority.root.certificate)

    def born(
        self,
        model_serial: str | None,
        *,
        ends: dt.datetime = NO_END,
        names: tuple[x509.GeneralName, ...] = (),
        issuer: Credential | None = None,
    ) -> Born:
        key = ec.generate_private_key(ec.SECP256R1())
        subject = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, "A maker")]
        if model_serial is not None:
            subject.append(x509.NameAttribute(NameOID.SERIAL_NUMBER, model_serial))
        by = issuer or self.authority.issuing
        start = self.authority.now - dt.timedelta(days=3_000)
        builder = begin(x509.Name(subject), key, by, not_before=start, life=ends - start)
        if names:
            builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        leaf = builder.sign(by.key, hashes.SHA256())
        certificate = self.folder / f"birth-{leaf.serial_number}.pem"
        certificate.write_text(_pem(leaf) + _pem(by.certificate))
        kept = self.folder / f"birth-{leaf.serial_number}.key"
        form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        kept.write_bytes(key.private_bytes(*form))
        return Born(certificate, kept, _der(leaf), (_der(leaf), _der(by.certificate), self.anchor))


def _der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.DER)


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()
