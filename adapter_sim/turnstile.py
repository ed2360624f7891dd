"""Lets so many through at once, and the others in their order."""

from collections.abc import Callable, Hashable

__all__ = ["Turnstile"]


class Turnstile:
    """`limit` None lets everybody through. Whoever entered, or waits, leaves by the same key; harmless twice."""

    __slots__ = ("_inside", "_limit", "_waiting")

    def __init__(self, limit: int | None) -> None:
        if limit is not None and limit < 1:
            raise ValueError("a turnstile lets one through at least")
        self._limit = limit
        self._inside: set[Hashable] = set()
        self._waiting: dict[Hashable, Callable[[], None]] = {}

    def enter(self, key: Hashable, call: Callable[[], None]) -> None:
        """Call now if there is room, else when there is. A key that waits already keeps its place."""
        if self._limit is None or key in self._inside or len(self._inside) < self._limit:
            self._inside.add(key)
            call()
        else:
            self._waiting[key] = call

    def leave(self, key: Hashable) -> None:
        """Make room, or give up the place in the queue."""
        self._inside.discard(key)
        self._waiting.pop(key, None)
        while self._waiting and (self._limit is None or len(self._inside) < self._limit):
            first = next(iter(self._waiting))
            call = self._waiting.pop(first)
            self._inside.add(first)
            call()
