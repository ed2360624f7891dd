"""Waiting until a server has finished what it does after a load."""

import asyncio

from tests.bench import measure

STEP_S = 0.25
QUIET_SHARE = 0.10
PATIENCE_S = 15.0


async def until_quiet(pid: int) -> bool:
    """Wait until a quarter of a second costs the server less than a tenth of its core; False after 15 s without."""
    for _ in range(round(PATIENCE_S / STEP_S)):
        before = measure.read(pid)
        await asyncio.sleep(STEP_S)
        if measure.read(pid).since(before).server_share < QUIET_SHARE:
            return True
    return False
