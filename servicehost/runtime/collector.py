"""How often Python looks for garbage in cycles.

Ten thousand sessions are a few million objects, nearly all of which live on; looking through them every 700
allocations costs a tenth of the processor and finds nothing, because sessions free themselves by reference counts.
"""

import gc
from typing import Final

__all__ = ["calm_the_collector"]

YOUNG: Final = 50_000
MIDDLE: Final = 20
OLD: Final = 50


def calm_the_collector() -> None:
    """Leave alone what exists by now for good, and look through the rest seldom. Call once, when the host is ready."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, OLD)
