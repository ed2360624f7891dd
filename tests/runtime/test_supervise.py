"""Rounds that no failure ends, on a clock that does not run."""

import asyncio

import pytest
import structlog

from servicehost.runtime.supervise import BACKOFF_MAX_S, keep_running, pause


class Waits:
    """Notes every wait, and stops after `rounds` of them."""

    def __init__(self, rounds: int) -> None:
        self.waited: list[float] = []
        self._rounds = rounds

    async def __call__(self, stopping: asyncio.Event, delay_s: float) -> None:
        self.waited.append(delay_s)
        if len(self.waited) == self._rounds:
            stopping.set()


async def supervised(outcomes: list[bool], *, every_s: float = 1.0) -> tuple[list[float], list[str]]:
    """Waits and failures of rounds that succeed or fail as told."""
    left, waits, failures = list(outcomes), Waits(len(outcomes)), list[str]()

    async def work() -> None:
        if not left.pop(0):
            raise ConnectionError("the store is away")

    with structlog.testing.capture_logs() as lines:
        await keep_running(
            "renew_lease", work, every_s=every_s, stopping=asyncio.Event(), failed=failures.append, wait=waits
        )
    assert len([line for line in lines if line["event"] == "round_failed"]) == len(failures)
    return waits.waited, failures


async def test_a_round_is_done_at_once_and_then_every_so_many_seconds() -> None:
    assert await supervised([True, True, True], every_s=5) == ([5, 5, 5], [])


async def test_failed_rounds_wait_twice_as_long_each_time_and_a_good_one_ends_that() -> None:
    waited, failures = await supervised([False, False, False, True, False])
    assert (waited, failures) == ([2, 4, 8, 1, 2], ["renew_lease"] * 4)


async def test_the_wait_grows_to_a_minute_and_no_further() -> None:
    waited, _ = await supervised([False] * 10)
    assert (max(waited), waited[-1]) == (BACKOFF_MAX_S, BACKOFF_MAX_S)


async def test_a_round_of_every_hour_is_never_tried_more_seldom_than_that() -> None:
    waited, _ = await supervised([False, False], every_s=3600)
    assert waited == [3600, 3600]


async def test_cancellation_ends_a_round_and_is_no_failure() -> None:
    begun = asyncio.Event()

    async def work() -> None:
        begun.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(keep_running("x", work, every_s=1, stopping=asyncio.Event()))
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_pause_ends_at_once_when_the_host_stops() -> None:
    stopping = asyncio.Event()
    waiting = asyncio.create_task(pause(stopping, 3600.0))
    stopping.set()
    await waiting


async def test_a_pause_without_a_stop_ends_by_itself() -> None:
    stopping = asyncio.Event()
    await pause(stopping, 0.0)
    assert not stopping.is_set()
