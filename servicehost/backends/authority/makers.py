"""Makers' authorities: whose birth certificates are believed at the bootstrap door, and nowhere else."""

from collections.abc import Sequence
from pathlib import Path

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from servicehost.backends.authority.key_files import AuthorityFileError, FileFault

__all__ = ["Makers", "read_makers"]


class Makers(msgspec.Struct, frozen=True, kw_only=True):
    """The anchors that birth certificates lead to: as PEM for TLS, as DER to know them by."""

    pem: tuple[str, ...] = ()
    der: frozenset[bytes] = frozenset()


def read_makers(files: Sequence[Path], ours_pem: str) -> Makers:
    """Read PEM files, each with one certificate or more. `ours_pem` are the certificates of our own authority.

    Raises AuthorityFileError for a file that is missing or unreadable, for a certificate that is no authority's, and
    for one with a key of our own authority's: a maker's word must never pass for ours.
    """
    ours = {_key(one) for one in x509.load_pem_x509_certificates(ours_pem.encode("ascii"))}
    anchors = [one for file in files for one in _anchors_in(file, ours)]
    return Makers(
        pem=tuple(one.public_bytes(Encoding.PEM).decode("ascii") for one in anchors),
        der=frozenset(one.public_bytes(Encoding.DER) for one in anchors),
    )


def _anchors_in(file: Path, ours: set[bytes]) -> list[x509.Certificate]:
    found = _certificates(file)
    for certificate in found:
        name = certificate.subject.rfc4514_string()
        if not _is_authority(certificate):
            text = f"{name} is not an authority's certificate: take the one that signed the birth certificates"
            raise AuthorityFileError(FileFault.NO_AUTHORITY, file, text)
        if _key(certificate) in ours:
            text = f"{name} has a key of this host's own authority: take it out of enrolment.makers"
            raise AuthorityFileError(FileFault.MAKER_IS_US, file, text)
    return found


def _certificates(file: Path) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(file.read_bytes())
    except FileNotFoundError as error:
        text = "no such file: correct enrolment.makers"
        raise AuthorityFileError(FileFault.MISSING, file, text) from error
    except (OSError, ValueError) as error:
        raise AuthorityFileError(FileFault.UNREADABLE, file, f"no certificates in PEM: {error}") from error


def _is_authority(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except (x509.ExtensionNotFound, ValueError):
        return False


def _key(certificate: x509.Certificate) -> bytes:
    return certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
