"""Private keys on disk: written once, readable by their owner alone, refused if anybody else can read them."""

import os
import stat
from enum import StrEnum
from pathlib import Path
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

__all__ = ["AuthorityFileError", "FileFault", "read_key", "write_key", "write_public"]

_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


class FileFault(StrEnum):
    EXISTS = "authority_file_exists"
    MISSING = "authority_file_missing"
    UNREADABLE = "authority_file_unreadable"
    UNWRITABLE = "authority_file_unwritable"
    NO_AUTHORITY = "maker_not_an_authority"
    MAKER_IS_US = "maker_is_our_authority"
    KEY_EXPOSED = "authority_key_exposed"
    KEY_UNSUPPORTED = "authority_key_unsupported"
    KEY_MISMATCH = "authority_key_mismatch"
    PASSPHRASE_NEEDED = "authority_passphrase_needed"  # noqa: S105  (names of faults)
    PASSPHRASE_WRONG = "authority_passphrase_wrong"  # noqa: S105
    PASSPHRASE_EMPTY = "authority_passphrase_empty"  # noqa: S105
    PASSPHRASE_UNSET = "authority_passphrase_unset"  # noqa: S105


class AuthorityFileError(Exception):
    """A file of the authority cannot be used. ``code`` and ``path`` may be relied upon; the text names the remedy."""

    def __init__(self, code: FileFault, path: Path, text: str) -> None:
        super().__init__(f"{code}: {path}: {text}")
        self.code = code
        self.path = path
        self.text = text


def write_key(path: Path, key: ec.EllipticCurvePrivateKey, passphrase: bytes | None) -> None:
    """Write `key` as PKCS#8 PEM, mode 0600, durable on return. Raises AuthorityFileError EXISTS or PASSPHRASE_EMPTY."""
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, _encryption(path, passphrase))
    _write_new(path, pem, 0o600)


def write_public(path: Path, text: str) -> None:
    """Write a certificate, mode 0644, durable on return. Raises AuthorityFileError EXISTS."""
    _write_new(path, text.encode("ascii"), 0o644)


def read_key(path: Path, passphrase: bytes | None) -> ec.EllipticCurvePrivateKey:
    """Load a key that `write_key` wrote. Raises AuthorityFileError.

    A passphrase given for a key that has none is not an error: a rotation of the one must not wait for the other.
    """
    pem = _read_secret(path)
    try:
        key = _load(pem, passphrase)
    except TypeError as error:
        raise AuthorityFileError(
            FileFault.PASSPHRASE_NEEDED, path, "the key is encrypted: give its passphrase"
        ) from error
    except (ValueError, UnsupportedAlgorithm) as error:
        code = FileFault.PASSPHRASE_WRONG if b"ENCRYPTED" in pem else FileFault.UNREADABLE
        raise AuthorityFileError(code, path, f"the key cannot be read: {error}") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise AuthorityFileError(FileFault.KEY_UNSUPPORTED, path, "the key is not an EC key")
    return key


def _load(pem: bytes, passphrase: bytes | None) -> object:
    return load_pem_private_key(pem, passphrase if b"ENCRYPTED" in pem else None)


def _encryption(path: Path, passphrase: bytes | None) -> KeySerializationEncryption:
    if passphrase is None:
        return NoEncryption()
    if not passphrase:
        raise AuthorityFileError(FileFault.PASSPHRASE_EMPTY, path, "an empty passphrase protects nothing: give none")
    return BestAvailableEncryption(passphrase)


def _write_new(path: Path, content: bytes, mode: int) -> None:
    try:
        # O_EXCL both refuses to overwrite and does not follow a link that somebody left in the way.
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    except FileExistsError as error:
        raise AuthorityFileError(FileFault.EXISTS, path, "will not be overwritten: move it away first") from error
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(descriptor)


def _read_secret(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            # Asked of the open file, not of the name: the two could differ by the time of reading.
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            if mode & _OTHERS:
                text = f"others can read this private key (mode {mode:04o}): run `chmod 600 {path}`"
                raise AuthorityFileError(FileFault.KEY_EXPOSED, path, text)
            return file.read()
    except FileNotFoundError as error:
        raise AuthorityFileError(FileFault.MISSING, path, "no such file") from error
    except OSError as error:
        raise AuthorityFileError(FileFault.UNREADABLE, path, error.strerror or str(error)) from error
