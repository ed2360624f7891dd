"""The alarm sleeps until something is due, and no longer than a minute at a time."""

import asyncio

from servicehost.workers.alarm import LONGEST_SLEEP_S, Alarm


class Bed:
    """A clock that only sleep moves on."""

    def __init__(self, due: int | None) -> None:
        self.now, self.due = 1_000, due
        self.slept: list[float] = []
        self.worked: list[int] = []
        self.alarm = Alarm(self.next_due, self.work, self, wait=self.wait)
        self.hint: int | None = None

    def wall(self) -> int:
        return self.now

    def monotonic(self) -> float:
        return self.now / 1000

    async def next_due(self) -> int | None:
        return self.due

    async def work(self) -> None:
        self.worked.append(self.now)
        self.due = None

    async def wait(self, woken: asyncio.Event, delay_s: float) -> None:
        self.slept.append(delay_s)
        if self.hint is not None:
            self.alarm.by(self.hint)
        if not woken.is_set():
            self.now += round(delay_s * 1000)


async def test_it_sleeps_until_the_next_instant_and_works_then() -> None:
    bed = Bed(due=5_000)
    await bed.alarm.round()
    assert (bed.slept, bed.worked) == ([4.0], [5_000])


async def test_what_is_due_already_is_done_without_sleep() -> None:
    bed = Bed(due=900)
    await bed.alarm.round()
    assert (bed.slept, bed.worked) == ([], [1_000])


async def test_with_nothing_to_do_it_looks_once_a_minute() -> None:
    bed = Bed(due=None)
    await bed.alarm.round()
    assert (bed.slept, bed.worked) == ([LONGEST_SLEEP_S], [])


async def test_a_hint_at_something_sooner_wakes_it_and_one_at_something_later_does_not() -> None:
    for hint, woken in ((3_000, True), (9_000, False)):
        bed = Bed(due=5_000)
        bed.hint = hint
        await bed.alarm.round()
        assert bed.worked == ([] if woken else [5_000])
