"""A box's events, waiting to be answered: bounded, in order, numbered from 1 since boot."""

from collections import deque
from typing import Final

import msgspec

from protocol.messages import Event

__all__ = ["EVENTS_LOST", "MAX_EVENTS", "EventQueue"]

MAX_EVENTS: Final = 64
EVENTS_LOST: Final = "events_lost"
"""`sub_type` of the event that takes the place of those that found the queue full; its text says how many."""

_WARNING: Final = 4


class EventQueue:
    """The head is said again until it is answered. Overflow loses the newest, counts them and says so once."""

    __slots__ = ("_lost", "_sequence", "_waiting")

    def __init__(self) -> None:
        self._waiting: deque[Event] = deque()
        self._sequence = 0
        self._lost = 0

    def __len__(self) -> int:
        return len(self._waiting)

    @property
    def head(self) -> Event | None:
        """The oldest event without an answer."""
        return self._waiting[0] if self._waiting else None

    def put(self, event: Event) -> bool:
        """Number `event` and keep it; its own sequence is ignored. False when the queue was full and it is lost."""
        if len(self._waiting) >= MAX_EVENTS:
            self._lost += 1
            return False
        self._append(event)
        return True

    def answered(self) -> None:
        """The head is durable at the host. Harmless when nothing waits."""
        if self._waiting:
            self._waiting.popleft()
        if self._lost and len(self._waiting) < MAX_EVENTS:
            text = f"{self._lost} events found the queue full and are lost"
            self._lost = 0
            self._append(Event(sequence=0, sub_type=EVENTS_LOST, severity=_WARNING, text=text))

    def _append(self, event: Event) -> None:
        self._sequence += 1
        self._waiting.append(msgspec.structs.replace(event, sequence=self._sequence))
