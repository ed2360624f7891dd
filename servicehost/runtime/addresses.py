"""Which of the addresses of a door this machine can have at all."""

import socket
from collections.abc import Sequence

__all__ = ["has_ipv6", "reachable"]


def has_ipv6() -> bool:
    """Whether this machine speaks IPv6, if only with itself."""
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


def reachable(addresses: Sequence[str], *, ipv6: bool | None = None) -> list[str]:
    """The addresses without the IPv6 ones on a machine without IPv6; all of them if nothing would be left."""
    if has_ipv6() if ipv6 is None else ipv6:
        return list(addresses)
    return [address for address in addresses if ":" not in address] or list(addresses)
