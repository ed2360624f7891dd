"""Signals as events."""

import asyncio
import os
import signal

from servicehost.runtime.shutdown import Leaving, listening_to_signals


async def test_the_first_signal_asks_to_leave_and_the_second_to_hurry() -> None:
    leaving = Leaving()
    with listening_to_signals(leaving):
        os.kill(os.getpid(), signal.SIGTERM)
        await leaving.asked.wait()
        assert not leaving.hurried.is_set()
        os.kill(os.getpid(), signal.SIGINT)
        await leaving.hurried.wait()


async def test_after_the_block_signals_are_what_they_were() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with listening_to_signals(Leaving()):
        assert signal.getsignal(signal.SIGTERM) is not before
    assert signal.getsignal(signal.SIGTERM) == before
    await asyncio.sleep(0)
