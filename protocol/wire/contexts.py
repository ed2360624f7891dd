"""What the TLS contexts of both ends have in common. Loading keys and anchors is left to each end."""

import ssl
from typing import Final

NO_CHECK_TIME: Final = 0x200000
"""OpenSSL's X509_V_FLAG_NO_CHECK_TIME, which `ssl` does not name."""

_TLS12_CIPHERS: Final = "ECDHE+AESGCM:ECDHE+CHACHA20"


def harden(context: ssl.SSLContext) -> None:
    """Leave to a context only what both ends want.

    TLS 1.2 with forward secrecy or TLS 1.3; no compression, no renegotiation. Any given anchor ends a chain, so the
    issuing authority alone may be trusted. Dates are not checked: the host checks them itself, to tell an expired unit
    so by name, and a unit may not know what day it is.
    """
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(_TLS12_CIPHERS)
    context.options |= ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION | ssl.OP_SINGLE_ECDH_USE
    context.options &= ~ssl.OP_IGNORE_UNEXPECTED_EOF
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN | NO_CHECK_TIME
