"""The location document: its signer's key and certificate, what it says, and for how much longer."""

import stat
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature

from protocol.location import SIGNER_PURPOSE
from servicehost.backends.authority.files import ISSUING
from servicehost.backends.authority.key_files import AuthorityFileError, read_key
from servicehost.backends.authority.location import SIGNER, SIGNER_KEY
from servicehost.cli.checks.finding import Finding, error, fine, warning
from servicehost.locating import LOCAL_NAME, own_name
from servicehost.settings.tables import Settings

__all__ = ["check_location"]

SOON: Final = timedelta(days=30)
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
_START: Final = "start the host: it makes and renews this certificate by itself"
_REMAKE: Final = "remove both location-signer files and start the host: it makes new ones, which units trust"


def check_location(settings: Settings, now: datetime) -> Iterator[Finding]:
    """The signer's files beside the doors' certificate, and whether the hosts named can be reached from elsewhere."""
    folder = settings.host.certificate_folder
    yield from _signer(folder, settings.authority.folder / ISSUING, now)
    yield from _hosts(settings)


def _signer(folder: Path, issuing: Path, now: datetime) -> Iterator[Finding]:
    path = folder / SIGNER
    try:
        signer = x509.load_pem_x509_certificates(path.read_bytes())[0]
    except FileNotFoundError:
        yield warning("location_signer_missing", f"there is no {path}: nothing can tell units where to call", _START)
        return
    except (OSError, ValueError) as fault:
        yield error("location_signer_unreadable", f"{path} cannot be read: {fault}", _REMAKE)
        return
    yield _key(folder / SIGNER_KEY, signer)
    yield _purpose(path, signer)
    yield from _issuer(path, signer, issuing)
    yield _dates(path, signer, now)


def _key(path: Path, signer: x509.Certificate) -> Finding:
    if path.exists() and path.stat().st_mode & _OTHERS:
        mode = stat.S_IMODE(path.stat().st_mode)
        return error("location_key_exposed", f"others can read {path} (mode {mode:04o})", f"chmod 600 {path}")
    try:
        key = read_key(path, None)
    except AuthorityFileError as fault:
        return error("location_key_unusable", f"{fault.path}: {fault.text}", _REMAKE)
    if key.public_key() != signer.public_key():
        return error("location_key_mismatch", f"{path} is not the key of {SIGNER} beside it", _REMAKE)
    return fine("location_key", "the location document's key belongs to its certificate and is private")


def _purpose(path: Path, signer: x509.Certificate) -> Finding:
    try:
        purposes = {one.dotted_string for one in signer.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value}
    except x509.ExtensionNotFound:
        purposes = set()
    if purposes != {SIGNER_PURPOSE}:
        text = f"{path} is not a certificate for signing location documents: units will refuse them"
        return error("location_signer_without_purpose", text, _REMAKE)
    return fine("location_signer_purpose", "the location document's certificate is for that and for nothing else")


def _issuer(path: Path, signer: x509.Certificate, issuing: Path) -> Iterator[Finding]:
    try:
        signer.verify_directly_issued_by(x509.load_pem_x509_certificate(issuing.read_bytes()))
    except OSError:
        return  # the check of the authority's own files says so
    except (ValueError, TypeError, InvalidSignature):
        text = f"{path} was not issued by the authority of today"
        yield warning("location_signer_of_another_authority", text, _START)


def _dates(path: Path, signer: x509.Certificate, now: datetime) -> Finding:
    ends = signer.not_valid_after_utc
    if now >= ends:
        return error("location_signer_expired", f"{path} has run out on {ends:%Y-%m-%d}", _START)
    if ends - now < SOON:
        return warning("location_signer_ends_soon", f"{path} holds for {(ends - now).days} more days", _START)
    return fine("location_signer_valid", f"{path} holds for {(ends - now).days} more days")


def _hosts(settings: Settings) -> Iterator[Finding]:
    if settings.location.hosts:
        yield fine("location_hosts", f"units are told to call {', '.join(settings.location.hosts)}")
        return
    try:
        name = own_name(settings.host.certificate_folder, settings.adapters_door.addresses)
    except AuthorityFileError:
        return  # the check of the doors' certificate says so
    if name == LOCAL_NAME:
        text = "units are told to call localhost, which is this host only for itself"
        remedy = "set location.hosts, or make the host with `servicehost init --name` of its DNS name"
        yield warning("location_hosts_local", text, remedy)
    else:
        yield fine("location_hosts", f"units are told to call {name}")
