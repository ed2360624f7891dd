"""How fast the machine is at the moment: a piece of work that no change of ours touches.

Absolute figures of two runs can be compared only by it: a virtual machine's cores are not the same from hour to hour.
"""

import ssl
import time

from tests.bench.identities import SERVER_NAME, Identities

HANDSHAKES = 100


def handshake_us(identities: Identities) -> float:
    """Microseconds of CPU for the server's half of one full mutual TLS handshake by `ssl` alone, without tickets."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.num_tickets = 0
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_cert_chain(identities.server_chain, identities.server_key)
    context.load_verify_locations(cadata=identities.anchors)
    return sum(_one(context, identities.contexts[0]) for _ in range(HANDSHAKES)) / HANDSHAKES / 1_000


def _one(server_context: ssl.SSLContext, client_context: ssl.SSLContext) -> int:
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    server = server_context.wrap_bio(there, back, server_side=True)
    client = client_context.wrap_bio(back, there, server_hostname=SERVER_NAME)
    spent = 0
    finished = False
    while not finished:
        _step(client)
        before = time.process_time_ns()
        finished = _step(server)
        spent += time.process_time_ns() - before
    return spent


def _step(end: ssl.SSLObject) -> bool:
    try:
        end.do_handshake()
    except ssl.SSLWantReadError:
        return False
    return True
