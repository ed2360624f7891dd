"""Work through a list so that what fails holds back nothing that comes after it."""

from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

from servicehost.domain.errors import StoreFull

__all__ = ["one_by_one"]

T = TypeVar("T")


async def one_by_one(items: Iterable[T], work: Callable[[T], Awaitable[None]]) -> None:
    """`work` for each, in order, one at a time.

    One that fails for a reason that nobody foresaw would otherwise stand first again at the next look, and with it all
    others stand still. Raises what failed first, after all have had their turn; StoreFull at once, for the others
    would meet it too.
    """
    first: Exception | None = None
    for item in items:
        try:
            await work(item)
        except StoreFull:
            raise
        except Exception as failed:
            first = first or failed
    if first is not None:
        raise first
