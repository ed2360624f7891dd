"""The host's own key and server certificate: the one key pair that is made here."""

import os
from collections.abc import Sequence
from datetime import datetime
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path
from typing import Final, NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from servicehost.backends.authority.key_files import read_key, write_key
from servicehost.ports.authority import Authority

__all__ = ["DOOR", "DOOR_KEY", "DoorFiles", "renew_door_certificate"]

DOOR: Final = "door.pem"
DOOR_KEY: Final = "door-key.pem"


class DoorFiles(NamedTuple):
    """What `ssl.SSLContext.load_cert_chain` takes."""

    certificate: Path
    """The leaf, then the issuing certificates; replaced in one step, so that a reader sees the old file or the new."""
    key: Path


async def renew_door_certificate(
    authority: Authority,
    directory: Path,
    *,
    names: Sequence[str],
    addresses: Sequence[IPv4Address | IPv6Address],
    now: datetime,
) -> DoorFiles:
    """Get the doors' server certificate into `directory`; the first time also make their key there (EC P-256, 0600).

    The key stays when the certificate is renewed. Raises what `Authority.issue_host` raises, and AuthorityFileError
    for a key that cannot be read or that others can read; then the old certificate is still in place.
    """
    files = DoorFiles(certificate=directory / DOOR, key=directory / DOOR_KEY)
    csr = _request(_own_key(files.key))
    issued = await authority.issue_host(csr, names=names, addresses=addresses, now=now)
    _replace(files.certificate, issued.leaf_pem + issued.chain_pem)
    return files


def _own_key(path: Path) -> ec.EllipticCurvePrivateKey:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        write_key(path, ec.generate_private_key(ec.SECP256R1()), None)
    return read_key(path, None)


def _request(key: ec.EllipticCurvePrivateKey) -> bytes:
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([]))
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)


def _replace(path: Path, text: str) -> None:
    draft = path.with_name(f".{path.name}-{os.getpid()}")
    with draft.open("w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
