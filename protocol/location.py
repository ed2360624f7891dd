"""Where to call: the signed document from which a unit learns its hosts, and the rules by which it believes one.

A unit is born with one address and the anchors of its host's authority. The document says the rest, and since it is
signed it may come from anywhere: from the bootstrap door, from a static file, from the unit's own memory. Unknown
fields are ignored, and fields are only ever added.
"""

import urllib.parse
from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Final

import msgspec

from protocol.jws import NotSigned, SignedText, read_signed
from protocol.messages import Count, Redial

__all__ = [
    "MAX_HOSTS",
    "MAX_LOCATION_BYTES",
    "MEDIA_TYPE",
    "PATH",
    "SIGNER_PURPOSE",
    "TYPE",
    "VERSION",
    "Address",
    "CheckSignature",
    "Location",
    "LocationFault",
    "LocationRefused",
    "next_sequence",
    "read_host_url",
    "read_https_url",
    "read_location",
    "supersedes",
]

PATH: Final = "/.well-known/servicehost/location"
"""Where the bootstrap door, or any web server, has the document."""
MEDIA_TYPE: Final = "application/jose"
TYPE: Final = "servicehost-location"
"""`typ` of the signature's header: nothing else that the same key may ever sign can be taken for a location."""
SIGNER_PURPOSE: Final = "2.25.238726243095633695829409060488222586135"
"""The extended key usage without which a certificate of our authority cannot sign this document."""
VERSION: Final = 1
MAX_HOSTS: Final = 5
MAX_LOCATION_BYTES: Final = 64 * 1024
_MAX_URL: Final = 256
_MAX_PORT: Final = 65_535
_SESSION_PATHS: Final = ("", "/", "/session")
_HTTPS_PORT: Final = 443

HostUrl = Annotated[str, msgspec.Meta(pattern=r"^wss://[!-~]+$", max_length=_MAX_URL)]
HttpsUrl = Annotated[str, msgspec.Meta(pattern=r"^https://[!-~]+$", max_length=_MAX_URL)]
Instant = Annotated[datetime, msgspec.Meta(tz=True)]
Pem = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^-----BEGIN CERTIFICATE-----\n[A-Za-z0-9+/=\n]+-----END CERTIFICATE-----\n?$", max_length=8192
    ),
]


class Location(msgspec.Struct, frozen=True, kw_only=True):
    """The signed payload: where the hosts are, how to dial them, and whom to trust."""

    version: Annotated[int, msgspec.Meta(ge=1, le=1000)]
    """1. A document of a version that a unit does not know is refused."""
    sequence: Count
    """Grows with every document that says anything new. A unit never goes back to a smaller one."""
    issued_at: Instant
    """When it was signed; within the dates of the signer's certificate."""
    expires_at: Instant
    """When to ask for the next one at the latest. The document stays usable while there is none."""
    hosts: Annotated[tuple[HostUrl, ...], msgspec.Meta(min_length=1, max_length=MAX_HOSTS)]
    """Where sessions are taken, as `wss://name[:port]`, in the order in which to try them."""
    bootstrap: Annotated[tuple[HttpsUrl, ...], msgspec.Meta(max_length=MAX_HOSTS)] = ()
    """Bootstrap doors, as `https://name[:port]`: where to enrol and to fetch files."""
    redial: Redial = Redial()
    """How to dial until a welcome says otherwise."""
    anchors: Annotated[tuple[Pem, ...], msgspec.Meta(min_length=1, max_length=8)]
    """Certificates of the authorities to trust from now on, each in PEM."""


class LocationFault(StrEnum):
    """Why a document is not believed."""

    TOO_LARGE = "location_too_large"
    MALFORMED = "location_malformed"
    SIGNER_UNTRUSTED = "location_signer_untrusted"
    SIGNER_PURPOSE = "location_signer_without_purpose"
    SIGNATURE = "location_signature_wrong"
    VERSION = "location_version_unknown"
    CONTENT = "location_content_wrong"
    HOSTS = "location_hosts_unreadable"
    DATES = "location_dates_wrong"
    OLDER = "location_sequence_older"
    REUSED = "location_sequence_reused"


class LocationRefused(Exception):
    """The document is not believed; what was held before stays in force. `code` is stable, the text for people."""

    def __init__(self, code: LocationFault, text: str) -> None:
        super().__init__(f"{code}: {text}")
        self.code = code
        self.text = text


class Address(msgspec.Struct, frozen=True, kw_only=True):
    """A name or an IP literal, and a port."""

    name: str
    port: int


