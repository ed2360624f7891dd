"""The longest hold of an event loop, read out of the buckets of a histogram that only ever grows."""

import math
import re
from typing import Final

from tests.bench.subject import LoadError

__all__ = ["Buckets", "buckets", "longest_ms"]

Buckets = dict[float, float]
"""How many holds were at most so many seconds, by that bound."""
_LINE: Final = re.compile(r'^servicehost_loop_held_seconds_bucket\{le="([^"]+)"\} (\S+)$', re.MULTILINE)


def buckets(text: str) -> Buckets:
    """Out of the metrics in Prometheus' text format. `LoadError` when they tell nothing of holds."""
    found = {float(bound): float(count) for bound, count in _LINE.findall(text)}
    if not found:
        raise LoadError("the host tells no servicehost_loop_held_seconds")
    return found


def longest_ms(before: Buckets, after: Buckets) -> float:
    """The bound that every hold between the two readings kept: the longest was at most that, and more than the next
    lower one. 0 when nothing was measured between them; `LoadError` for a hold above the highest bound.
    """
    grown = {bound: count - before.get(bound, 0.0) for bound, count in after.items()}
    total = grown[math.inf]
    bound = min(bound for bound, count in grown.items() if count == total) if total else 0.0
    if bound == math.inf:
        raise LoadError(f"the event loop was held for more than {max(b for b in grown if b < math.inf):g} s")
    return bound * 1000
