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

__all__ = ["DOOR", "DOOR_KEY", "DoorFiles", "own_key", "renew_door_certificate", "replace_file", "request_by"]

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
    csr = request_by(own_key(files.key))
    issued = await authority.issue_host(csr, names=names, addresses=addresses, now=now)
    replace_file(files.certificate, issued.leaf_pem + issued.chain_pem)
    return files


def own_key(path: Path) -> ec.EllipticCurvePrivateKey:
    """The key in `path`, made there first if there is none (EC P-256, mode 0600). Raises AuthorityFileError."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        write_key(path, ec.generate_private_key(ec.SECP256R1()), None)
    return read_key(path, None)


def request_by(key: ec.EllipticCurvePrivateKey) -> bytes:
    """A request for a certificate in DER; whose it is, the authority knows."""
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([]))
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)


def replace_file(path: Path, text: str) -> None:
    """Write `path` in one step, durable on return."""
    draft = path.with_name(f".{path.name}-{os.getpid()}")
    with draft.open("w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