CheckSignature = Callable[[SignedText], Callable[[datetime], bool]]
"""Proves that a signer of ours signed the text, and answers whether the signer's certificate held at an instant.

Raises LocationRefused with one of the codes SIGNER_UNTRUSTED, SIGNER_PURPOSE and SIGNATURE.
"""


def read_location(text: bytes, check: CheckSignature) -> Location:
    """The document, once its signature is proven. Raises LocationRefused and what `check` raises.

    Whether it may replace the one that is held is another question: `supersedes`.
    """
    if len(text) > MAX_LOCATION_BYTES:
        raise LocationRefused(LocationFault.TOO_LARGE, f"it has more than {MAX_LOCATION_BYTES} bytes")
    try:
        signed = read_signed(text)
    except NotSigned as error:
        raise LocationRefused(LocationFault.MALFORMED, str(error)) from error
    if signed.typ != TYPE:
        raise LocationRefused(LocationFault.MALFORMED, f"it is signed as {signed.typ[:40]!a}, not as {TYPE}")
    held_at = check(signed)
    location = _content(signed.payload)
    _require_hosts(location)
    if location.expires_at <= location.issued_at:
        raise LocationRefused(LocationFault.DATES, "it expires before it was issued")
    if not held_at(location.issued_at):
        raise LocationRefused(LocationFault.DATES, "it was issued outside the dates of its signer's certificate")
    return location


def supersedes(new: Location, held: Location | None) -> bool:
    """Whether to put `new` into the place of `held`; False when both say the same.

    Raises LocationRefused OLDER for a sequence below the one held, REUSED for the same one with another content.
    """
    if held is None or new.sequence > held.sequence:
        return True
    if new.sequence < held.sequence:
        text = f"its sequence is {new.sequence}, and {held.sequence} has been seen"
        raise LocationRefused(LocationFault.OLDER, text)
    if new != held:
        raise LocationRefused(LocationFault.REUSED, f"sequence {new.sequence} has been seen with another content")
    return False


def next_sequence(last: int | None, now: datetime) -> int:
    """The sequence of a document signed at `now` after the one numbered `last`.

    Seconds since 1970, so that a signer that has lost its memory does not begin anew below what units have seen; one
    more than the last where the clock has not moved on, or has gone back.
    """
    seconds = max(0, int(now.timestamp()))
    return seconds if last is None else max(seconds, last + 1)


def read_host_url(url: str) -> Address:
    """The door that `wss://name[:port][/session]` names. Raises ValueError, naming the URL."""
    return _address(url, "wss", _SESSION_PATHS)


def read_https_url(url: str) -> Address:
    """The door that `https://name[:port]` names. Raises ValueError, naming the URL."""
    return _address(url, "https", ("", "/"))


def _address(url: str, scheme: str, paths: tuple[str, ...]) -> Address:
    shown = ascii(url[:_MAX_URL])
    if len(url) > _MAX_URL or any(not "!" <= character <= "~" for character in url):
        raise ValueError(f"{shown}: a URL has at most {_MAX_URL} characters, printable ASCII without spaces")
    try:
        parts = urllib.parse.urlsplit(url)
        port = _HTTPS_PORT if parts.port is None else parts.port
    except ValueError as error:
        raise ValueError(f"{shown}: {error}") from error
    plain = "@" not in parts.netloc and "?" not in url and "#" not in url and not parts.netloc.endswith(":")
    if parts.scheme != scheme or not parts.hostname or parts.path not in paths or not plain:
        raise ValueError(f"{shown}: it must be given as {scheme}://name:port")
    if not 0 < port <= _MAX_PORT:
        raise ValueError(f"{shown}: a port is 1 to {_MAX_PORT}")
    return Address(name=parts.hostname, port=port)


class _Version(msgspec.Struct, frozen=True, kw_only=True):
    version: int


def _content(payload: bytes) -> Location:
    try:
        # Asked first: of a version to come nothing else need be as this one has it.
        version = msgspec.json.decode(payload, type=_Version).version
        if version != VERSION:
            raise LocationRefused(LocationFault.VERSION, f"it has version {version}; {VERSION} is known")
        return msgspec.json.decode(payload, type=Location)
    except (ValueError, RecursionError) as error:
        raise LocationRefused(LocationFault.CONTENT, f"its content is not as it should be: {error}") from error


def _require_hosts(location: Location) -> None:
    try:
        for url in location.hosts:
            read_host_url(url)
        for url in location.bootstrap:
            read_https_url(url)
    except ValueError as error:
        raise LocationRefused(LocationFault.HOSTS, str(error)) from error
