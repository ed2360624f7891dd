"""Addresses in settings: literal ones, so that what a host listens on does not depend on a name service."""

from ipaddress import IPv4Address, IPv6Address, ip_address

from servicehost.settings.fault import SettingFault

__all__ = ["ip"]


def ip(address: str) -> IPv4Address | IPv6Address:
    """The address. Raises SettingFault `bad_address`."""
    try:
        return ip_address(address)
    except ValueError as error:
        text = f"addresses: {address!r} is not an IPv4 or IPv6 address; host names are not taken"
        raise SettingFault("bad_address", text) from error
