"""A turn of the loop has its share of work; the rest waits in order, told by a clock that only the test moves."""

from collections.abc import Callable
from functools import partial

from servicehost.runtime.turns import Turns

SHARE_S = 0.01


class Loop:
    """Calls in the next turn, and a clock that work moves on."""

    def __init__(self) -> None:
        self.now = 0.0
        self.ready: list[Callable[[], None]] = []
        self.done: list[str] = []
        self.turns = Turns(self.ready.append, lambda: self.now, share_s=SHARE_S)

    def turn(self) -> None:
        ready, self.ready[:] = list(self.ready), []
        for callback in ready:
            callback()

    def work(self, name: str, seconds: float) -> None:
        self.now += seconds
        self.done.append(name)

    def offer(self, name: str, seconds: float) -> None:
        """What a caller does: at once if there is room, else later."""
        if self.turns.full():
            self.turns.later(partial(self.work, name, seconds))
        else:
            self.work(name, seconds)


def test_light_work_is_done_at_once() -> None:
    loop = Loop()
    for number in range(9):
        loop.offer(str(number), 0.001)
    assert loop.done == [str(number) for number in range(9)]
    assert len(loop.ready) == 1


def test_what_comes_after_the_share_waits_for_the_next_turns_in_order() -> None:
    loop = Loop()
    for number in range(8):
        loop.offer(str(number), 0.004)
    assert loop.done == ["0", "1", "2"]
    loop.turn()
    assert loop.done == ["0", "1", "2", "3", "4", "5"]
    loop.turn()
    assert loop.done == [str(number) for number in range(8)]


def test_nobody_overtakes_what_waits() -> None:
    loop = Loop()
    loop.offer("heavy", 0.02)
    loop.offer("first", 0.02)
    loop.offer("second", 0.02)
    loop.turn()
    loop.now += 1.0
    loop.offer("third", 0.0)
    assert loop.done == ["heavy", "first"]
    while loop.ready:
        loop.turn()
    assert loop.done == ["heavy", "first", "second", "third"]


def test_a_turn_of_its_own_has_a_share_of_its_own() -> None:
    loop = Loop()
    loop.offer("one", 0.02)
    loop.turn()
    loop.offer("two", 0.02)
    assert loop.done == ["one", "two"]


def test_nothing_is_called_in_a_loop_at_rest() -> None:
    loop = Loop()
    loop.offer("one", 0.02)
    loop.offer("two", 0.02)
    loop.turn()
    loop.turn()
    loop.turn()
    assert loop.ready == []
    assert len(loop.turns) == 0


def test_what_had_waited_counts_for_what_comes_later_in_the_same_turn() -> None:
    loop = Loop()
    loop.offer("one", 0.02)
    loop.offer("two", 0.02)
    loop.turn()
    loop.offer("three", 0.02)
    assert loop.done == ["one", "two"]
    loop.turn()
    assert loop.done == ["one", "two", "three"]
