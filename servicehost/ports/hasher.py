"""Passwords as a port: slow on purpose, so how many run at once is the backend's business."""

from typing import Protocol

__all__ = ["Hasher"]


class Hasher(Protocol):
    """Hashes passwords. Raises Busy `log_ins_busy` when too many wait already."""

    async def hash(self, password: str) -> str:
        """The hash to keep, salted anew each time."""
        ...

    async def verify(self, password_hash: str | None, password: str) -> bool:
        """Whether the hash is of this password. None (nobody by that name) is False after the same time and memory."""
        ...
