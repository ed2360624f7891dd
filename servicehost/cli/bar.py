"""The one progress bar of all commands: as a text, and on standard error of a terminal."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

__all__ = ["bar", "progress_bar"]

_WIDTH: Final = 30


def bar(done: int, total: int) -> str:
    """Full only when all is done; of nothing it is empty."""
    filled = _WIDTH * done // max(1, total)
    return f"[{'#' * filled}{'.' * (_WIDTH - filled)}] {done}/{total}"


@contextmanager
def progress_bar(what: str, total: int) -> Iterator[Callable[[int], None]]:
    """Gives what tells it how many are done now. It is drawn on standard error, so that what is written stays what was
    asked for, and not at all where nobody watches or nothing is to be done."""
    if not sys.stderr.isatty() or total == 0:
        yield lambda done: None
        return

    def draw(done: int) -> None:
        sys.stderr.write(f"\r\x1b[K{what} {bar(done, total)}")
        sys.stderr.flush()

    draw(0)
    try:
        yield draw
    finally:
        sys.stderr.write("\n")
