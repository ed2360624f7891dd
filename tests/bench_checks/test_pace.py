"""Open-loop pacing, on a clock of our own."""

from tests.bench.pace import TICK_S, paced


class Clock:
    """Moves when slept on, and a little extra when asked to."""

    def __init__(self) -> None:
        self.now = 100.0
        self.late: list[float] = []
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds + (self.late.pop() if self.late else 0.0)


async def issued(count: int, rate: float, clock: Clock) -> list[tuple[float, int]]:
    moments: list[tuple[float, int]] = []

    def issue(due: range) -> None:
        moments.extend((clock.now - 100.0, index) for index in due)

    await paced(count, rate, issue, clock=clock, sleep=clock.sleep)
    return moments


async def test_everything_is_issued_once_in_order_and_never_early() -> None:
    moments = await issued(500, 200.0, Clock())
    assert [index for _, index in moments] == list(range(500))
    assert all(at >= index / 200.0 - 1e-9 for at, index in moments)
    assert moments[-1][0] < 499 / 200.0 + 2 * TICK_S


async def test_a_late_caller_catches_up_at_once() -> None:
    clock = Clock()
    clock.late = [1.0]
    moments = await issued(300, 200.0, clock)
    assert len({at for at, index in moments if 1 <= index <= 200}) == 1
    assert moments[-1][0] < 299 / 200.0 + 2 * TICK_S


async def test_it_never_sleeps_less_than_the_loop_can() -> None:
    clock = Clock()
    await issued(1_000, 50_000.0, clock)
    assert clock.slept
    assert min(clock.slept) >= TICK_S


async def test_nothing_asked_for_is_nothing_issued() -> None:
    assert await issued(0, 10.0, Clock()) == []
