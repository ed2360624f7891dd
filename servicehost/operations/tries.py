"""How often a password may be tried, and the refusal when it was too often."""

import math

from servicehost.domain.errors import Busy
from servicehost.domain.throttle import Throttle

__all__ = ["refuse_for", "take_try"]


def take_try(throttle: Throttle, key: str, now: float) -> None:
    """One try. Raises Busy `too_many_tries`."""
    refuse_for(throttle.wait_s(key, now))
    throttle.take(key, now)


def refuse_for(wait_s: float) -> None:
    """Raises Busy `too_many_tries` unless there is nothing to wait for."""
    if wait_s > 0:
        seconds = math.ceil(wait_s)
        raise Busy("too_many_tries", f"Too many tries with a wrong password. Try again in {seconds} s.", seconds)
