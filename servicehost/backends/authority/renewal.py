"""When the doors' certificate is due for renewal, and its renewal under the same names."""

from datetime import datetime
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path
from typing import Final

from cryptography import x509

from servicehost.backends.authority.doors import DOOR, renew_door_certificate
from servicehost.backends.authority.key_files import AuthorityFileError, FileFault
from servicehost.backends.authority.signing import issued_by
from servicehost.ports.authority import Authority

__all__ = ["RENEWED_AFTER", "names_in_door_certificate", "renew_door_certificate_if_due"]

RENEWED_AFTER: Final = 2 / 3
"""Of its life: a third of it, four months, is left for whatever stands in the way of the renewal."""


async def renew_door_certificate_if_due(authority: Authority, directory: Path, *, now: datetime) -> bool:
    """Whether the certificate in `directory` was due and has been renewed, with the names and addresses it had.

    Due is one whose time is coming, and one that leads to no anchor in force any more.

    Raises AuthorityFileError for one that is missing or unreadable, else as `renew_door_certificate`.
    """
    certificate = _read(directory / DOOR)
    begins, ends = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if now < begins + (ends - begins) * RENEWED_AFTER and await _is_of(authority, certificate):
        return False
    names, addresses = _names_of(certificate)
    await renew_door_certificate(authority, directory, names=names, addresses=addresses, now=now)
    return True


def names_in_door_certificate(directory: Path) -> tuple[list[str], list[IPv4Address | IPv6Address]]:
    """The names and the addresses under which the doors in `directory` can be believed. Raises AuthorityFileError."""
    return _names_of(_read(directory / DOOR))


async def _is_of(authority: Authority, certificate: x509.Certificate) -> bool:
    pem = await authority.chain_pem() + await authority.anchors_pem()
    return any(issued_by(certificate, one) for one in x509.load_pem_x509_certificates(pem.encode("ascii")))


def _read(path: Path) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificates(path.read_bytes())[0]
    except FileNotFoundError as error:
        text = "no such file: set host.certificate_folder, or restore it from a backup"
        raise AuthorityFileError(FileFault.MISSING, path, text) from error
    except (OSError, ValueError) as error:
        raise AuthorityFileError(FileFault.UNREADABLE, path, f"not a certificate in PEM: {error}") from error


def _names_of(certificate: x509.Certificate) -> tuple[list[str], list[IPv4Address | IPv6Address]]:
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    addresses = names.get_values_for_type(x509.IPAddress)
    return names.get_values_for_type(x509.DNSName), [
        one for one in addresses if isinstance(one, IPv4Address | IPv6Address)
    ]
