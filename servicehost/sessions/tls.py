"""The TLS context of the adapters' doors."""

import ssl
from collections.abc import Iterable
from pathlib import Path

from protocol.wire.contexts import harden


def server_context(
    certificate_chain: Path, private_key: Path, anchors: Iterable[Path | str], *, certificate_required: bool = True
) -> ssl.SSLContext:
    """The context that units meet. A new one must be made when the host's certificate or the anchors change.

    `anchors` are PEM files, or PEM texts: the authorities whose units are let in. TLS itself refuses a unit without a
    certificate, with one of a foreign authority, or with one not meant for clients; with `certificate_required=False`
    (the bootstrap door) only a unit without any is let through. Dates are not checked here.

    TLS 1.3 sessions are never resumed. TLS 1.2 keeps its stateless tickets, since without them OpenSSL would remember
    every such session in our memory instead; `Handshaken.resumed` tells.

    Raises `OSError` for a file that cannot be read, `ssl.SSLError` for one that is not what it should be.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    harden(context)
    context.verify_mode = ssl.CERT_REQUIRED if certificate_required else ssl.CERT_OPTIONAL
    context.num_tickets = 0
    context.load_cert_chain(certificate_chain, private_key)
    for anchor in anchors:
        if isinstance(anchor, Path):
            context.load_verify_locations(cafile=anchor)
        else:
            context.load_verify_locations(cadata=anchor)
    return context
