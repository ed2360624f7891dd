"""When to dial again: pure rules, with chance and attempts as arguments.

After losing a session a unit dials at once plus a uniform 0 to `spread_s`, then doubles to at most `cap_s`, walking
all its hosts before it doubles. Only closes marked slow use the table of the User Services Platform (TR-369 R-WS.19):
attempt n waits uniformly between 2^(n-1) and 2^n times `slow_first_s`, until the upper end reaches `slow_cap_s`.
The slow table alone would make a ten-minute outage of the host's a median of six minutes longer.
"""

from collections.abc import Callable
from typing import Final

from protocol.messages import Redial

__all__ = [
    "CLIENT_HELLO_DUE_S",
    "GREETING_DUE_S",
    "HANDSHAKE_DUE_S",
    "MIN_BUSY_S",
    "PING_AFTER_S",
    "PONG_DUE_S",
    "REPORT_INTERVAL_S",
    "WRITE_STALL_S",
    "redial_delay",
]

REPORT_INTERVAL_S: Final = 30
PING_AFTER_S: Final = 35
PONG_DUE_S: Final = 10
CLIENT_HELLO_DUE_S: Final = 5
HANDSHAKE_DUE_S: Final = 15
GREETING_DUE_S: Final = 15
WRITE_STALL_S: Final = 15
MIN_BUSY_S: Final = 30
"""The shortest "come back in n seconds" a host may say."""

Uniform = Callable[[float, float], float]


def redial_delay(policy: Redial, attempt: int, *, slow: bool, hosts: int, uniform: Uniform) -> float:
    """Seconds to wait before dialling attempt `attempt` (0 is the first one after the session was lost).

    `hosts` addresses are walked before the wait doubles. The answer is never negative and never above the cap
    of the table in force.
    """
    if slow:
        upper = min(policy.slow_first_s * 2.0 ** min(attempt + 1, 64), policy.slow_cap_s)
        return uniform(upper / 2, upper)
    rounds = attempt // max(hosts, 1)
    if rounds == 0:
        return uniform(0.0, min(policy.spread_s, policy.cap_s))
    upper = min(policy.spread_s * 2.0 ** min(rounds, 64), policy.cap_s)
    return uniform(upper / 2, upper)
