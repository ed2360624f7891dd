"""When a unit asks where to call: pure rules, with chance and time as arguments."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from protocol.location import Location

__all__ = ["ASK_CAP_S", "ASK_FIRST_S", "LOST_AFTER_S", "ask_again_delay", "refresh_delay"]

ASK_FIRST_S: Final = 60
ASK_CAP_S: Final = 3600
LOST_AFTER_S: Final = 120
"""A unit that no host has taken in for so long, though it tried all of them, asks whether they have moved."""
_EARLIEST: Final = 0.9

Uniform = Callable[[float, float], float]


def refresh_delay(location: Location, now: datetime, attempt: int, uniform: Uniform) -> float:
    """Seconds until the next document is to be asked for: the last tenth of this one's life, at random, or later.

    `now` (aware) is the unit's own clock. Where it cannot be right, before the document was issued, the document counts
    as fresh. One that has expired, since nobody signs another, is asked for like one that was not to be had: `attempt`
    questions have brought nothing new so far.
    """
    life_s = (location.expires_at - location.issued_at).total_seconds()
    age_s = max(0.0, (now - location.issued_at).total_seconds())
    due_s = uniform(life_s * _EARLIEST, life_s) - age_s
    return due_s if due_s > ASK_FIRST_S else ask_again_delay(attempt, uniform)


def ask_again_delay(attempt: int, uniform: Uniform) -> float:
    """Seconds until the next question after `attempt` further ones went unanswered: doubles from 60 s to an hour."""
    upper = min(ASK_FIRST_S * 2.0 ** min(attempt, 64), ASK_CAP_S)
    return uniform(upper / 2, upper)
