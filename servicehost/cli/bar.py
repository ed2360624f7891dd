"""A progress bar on standard error, so that what is written stays what was asked for."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

__all__ = ["progress_bar"]


@contextmanager
def progress_bar(what: str, total: int) -> Iterator[Callable[[int], None]]:
    """Gives what tells it that so many more are done. There is none where nobody watches, or nothing is to be done."""
    if not sys.stderr.isatty() or total == 0:
        yield lambda count: None
        return
    from rich.console import Console  # noqa: PLC0415 - slow to import, and scripts need none of it
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: PLC0415

    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task(what, total=total)
        yield lambda count: progress.advance(task, count)
