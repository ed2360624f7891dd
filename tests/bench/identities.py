"""Who the load pretends to be: one authority, the server's certificate, and one certificate for every session."""

import ssl
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from adapter_sim.tls import client_context
from tests.builders.certificates import Authority, authority

SERVER_NAME = "localhost"
_STEP = 1_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Identities:
    """Made once, outside every window, and shared by all subjects and rounds: both sides meet the same certificates.

    EC P-256 throughout. A unit sends its leaf alone and the server trusts the issuing authority, as in production. The
    contexts hold no sessions to resume, so every handshake with them is a full one.
    """

    authority: Authority
    folder: Path
    server_chain: Path
    server_key: Path
    contexts: tuple[ssl.SSLContext, ...]

    @property
    def anchors(self) -> str:
        """The PEM that a server trusts units by: the issuing authority and its root."""
        return self.authority.issuing_pem + self.authority.root_pem


def distribution_id(index: int) -> str:
    """The Distribution ID in the certificate of the unit with this index."""
    digits = f"000100000000000B02E04DFFFE{index:06X}"
    return "-".join(digits[at : at + 4] for at in range(0, len(digits), 4))


def model_serial(index: int) -> str:
    """The model-serial in the certificate of the unit with this index."""
    return f"SA-W2-{index:06}"


def make(folder: Path, count: int, progress: Callable[[str], None]) -> Identities:
    """Make `count` units' identities; the files they are loaded from do not stay in `folder`, the server's do."""
    signer = authority("Bench")
    server_chain, server_key = signer.host(host_names=(SERVER_NAME,)).write(folder, "server")
    contexts = []
    for index in range(count):
        contexts.append(_context(signer, folder, index))
        if (index + 1) % _STEP == 0 or index + 1 == count:
            progress(f"{index + 1:,} of {count:,} certificates")
    return Identities(
        authority=signer, folder=folder, server_chain=server_chain, server_key=server_key, contexts=tuple(contexts)
    )


def _context(signer: Authority, folder: Path, index: int) -> ssl.SSLContext:
    unit = signer.unit(distribution_id(index), model_serial=model_serial(index), with_issuer=False)
    chain, key = unit.write(folder, "unit")
    try:
        return client_context([signer.root_pem], certificate_chain=chain, private_key=key)
    finally:
        chain.unlink()
        key.unlink()
