"""How many units of this host have a task at once: counted in memory, for the bound protects this process."""

from collections.abc import Callable, Iterable, Mapping

import msgspec

from servicehost.domain.task import TaskLimits

__all__ = ["Room", "TaskSlots"]


class Room(msgspec.Struct, frozen=True, kw_only=True):
    """As it stands when a batch begins: who has a task, and how many more may."""

    holders: frozenset[int]
    free: int
    limits: TaskLimits = TaskLimits()


def _nobody(unit_ids: Iterable[int]) -> None:
    """Nobody is told."""


def _never(instant: int) -> None:
    """No clock waits."""


class TaskSlots:
    """Call from the loop's thread. `nudge` tells units that were held back that a slot is free; `due` hears when the
    clock has something to say of a task that was handed out. Whoever opens the host sets both.

    Forgetting a holder, or counting one too long, only moves the bound: what is run once is decided by the store.
    """

    def __init__(self, limits: TaskLimits) -> None:
        self.nudge: Callable[[Iterable[int]], None] = _nobody
        self.due: Callable[[int], None] = _never
        self._limits = limits
        self._until: dict[int, int] = {}
        self._held_back: dict[int, None] = {}

    @property
    def holders(self) -> Mapping[int, int]:
        """The units that have a task, and when they will have had it for too long."""
        return self._until

    def room(self, now: int) -> Room:
        """What may be handed out. Who never answered is counted until its task's time is over."""
        if len(self._until) >= self._limits.in_flight:
            self._until = {unit: until for unit, until in self._until.items() if until > now}
        free = max(0, self._limits.in_flight - len(self._until))
        return Room(holders=frozenset(self._until), free=free, limits=self._limits)

    def take(self, unit_id: int, until: int) -> None:
        """The unit was given a task."""
        self._until[unit_id] = until
        self._held_back.pop(unit_id, None)
        self.due(until)

    def hold_back(self, unit_id: int) -> None:
        """The unit's task must wait for a slot."""
        self._held_back[unit_id] = None

    def release(self, unit_id: int) -> None:
        """The unit has no task any more, or no session; one that was held back may have its slot."""
        if self._until.pop(unit_id, None) is not None and self._held_back:
            waiting = next(iter(self._held_back))
            del self._held_back[waiting]
            self.nudge([waiting])
