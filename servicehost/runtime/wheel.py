"""A hashed timer wheel: any number of deadlines on one timer of the event loop.

Scheduling and cancelling cost the same however many entries there are. A deadline is lazy: an entry that comes due
is asked when it is really due, so that a sign of life need only note the time and never touches the wheel.

Wheel time
    `now` is the wheel's own time: the monotonic clock as the last tick read it, less every lateness that was not
    counted. When a tick comes more than `late_s` late, this process was stopped or starved, and what did not happen
    meanwhile is nobody's silence: wheel time then goes on by one tick only, so every deadline moves by the lateness.
    A time kept in wheel time needs no correction. Between ticks `now` stands still: it may be up to one tick old,
    or up to `late_s` when the loop is that late.
"""

import math
from collections.abc import Callable
from typing import Any, Final, Protocol

__all__ = ["LATE_S", "TICK_S", "Cancellable", "Timed", "Wheel"]

TICK_S: Final = 0.25
LATE_S: Final = 2.0
_SLOTS: Final = 512
_IDLE: Final = -1


class Cancellable(Protocol):
    """What `call_at` answers: a timer of the event loop."""

    def cancel(self) -> Any:
        """Never call back."""
        ...


class Timed:
    """Something with a deadline; it is its own entry in the wheel, and in at most one wheel.

    `due_tick` is the wheel's own mark; nobody else writes it.
    """

    __slots__ = ("due_tick",)

    def __init__(self) -> None:
        self.due_tick = _IDLE

    def come_due(self, now: float) -> float | None:
        """Called in wheel time at the deadline, within one tick. Answers when it is due next; None: no more."""
        raise NotImplementedError


class Wheel:
    """`call_at` and `monotonic` are the event loop's (`loop.call_at`, `loop.time`): one clock for both.

    `fault` is told of an exception that an entry raised; that entry is let go, the others come due all the same.
    """

    def __init__(
        self,
        call_at: Callable[[float, Callable[[], None]], Cancellable],
        monotonic: Callable[[], float],
        fault: Callable[[Exception], None],
        *,
        tick_s: float = TICK_S,
        late_s: float = LATE_S,
    ) -> None:
        self.now = 0.0
        """Wheel time, in seconds; starts at 0."""
        self.uncounted_s = 0.0
        """All lateness that was not counted."""
        self._call_at = call_at
        self._monotonic = monotonic
        self._fault = fault
        self._tick_s = tick_s
        self._late_s = late_s
        self._slots: list[dict[Timed, None]] = [{} for _ in range(_SLOTS)]
        self._swept = 0
        self._size = 0
        self._origin = 0.0  # wheel time is the monotonic clock less this
        self._timer: Cancellable | None = None

    def __len__(self) -> int:
        return self._size

    def start(self) -> None:
        """Begin to tick. Harmless twice."""
        if self._timer is None:
            self._origin = self._monotonic() - self.now
            self._arm()

    def stop(self) -> None:
        """Tick no more; entries stay, and wheel time stands still until `start`."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def schedule(self, entry: Timed, due: float) -> None:
        """Have `entry` come due at `due` (wheel time) or within a tick after it; replaces its deadline."""
        if entry.due_tick != _IDLE:
            self.cancel(entry)
        entry.due_tick = max(math.ceil(due / self._tick_s), self._swept + 1)
        self._slots[entry.due_tick % _SLOTS][entry] = None
        self._size += 1

    def cancel(self, entry: Timed) -> None:
        """Take `entry` out; harmless when it is not in."""
        if entry.due_tick != _IDLE:
            # While its slot is being swept it is in no dict any more; the mark alone tells the sweep.
            self._slots[entry.due_tick % _SLOTS].pop(entry, None)
            entry.due_tick = _IDLE
            self._size -= 1

    def tick(self) -> None:
        """Bring wheel time up to the clock and call everything that has come due, in order of ticks."""
        expected = (self._swept + 1) * self._tick_s
        lateness = self._monotonic() - self._origin - expected
        if lateness > self._late_s:
            self._origin += lateness
            self.uncounted_s += lateness
            lateness = 0.0
        self.now = max(self.now, expected + lateness)
        # The clock may be read a hair before its own timer was due: the expected tick is swept nevertheless.
        for tick in range(self._swept + 1, max(int(self.now / self._tick_s), self._swept + 1) + 1):
            self._sweep(tick)
        if self._timer is not None:
            self._arm()

    def _arm(self) -> None:
        self._timer = self._call_at(self._origin + (self._swept + 1) * self._tick_s, self.tick)

    def _sweep(self, tick: int) -> None:
        self._swept = tick
        entries = self._slots[tick % _SLOTS]
        if not entries:
            return
        self._slots[tick % _SLOTS] = {}
        for entry in entries:
            if entry.due_tick == tick:
                entry.due_tick = _IDLE
                self._size -= 1
                self._ask(entry)
            elif entry.due_tick != _IDLE:  # due in a later round, or scheduled anew during this sweep
                self._slots[entry.due_tick % _SLOTS][entry] = None

    def _ask(self, entry: Timed) -> None:
        try:
            due = entry.come_due(self.now)
        except Exception as error:  # one broken entry must not stop everybody's deadlines
            self._fault(error)
            return
        if due is not None:
            self.schedule(entry, due)
