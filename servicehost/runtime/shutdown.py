"""SIGTERM and SIGINT as events: the first asks to leave politely, any further one to hurry."""

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

__all__ = ["Leaving", "listening_to_signals"]

_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)


class Leaving:
    """Whether the host shall go."""

    __slots__ = ("asked", "hurried")

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        """Go, and finish what is under way."""
        self.hurried = asyncio.Event()
        """Go now: what was acknowledged is safe, the rest is not waited for."""

    def ask(self) -> None:
        """As a signal does: once to leave, twice to hurry."""
        (self.hurried if self.asked.is_set() else self.asked).set()


@contextmanager
def listening_to_signals(leaving: Leaving) -> Iterator[None]:
    """While the block lasts SIGTERM and SIGINT call `leaving.ask`. In the main thread only."""
    loop = asyncio.get_running_loop()
    for number in _SIGNALS:
        loop.add_signal_handler(number, leaving.ask)
    try:
        yield
    finally:
        for number in _SIGNALS:
            loop.remove_signal_handler(number)
