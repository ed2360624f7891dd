"""The key that signs the audit's heads, and the folder they are carried to: `ports.seal` in files."""

import asyncio
import os
import tempfile
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Collection
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from servicehost.backends.authority.key_files import read_key, write_key, write_public

__all__ = ["FileSeal", "FolderOfHeads", "open_seal", "public_file", "read_folder", "verifier"]

_ES256: Final = ec.ECDSA(hashes.SHA256())
_HALF: Final = 32
_SUFFIX: Final = ".jsonl"


def public_file(key_file: Path) -> Path:
    """Where the public key of a key lies."""
    return key_file.with_name(f"{key_file.name}.pub")


class FileSeal:
    """Implements `ports.seal.Seal`."""

    def __init__(self, key: ec.EllipticCurvePrivateKey) -> None:
        self._key = key

    def sign(self, message: bytes) -> str:
        """See the port."""
        r, s = decode_dss_signature(self._key.sign(message, _ES256))
        raw = r.to_bytes(_HALF, "big") + s.to_bytes(_HALF, "big")
        return urlsafe_b64encode(raw).rstrip(b"=").decode()


def open_seal(key_file: Path) -> FileSeal:
    """The seal of a key file, made (mode 0600) when there is none. Raises AuthorityFileError and OSError.

    A key that others can read is refused.
    """
    if not key_file.exists():
        key_file.parent.mkdir(parents=True, exist_ok=True)
        write_key(key_file, ec.generate_private_key(ec.SECP256R1()), None)
    key = read_key(key_file, None)
    public = public_file(key_file)
    if not public.exists():
        pem = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        write_public(public, pem.decode())
    return FileSeal(key)


def verifier(public: Path) -> Callable[[bytes, str], bool]:
    """Whether a signature is of that key. Raises OSError, and ValueError for a file that holds no EC public key."""
    key = load_pem_public_key(public.read_bytes())
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise ValueError(f"{public} holds no EC public key")

    def signed(message: bytes, signature: str) -> bool:
        raw = urlsafe_b64decode(signature + "=" * (-len(signature) % 4))
        if len(raw) != 2 * _HALF:
            return False
        der = encode_dss_signature(int.from_bytes(raw[:_HALF], "big"), int.from_bytes(raw[_HALF:], "big"))
        try:
            key.verify(der, message, _ES256)
        except InvalidSignature:
            return False
        return True

    return signed


class FolderOfHeads:
    """Implements `ports.seal.HeadsFolder`: `2026-11-23.jsonl` and so on."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def days(self) -> Collection[date]:
        """See the port."""
        return await asyncio.to_thread(lambda: set(read_folder(self._folder)))

    async def put(self, day: date, content: bytes) -> None:
        """See the port."""
        await asyncio.to_thread(self._put, day, content)

    def _put(self, day: date, content: bytes) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        descriptor, draft = tempfile.mkstemp(prefix=".draft-", dir=self._folder)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(descriptor)
            with suppress(FileExistsError):
                os.link(draft, self._folder / f"{day.isoformat()}{_SUFFIX}")
        finally:
            Path(draft).unlink(missing_ok=True)
        _sync(self._folder)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read_folder(folder: Path) -> dict[date, Path]:
    """The files of heads in a folder, in the order of their days; none when there is no folder. Raises OSError."""
    found = {}
    for path in sorted(folder.glob(f"*{_SUFFIX}")):
        with suppress(ValueError):
            found[date.fromisoformat(path.name.removesuffix(_SUFFIX))] = path
    return found
