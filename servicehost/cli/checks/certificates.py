"""The authority's and the doors' certificates and keys: there, whole, private, and for how much longer."""

import os
import stat
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature

from servicehost.backends.authority.doors import DOOR, DOOR_KEY
from servicehost.backends.authority.files import ISSUING, ISSUING_KEY, ROOT, load_issuer
from servicehost.backends.authority.key_files import AuthorityFileError, read_key
from servicehost.backends.authority.passphrase import read_passphrase
from servicehost.cli.checks.finding import Finding, error, fine, warning
from servicehost.settings.host import HostSettings
from servicehost.settings.store import AuthoritySettings

__all__ = ["check_certificates"]

SOON: Final = timedelta(days=30)
_RESTORE: Final = "restore the folder from a backup; `servicehost init` makes a new one, which no unit there is trusts"
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


def check_certificates(authority: AuthoritySettings, host: HostSettings, now: datetime) -> Iterator[Finding]:
    """Presence, modes of keys, dates, the pairs of key and certificate, and the chain from door to root."""
    chain = [
        *_authority_files(authority),
        (host.certificate_folder / DOOR, "start the host: it renews this certificate by itself"),
    ]
    found: list[x509.Certificate] = []
    for path, renewal in chain:
        certificate, findings = _certificate(path, renewal, now)
        yield from findings
        if certificate is not None:
            found.append(certificate)
    yield from _keys(authority, host, found[-1] if len(found) == len(chain) else None)
    if authority.backend == "files" and len(found) == len(chain):
        yield from _chain(found)


def _authority_files(authority: AuthoritySettings) -> list[tuple[Path, str]]:
    if authority.backend == "files":
        renewal = "roll over to a new authority while this one holds: `servicehost authority rollover start`"
        return [(authority.folder / ROOT, renewal), (authority.folder / ISSUING, renewal)]
    renewal = "roll the authority over where it is, then add its new certificate to this file"
    return [(path, renewal) for path in (authority.anchors_file, authority.chain_file) if path is not None]


def _certificate(path: Path, renewal: str, now: datetime) -> tuple[x509.Certificate | None, list[Finding]]:
    try:
        certificate = x509.load_pem_x509_certificates(path.read_bytes())[0]
    except FileNotFoundError:
        return None, [error("certificate_missing", f"{path} is not there", _RESTORE)]
    except (OSError, ValueError) as fault:
        return None, [error("certificate_unreadable", f"{path} cannot be read: {fault}", _RESTORE)]
    return certificate, [_dates(path, certificate, renewal, now)]


def _dates(path: Path, certificate: x509.Certificate, renewal: str, now: datetime) -> Finding:
    begins, ends = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if now < begins:
        return error("certificate_not_yet_valid", f"{path} holds from {begins:%Y-%m-%d %H:%M} UTC", "check the clock")
    if now >= ends:
        return error("certificate_expired", f"{path} has run out on {ends:%Y-%m-%d}", renewal)
    days = (ends - now).days
    if ends - now < SOON:
        return warning("certificate_ends_soon", f"{path} holds for {days} more days", renewal)
    return fine("certificate_valid", f"{path} holds for {days} more days")


def _keys(authority: AuthoritySettings, host: HostSettings, door: x509.Certificate | None) -> Iterator[Finding]:
    door_key = host.certificate_folder / DOOR_KEY
    for path in (authority.folder / ISSUING_KEY, door_key) if authority.backend == "files" else (door_key,):
        if path.exists() and path.stat().st_mode & _OTHERS:
            mode = stat.S_IMODE(path.stat().st_mode)
            yield error("key_exposed", f"others can read {path} (mode {mode:04o})", f"chmod 600 {path}")
            return
    try:
        if authority.backend == "files":
            variable = authority.passphrase_variable or None
            passphrase = read_passphrase(authority.passphrase_file, variable, os.environ)
            load_issuer(authority.folder, passphrase=passphrase)
        key = read_key(door_key, None)
    except AuthorityFileError as fault:
        yield error(fault.code.value, f"{fault.path}: {fault.text}", _RESTORE)
    except OSError as fault:
        text = f"{fault.filename}: {fault.strerror}"
        yield error("passphrase_unreadable", text, "correct authority.passphrase_file, or the mode of that file")
    else:
        if door is not None and door.public_key() != key.public_key():
            yield error("door_key_mismatch", f"{door_key} is not the key of {DOOR} beside it", _RESTORE)
        else:
            yield fine("keys_private", "the keys belong to their certificates and are readable by their owner alone")


def _chain(chain: list[x509.Certificate]) -> Iterator[Finding]:
    root, issuing, door = chain
    try:
        issuing.verify_directly_issued_by(root)
        door.verify_directly_issued_by(issuing)
    except (ValueError, TypeError, InvalidSignature):
        text = "the certificates do not lead from the doors to the root: units will refuse this host"
        yield error("chain_broken", text, _RESTORE)
    else:
        yield fine("chain_whole", "the doors' certificate leads to the root")
