"""Lines to another process that may read slowly or not at all, without ever holding up the fleet."""

import os
import queue
import threading
from collections.abc import Callable
from typing import Final

import msgspec

from adapter_sim.happenings import Happening

__all__ = ["LINES_LOST", "LineWriter", "happening_line", "line", "write_all"]

MAX_WAITING: Final = 20_000
LINES_LOST: Final = "lines_lost"
"""`what` of the line that takes the place of those that found the queue full."""


def line(what: str, **fields: object) -> bytes:
    """One line of output."""
    return msgspec.json.encode({"what": what, **fields}) + b"\n"


def happening_line(happening: Happening, at_s: float) -> bytes:
    """A happening as a line; `at_s` counts from the fleet's start."""
    return line(happening.what, unit=happening.unit, at_s=round(at_s, 3), **happening.fields)


def write_all(descriptor: int, text: bytes) -> None:
    """Write all of it to the bare descriptor.

    A thread that waits inside a buffered writer would make the interpreter abort when it ends.
    """
    rest = memoryview(text)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


class LineWriter:
    """Calls `write` from a thread of its own; it may block, and raises OSError when nobody reads any more.

    A reader that falls 20,000 lines behind loses some, and is told how many.
    """

    def __init__(self, write: Callable[[bytes], None], *, most: int = MAX_WAITING) -> None:
        self._write = write
        self._lines: queue.Queue[bytes | None] = queue.Queue()
        self._most = most
        self._lost = 0
        self._thread = threading.Thread(target=self._work, name="output", daemon=True)
        self._thread.start()

    def put(self, text: bytes) -> None:
        """Queue one line, its newline included."""
        if self._lines.qsize() >= self._most:
            self._lost += 1
            return
        if self._lost:
            lost, self._lost = self._lost, 0
            self._lines.put(line(LINES_LOST, count=lost))
        self._lines.put(text)

    def close(self, due_s: float) -> None:
        """Write what waits, for at most so many seconds."""
        if self._lost:
            self._lines.put(line(LINES_LOST, count=self._lost))
        self._lines.put(None)
        self._thread.join(due_s)

    def _work(self) -> None:
        try:
            while (text := self._lines.get()) is not None:
                self._write(text)
        except OSError:
            # Nobody reads any more. The fleet goes on; whoever started it ends it by a signal.
            while self._lines.get() is not None:
                pass
