"""An authority of our own as a folder: a root, an issuing certificate under it, and their private keys.

    root.pem  root-key.pem  issuing.pem  issuing-key.pem

A running host reads `root.pem`, `issuing.pem` and `issuing-key.pem`. `root-key.pem` is needed only to make the next
issuing certificate: whoever can should keep it elsewhere, and nothing here complains of its absence.
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
from cryptography.x509.oid import NameOID

from servicehost.backends.authority.key_files import AuthorityFileError, FileFault, read_key, write_key, write_public
from servicehost.backends.authority.profiles import BACKDATED, ISSUING_LIFE, ROOT_LIFE, authority_profile
from servicehost.backends.authority.signing import pem, sign

__all__ = ["ISSUING", "ISSUING_KEY", "ROOT", "ROOT_KEY", "Issuer", "create_authority", "load_issuer"]

ROOT: Final = "root.pem"
ROOT_KEY: Final = "root-key.pem"
ISSUING: Final = "issuing.pem"
ISSUING_KEY: Final = "issuing-key.pem"
_OCCUPIED: Final = (errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR)


class Issuer(NamedTuple):
    """What it takes to sign: the issuing key, its certificate, and the root that peers trust."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate
    root: x509.Certificate


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
        _write_authority(draft, now, passphrase, name)
        _put_in_place(draft, directory)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def load_issuer(directory: Path, *, passphrase: bytes | None = None) -> Issuer:
    """Read what `create_authority` made. Raises AuthorityFileError, its text naming the remedy."""
    root = _read_certificate(directory / ROOT)
    certificate = _read_certificate(directory / ISSUING)
    key = read_key(directory / ISSUING_KEY, passphrase)
    if certificate.public_key() != key.public_key():
        text = f"is not the key of {ISSUING}: restore the two from one backup"
        raise AuthorityFileError(FileFault.KEY_MISMATCH, directory / ISSUING_KEY, text)
    return Issuer(key=key, certificate=certificate, root=root)


def _write_authority(directory: Path, now: datetime, passphrase: bytes | None, name: str) -> None:
    root_key, issuing_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    profile = authority_profile(root_key.public_key(), f"{name} root", below=1)
    common_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"{name} root")])
    start = now - BACKDATED
    root = sign(profile, issuer=common_name, key=root_key, not_before=start, not_after=start + ROOT_LIFE)
    profile = authority_profile(issuing_key.public_key(), f"{name} issuing", below=0)
    issuing = sign(profile, issuer=root.subject, key=root_key, not_before=start, not_after=start + ISSUING_LIFE)
    write_key(directory / ROOT_KEY, root_key, passphrase)
    write_key(directory / ISSUING_KEY, issuing_key, passphrase)
    write_public(directory / ROOT, pem(root))
    write_public(directory / ISSUING, pem(issuing))


def _put_in_place(draft: Path, directory: Path) -> None:
    _sync(draft)
    try:
        # A folder can be renamed onto an empty one and onto nothing else: the check and the deed are one step.
        draft.rename(directory)
    except OSError as error:
        if error.errno not in _OCCUPIED:
            text = f"cannot be made: {error.strerror}"
            raise AuthorityFileError(FileFault.UNWRITABLE, directory, text) from error
        text = "is not empty: an authority is never overwritten, for every unit trusts the old one; move it away first"
        raise AuthorityFileError(FileFault.EXISTS, directory, text) from error
    _sync(directory.parent)


def _sync(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _read_certificate(path: Path) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(path.read_bytes())
    except FileNotFoundError as error:
        text = "no such file: is this the authority's folder?"
        raise AuthorityFileError(FileFault.MISSING, path, text) from error
    except (OSError, ValueError) as error:
        raise AuthorityFileError(FileFault.UNREADABLE, path, f"not a certificate in PEM: {error}") from error
