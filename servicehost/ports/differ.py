"""Whoever compares texts, away from the event loop."""

from typing import Protocol

__all__ = ["Differ"]


class Differ(Protocol):
    """Compares two texts within a time limit."""

    async def unified(self, left: str, right: str, *, left_name: str, right_name: str) -> str:
        """The unified diff, empty when they are equal. Raises Conflict `diff_too_slow` past the limit, and Busy
        `diffs_busy` when as many wait as may.
        """
        ...
