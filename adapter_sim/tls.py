"""The TLS context of a simulated unit."""

import ssl
from collections.abc import Iterable
from pathlib import Path

from protocol.wire.contexts import harden


def client_context(
    anchors: Iterable[Path | str], *, certificate_chain: Path | None = None, private_key: Path | None = None
) -> ssl.SSLContext:
    """The context with which a unit meets its host: it checks the host's name and chain, but no dates.

    `anchors` are PEM files, or PEM texts. A unit that has no certificate yet gives no paths. A unit need not send the
    issuing authority's certificate along: a chain file of the leaf alone saves the host some KiB a session.

    Raises `OSError` for a file that cannot be read, `ssl.SSLError` for one that is not what it should be.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    harden(context)
    if certificate_chain is not None:
        context.load_cert_chain(certificate_chain, private_key)
    for anchor in anchors:
        if isinstance(anchor, Path):
            context.load_verify_locations(cafile=anchor)
        else:
            context.load_verify_locations(cadata=anchor)
    return context
