"""Waits for the ends of pushes, and shows on a terminal how far they are."""

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from servicehost.cli.bar import progress_bar

__all__ = ["ended"]

_LOOK_S: Final = 0.5
_PAGE: Final = 500
_ENDED: Final = frozenset({"confirmed", "reverted", "refused", "superseded", "cancelled", "expired"})


def ended(host: Any, results: Sequence[dict[str, Any]], *, pause: Callable[[float], None] = time.sleep) -> list[Any]:
    """The results of an order with phase and reason as they are once every push of it has ended.

    One look is a few pages of the list, however many pushes wait; what was ordered for no adapter is left as it is.
    """
    waiting = {one["push"] for one in results if one["push"] is not None}
    done: dict[int, dict[str, Any]] = {}
    with progress_bar("pushes", len(waiting)) as draw:
        while waiting:
            found = [push for push in _listed(host, waiting) if push["phase"] in _ENDED]
            done |= {push["push"]: push for push in found}
            waiting -= done.keys()
            draw(len(done))
            if waiting:
                pause(_LOOK_S)
    return [one | _end(done[one["push"]]) if one["push"] in done else one for one in results]


def _end(push: dict[str, Any]) -> dict[str, Any]:
    return {"phase": push["phase"], "reason": push["reason"]}


def _listed(host: Any, numbers: set[int]) -> Iterator[dict[str, Any]]:
    """Numbers of one order lie close together: the pages between the first and the last hold them."""
    after: int | None = min(numbers) - 1
    last = max(numbers)
    while after is not None and after < last:
        page = host.call("GET", "pushes", params={"after": f"{after}", "limit": f"{_PAGE}"})
        yield from (push for push in page["items"] if push["push"] in numbers)
        after = page["next"]
