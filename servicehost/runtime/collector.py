"""How often Python looks for garbage in cycles.

Ten thousand sessions are a few million objects, nearly all of which live on; looking through them every 700
allocations costs a tenth of the processor and finds nothing, because sessions free themselves by reference counts.

A look holds the event loop: about 0.5 us an object on a slow core. What is young is therefore looked through in parts
that take no longer than other things do, and passed on after one more look.
"""

import gc
from typing import Final

__all__ = ["calm_the_collector"]

YOUNG: Final = 20_000
MIDDLE: Final = 1
"""So a look takes in no more than 60,000 objects, except the seldom one through everything that is not frozen."""
OLD: Final = 1_250


def calm_the_collector() -> None:
    """Leave alone what exists by now for good, and look through the rest seldom. Call once, when the host is ready."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, OLD)
