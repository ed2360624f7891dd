"""What makes the audit's heads stand outside the database: a signature, and a place to put them."""

from collections.abc import Collection
from datetime import date
from typing import Protocol

__all__ = ["HeadsFolder", "Seal"]


class Seal(Protocol):
    """Signs with the host's own key."""

    def sign(self, message: bytes) -> str:
        """ES256: ECDSA over P-256 and SHA-256, r and s of 32 bytes each, in base64url without padding."""
        ...


class HeadsFolder(Protocol):
    """Where heads go, a file a day."""

    async def days(self) -> Collection[date]:
        """Those there is a file of. Raises OSError."""
        ...

    async def put(self, day: date, content: bytes) -> None:
        """The whole file or none of it, durable on return; a file that is there stays as it is. Raises OSError."""
        ...
