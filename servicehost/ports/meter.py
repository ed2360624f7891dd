"""Counting what happens, without knowing who asks for the figures."""

from collections.abc import Callable
from typing import Protocol

__all__ = ["Meter"]


class Meter(Protocol):
    """Names are snake_case with their unit; counters end in `_total`. Labels come out of closed enumerations only.

    Never raises, never waits.
    """

    def count(self, name: str, label: str = "") -> None:
        """Add one to a counter, under one label value ("" for a counter without labels)."""
        ...

    def watch(self, name: str, read: Callable[[], float]) -> None:
        """Read this figure whenever somebody asks for it; a later `watch` of the same name replaces it.

        What is counted at every frame is watched and not counted. A name ending in `_total` only grows.
        """
        ...
