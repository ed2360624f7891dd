"""What happens to simulated units, told to whoever watches: counters, logs, the fleet's standard output."""

from collections.abc import Callable
from typing import Literal, TypeAlias

import msgspec

__all__ = ["Happening", "Tell", "What"]

What: TypeAlias = Literal[
    "powered_on",
    "powered_off",
    "dialing",
    "dial_failed",
    "welcomed",
    "ended",
    "offered",
    "offer_postponed",
    "trial_began",
    "confirmed",
    "reverted",
    "event_lost",
    "anchors_named",
    "anchors_dropped",
    "request_postponed",
    "request_dropped",
]


class Happening(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that happened to one unit; `fields` are plain values fit for JSON."""

    unit: str
    what: What
    fields: dict[str, object] = {}


Tell: TypeAlias = Callable[[Happening], None]
