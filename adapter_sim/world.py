"""What all the units of one process share: time, chance, somebody who listens, and a door to queue at."""

import random
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from adapter_sim.happenings import Tell
from adapter_sim.timers import Timers
from adapter_sim.turnstile import Turnstile

__all__ = ["World"]


def _new_boot_id() -> str:
    return secrets.token_hex(8)


@dataclass(frozen=True, slots=True)
class World:
    """`gate` bounds how many units are between dial and welcome at once; `tell` hears what happens, in order."""

    timers: Timers
    tell: Tell
    uniform: Callable[[float, float], float] = random.uniform
    new_boot_id: Callable[[], str] = _new_boot_id
    gate: Turnstile = field(default_factory=lambda: Turnstile(None))
