"""What waits for a unit that takes no bytes just now: bounded, and watched for progress."""

from collections import deque

__all__ = ["Backlog"]


class Backlog:
    """Exists only while the kernel does not take all we have for one unit. Times are in wheel time."""

    __slots__ = ("_bytes", "_left", "_max_bytes", "_max_messages", "_moved_at", "messages")

    def __init__(self, now: float, left: int, *, max_messages: int, max_bytes: int) -> None:
        self.messages: deque[bytes] = deque()
        self._bytes = 0
        self._max_messages = max_messages
        self._max_bytes = max_bytes
        self._moved_at = now
        self._left = left

    def add(self, message: bytes) -> bool:
        """Put a message behind the others; False, and it is not put, when it does not fit."""
        if len(self.messages) >= self._max_messages or self._bytes + len(message) > self._max_bytes:
            return False
        self.messages.append(message)
        self._bytes += len(message)
        return True

    def stalled_for(self, now: float, left: int) -> float:
        """Seconds since the unit last took a byte, given that `left` bytes are in the transport's buffer now."""
        if left < self._left:
            self._moved_at = now
        self._left = left
        return now - self._moved_at
