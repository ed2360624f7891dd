"""Where a unit dials from: an address of its own in 127.0.0.0/8, all of which is loopback on Linux.

On one machine every unit would else have the same address, and a host could not tell one site from another.
"""

import hashlib
import ipaddress
import sys

__all__ = ["may_dial_from", "own_source"]


def own_source(unit: str) -> str | None:
    """The unit's own address, always the same one; never one that a door listens at. None where there are none."""
    if sys.platform != "linux":  # elsewhere 127.0.0.1 alone is there without an administrator's word
        return None
    second, third, fourth, *_ = hashlib.sha256(unit.encode()).digest()
    # 127.0.x.x is where doors are; a last octet of 0 or 255 looks like a network's own.
    return f"127.{1 + second % 254}.{third}.{1 + fourth % 254}"


def may_dial_from(source: str, ip: str) -> bool:
    """Whether a socket bound to `source` can reach `ip`: both of one version, and loopback only to loopback."""
    own, far = ipaddress.ip_address(source), ipaddress.ip_address(ip.partition("%")[0])
    return own.version == far.version and (not own.is_loopback or far.is_loopback)
