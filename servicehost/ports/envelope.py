"""Streams that are encrypted to somebody's public key."""

from typing import Protocol

__all__ = ["StreamSealer"]


class StreamSealer(Protocol):
    """One stream, in memory that does not grow with it: `begin`, `add` as often as needed, `end`."""

    recipient: str
    """SHA-256 of the public key, hex."""

    def begin(self) -> bytes: ...

    def add(self, plain: bytes) -> bytes: ...

    def end(self) -> bytes: ...
