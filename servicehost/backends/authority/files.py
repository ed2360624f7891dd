"""An authority of our own as a folder: a root, an issuing certificate under it, and their private keys.

    root.pem  root-key.pem  issuing.pem  issuing-key.pem  cross.pem

A running host reads `root.pem`, `issuing.pem` and `issuing-key.pem`. `root-key.pem` is needed only to vouch for what
comes after: whoever can should keep it elsewhere, and nothing here complains of its absence. `cross.pem` is there after
a rollover: the root, signed by the one before it. The folder of a rollover is told of in `succession`.
"""

import errno
import os
import shutil
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Final, NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from servicehost.backends.authority.key_files import AuthorityFileError, FileFault, read_key, write_key, write_public
from servicehost.backends.authority.profiles import (
    BACKDATED,
    ISSUING_LIFE,
    ROOT_LIFE,
    authority_name,
    authority_profile,
)
from servicehost.backends.authority.signing import pem, sign

__all__ = [
    "CROSS",
    "ISSUING",
    "ISSUING_KEY",
    "ROOT",
    "ROOT_KEY",
    "Issuer",
    "create_authority",
    "load_issuer",
    "read_certificate",
    "sync_folder",
    "write_authority",
]

ROOT: Final = "root.pem"
ROOT_KEY: Final = "root-key.pem"
ISSUING: Final = "issuing.pem"
ISSUING_KEY: Final = "issuing-key.pem"
CROSS: Final = "cross.pem"
_OCCUPIED: Final = (errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR)


class Issuer(NamedTuple):
    """What it takes to sign: the issuing key, its certificate, and the root that peers trust.

    `cross` is the same root signed by its predecessor: the way to us for peers that still trust only that one.
    """

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate
    root: x509.Certificate
    cross: x509.Certificate | None = None


def create_authority(
    directory: Path, *, now: datetime, passphrase: bytes | None = None, name: str = "Service host"
) -> None:
    """Make a root and an issuing certificate (EC P-256) in `directory`, which must be absent or empty.

    All or nothing: the files appear together, on disk, or not at all. The private keys have mode 0600, the folder 0700,
    and with `passphrase` both keys are encrypted. Raises AuthorityFileError EXISTS if anything is there already,
    UNWRITABLE and PASSPHRASE_EMPTY.
    """
    directory.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{directory.name}-", dir=directory.parent))
    try:
        write_authority(draft, now, passphrase, authority_name(f"{name} root"), authority_name(f"{name} issuing"))
        _put_in_place(draft, directory)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def load_issuer(directory: Path, *, passphrase: bytes | None = None) -> Issuer:
    """Read what `create_authority` made. Raises AuthorityFileError, its text naming the remedy."""
    root = read_certificate(directory / ROOT)
    certificate = read_certificate(directory / ISSUING)
    key = read_key(directory / ISSUING_KEY, passphrase)
    if certificate.public_key() != key.public_key():
        text = f"is not the key of {ISSUING}: restore the two from one backup"
        raise AuthorityFileError(FileFault.KEY_MISMATCH, directory / ISSUING_KEY, text)
    cross = read_certificate(directory / CROSS) if (directory / CROSS).exists() else None
    return Issuer(key=key, certificate=certificate, root=root, cross=cross)


def write_authority(
    directory: Path, now: datetime, passphrase: bytes | None, root_name: x509.Name, issuing_name: x509.Name
) -> x509.Certificate:
    """Write the four files of a new authority into `directory`; the root. Raises AuthorityFileError."""
    root_key, issuing_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    start = now - BACKDATED
    profile = authority_profile(root_key.public_key(), root_name, below=1)
    root = sign(profile, issuer=root_name, key=root_key, not_before=start, not_after=start + ROOT_LIFE)
    profile = authority_profile(issuing_key.public_key(), issuing_name, below=0)
    issuing = sign(profile, issuer=root_name, key=root_key, not_before=start, not_after=start + ISSUING_LIFE)
    write_key(directory / ROOT_KEY, root_key, passphrase)
    write_key(directory / ISSUING_KEY, issuing_key, passphrase)
    write_public(directory / ROOT, pem(root))
    write_public(directory / ISSUING, pem(issuing))
    return root


def _put_in_place(draft: Path, directory: Path) -> None:
    sync_folder(draft)
    try:
        # A folder can be renamed onto an empty one and onto nothing else: the check and the deed are one step.
        draft.rename(directory)
    except OSError as error:
        if error.errno not in _OCCUPIED:
            text = f"cannot be made: {error.strerror}"
            raise AuthorityFileError(FileFault.UNWRITABLE, directory, text) from error
        text = "is not empty: an authority is never overwritten, for every unit trusts the old one; move it away first"
        raise AuthorityFileError(FileFault.EXISTS, directory, text) from error
    sync_folder(directory.parent)


def sync_folder(directory: Path) -> None:
    """Make durable which names the folder has."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read_certificate(path: Path) -> x509.Certificate:
    """The certificate in a PEM file. Raises AuthorityFileError MISSING or UNREADABLE."""
    try:
        return x509.load_pem_x509_certificate(path.read_bytes())
    except FileNotFoundError as error:
        text = "no such file: is this the authority's folder?"
        raise AuthorityFileError(FileFault.MISSING, path, text) from error
    except (OSError, ValueError) as error:
        raise AuthorityFileError(FileFault.UNREADABLE, path, f"not a certificate in PEM: {error}") from error
