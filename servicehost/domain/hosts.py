"""Addresses of hosts as units are told them: a few URLs, in the order to dial."""

import urllib.parse
from collections.abc import Sequence
from typing import Final

from servicehost.domain.certificate_standing import MAX_HOSTS
from servicehost.domain.errors import Invalid

__all__ = ["check_hosts"]

_MAX_URL: Final = 255
_PATHS: Final = ("", "/", "/session")


def check_hosts(urls: Sequence[str]) -> tuple[str, ...]:
    """The URLs, checked. Raises Invalid `no_hosts`, `too_many_hosts` or `host_url_invalid`, naming the URL."""
    if not urls:
        raise Invalid("no_hosts", "Name one host at least, as wss://name:port/session")
    if len(urls) > MAX_HOSTS:
        raise Invalid("too_many_hosts", f"A unit remembers {MAX_HOSTS} hosts; {len(urls)} were given")
    for url in urls:
        _check(url)
    if len(set(urls)) < len(urls):
        raise Invalid("host_url_invalid", "A host is named twice")
    return tuple(urls)


def _check(url: str) -> None:
    try:
        parts = urllib.parse.urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise Invalid("host_url_invalid", f"{url[:_MAX_URL]}: {error}") from error
    said = parts.username is not None or bool(parts.query) or bool(parts.fragment)
    plain = url.isascii() and url.isprintable() and " " not in url and len(url) <= _MAX_URL
    if parts.scheme != "wss" or not parts.hostname or parts.path not in _PATHS or said or port == 0 or not plain:
        text = f"{url[:_MAX_URL]!r}: a host is given as wss://name[:port][/session], with nothing behind it"
        raise Invalid("host_url_invalid", text)
