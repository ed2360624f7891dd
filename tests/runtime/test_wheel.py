"""The wheel against a model that simply looks at every deadline."""

import math
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from servicehost.runtime.wheel import TICK_S, Timed, Wheel
from tests.fakes.still_time import StillTime


class Alarm(Timed):
    __slots__ = ("again", "fired", "on_fire")

    def __init__(self, *again: float, on_fire: Callable[[], None] = lambda: None) -> None:
        super().__init__()
        self.again = list(again)
        self.fired: list[float] = []
        self.on_fire = on_fire

    def come_due(self, now: float) -> float | None:
        self.fired.append(now)
        self.on_fire()
        return self.again.pop(0) if self.again else None


def started() -> tuple[StillTime, Wheel, list[Exception]]:
    loop, faults = StillTime(), list[Exception]()
    wheel = Wheel(loop.call_at, lambda: loop.time, faults.append)
    wheel.start()
    return loop, wheel, faults


@pytest.mark.parametrize(
    ("due", "fires_at"),
    [
        (0.0, 0.25),
        (0.1, 0.25),
        (0.25, 0.25),
        (0.26, 0.5),
        (35.0, 35.0),
        (127.9, 128.0),
        (128.25, 128.25),
        (500.1, 500.25),
    ],
)
def test_an_entry_comes_due_at_its_deadline_or_at_the_next_tick(due: float, fires_at: float) -> None:
    loop, wheel, _ = started()
    alarm = Alarm()
    wheel.schedule(alarm, due)
    loop.run_for(fires_at - 0.01)
    assert alarm.fired == []
    loop.run_for(0.02)
    assert alarm.fired == [fires_at]
    assert len(wheel) == 0


def test_an_entry_that_is_not_really_due_is_put_back() -> None:
    loop, wheel, _ = started()
    alarm = Alarm(7.0, 200.0)
    wheel.schedule(alarm, 5.0)
    loop.run_for(300.0)
    assert alarm.fired == [5.0, 7.0, 200.0]


def test_a_cancelled_entry_never_comes_due_and_cancelling_twice_is_harmless() -> None:
    loop, wheel, _ = started()
    alarm = Alarm()
    wheel.schedule(alarm, 1.0)
    wheel.cancel(alarm)
    wheel.cancel(alarm)
    loop.run_for(200.0)
    assert alarm.fired == []
    assert len(wheel) == 0


def test_scheduling_again_replaces_the_deadline() -> None:
    loop, wheel, _ = started()
    alarm = Alarm()
    wheel.schedule(alarm, 1.0)
    wheel.schedule(alarm, 3.0)
    loop.run_for(10.0)
    assert alarm.fired == [3.0]


def test_an_entry_may_cancel_and_move_others_of_its_own_tick() -> None:
    loop, wheel, _ = started()
    cancelled, moved = Alarm(), Alarm()

    def interfere() -> None:
        wheel.cancel(cancelled)
        wheel.schedule(moved, 2.0)

    for alarm in (Alarm(on_fire=interfere), cancelled, moved):
        wheel.schedule(alarm, 1.0)
    loop.run_for(5.0)
    assert (cancelled.fired, moved.fired) == ([], [2.0])
    assert len(wheel) == 0


def test_an_entry_that_raises_is_told_of_and_stops_nobody() -> None:
    loop, wheel, faults = started()

    def fail() -> None:
        raise OSError("broken")

    broken, sound = Alarm(on_fire=fail), Alarm()
    wheel.schedule(broken, 1.0)
    wheel.schedule(sound, 1.0)
    loop.run_for(2.0)
    assert sound.fired == [1.0]
    assert [str(fault) for fault in faults] == ["broken"]


def test_a_tick_a_little_late_counts_its_lateness() -> None:
    loop, wheel, _ = started()
    alarm = Alarm()
    wheel.schedule(alarm, 2.0)
    loop.sleep_through(2.2)
    assert alarm.fired == [pytest.approx(2.2)]
    assert wheel.uncounted_s == 0.0


def test_a_tick_more_than_two_seconds_late_moves_every_deadline_by_its_lateness() -> None:
    loop, wheel, _ = started()
    soon, later = Alarm(), Alarm()
    wheel.schedule(soon, 0.2)
    wheel.schedule(later, 10.0)
    loop.sleep_through(60.0)
    assert wheel.now == TICK_S
    assert wheel.uncounted_s == 60.0 - TICK_S
    assert soon.fired == [0.25]
    loop.run_for(9.7)
    assert later.fired == []
    loop.run_for(0.1)
    assert later.fired == [10.0]


def test_a_stopped_wheel_stands_still_and_goes_on_where_it_stood() -> None:
    loop, wheel, _ = started()
    alarm = Alarm()
    wheel.schedule(alarm, 2.0)
    loop.run_for(1.0)
    wheel.stop()
    loop.run_for(100.0)
    wheel.start()
    loop.run_for(0.9)
    assert alarm.fired == []
    loop.run_for(0.2)
    assert alarm.fired == [2.0]


Step = tuple[str, int, float]
_STEPS = st.lists(
    st.tuples(st.sampled_from(["schedule", "cancel", "run"]), st.integers(0, 5), st.floats(0.0, 400.0)), max_size=40
)


@settings(max_examples=150, deadline=None)
@given(_STEPS)
def test_the_wheel_agrees_with_a_model_that_looks_at_every_deadline(steps: list[Step]) -> None:
    loop, wheel, _ = started()
    alarms = [Alarm() for _ in range(6)]
    model: dict[int, int] = {}
    expected: list[list[float]] = [[] for _ in alarms]
    for verb, index, number in steps:
        if verb == "schedule":
            due = wheel.now + number
            wheel.schedule(alarms[index], due)
            model[index] = max(math.ceil(due / TICK_S), int(wheel.now / TICK_S) + 1)
        elif verb == "cancel":
            wheel.cancel(alarms[index])
            model.pop(index, None)
        else:
            ticks = int(number)
            loop.run_for(ticks * TICK_S)
            reached = int(wheel.now / TICK_S)
            for key in [key for key, tick in model.items() if tick <= reached]:
                expected[key].append(model.pop(key) * TICK_S)
    assert [alarm.fired for alarm in alarms] == expected
    assert len(wheel) == len(model)
