"""Offered load at a fixed rate, whatever the server makes of it."""

import asyncio
import time
from collections.abc import Awaitable, Callable

TICK_S = 0.001  # uvloop's timers count milliseconds and turn a shorter sleep into a busy loop


async def paced(
    count: int,
    rate: float,
    issue: Callable[[range], None],
    *,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> None:
    """Hand every number below `count` to `issue` once, in order, number i no earlier than i / rate seconds from now.

    What is due at one tick comes as one range, so that a sender of all can put it into one write.
    Open loop: a late caller catches up at once, so that a slow server cannot lower the rate it is offered.
    """
    start = clock()
    issued = 0
    while issued < count:
        due = min(count, int((clock() - start) * rate) + 1)
        if due > issued:
            issue(range(issued, due))
            issued = due
        if issued < count:
            await sleep(max(start + issued / rate - clock(), TICK_S))
