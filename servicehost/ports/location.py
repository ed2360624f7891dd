"""The document that tells units where to call, as its doors need it."""

from datetime import timedelta
from hashlib import sha256
from typing import Protocol

import msgspec

from protocol.location import Location
from protocol.messages import Redial

__all__ = ["LocationSource", "LocationTerms", "SignedLocation"]


class LocationTerms(msgspec.Struct, frozen=True, kw_only=True):
    """What whoever runs the host wants units to know; the rest of the document follows from the authority and time."""

    hosts: tuple[str, ...]
    bootstrap: tuple[str, ...]
    redial: Redial
    life: timedelta


class SignedLocation(msgspec.Struct, frozen=True, kw_only=True):
    """The document as it travels, and what it says."""

    text: bytes
    location: Location

    @property
    def etag(self) -> str:
        """A strong entity tag."""
        return f'"{sha256(self.text).hexdigest()[:32]}"'


class LocationSource(Protocol):
    """Whoever can sign the document."""

    async def current(self) -> SignedLocation:
        """The document in force: the very same octets until something in it changes or half of its life is over.

        Its sequence never goes back. Raises AuthorityUnavailable when there is none and none can be signed.
        """
        ...
