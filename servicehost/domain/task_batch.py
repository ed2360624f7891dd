"""Tasks that were ordered together: how far they are, and who among them can still be taken back.

A batch belongs to one management contract. It has no state of its own: where it stands is what its tasks say.
"""

from collections.abc import Mapping, Sequence

import msgspec

from servicehost.domain.task import Fact, Task, TaskState, after, changed
from servicehost.domain.task_work import TaskKind

__all__ = ["BatchProgress", "NamedBatch", "taken_back"]


class NamedBatch(msgspec.Struct, frozen=True, kw_only=True):
    """What was ordered together, of one kind, on `adapters` adapters."""

    batch: int
    management_code: str
    name: str
    kind: TaskKind
    adapters: int
    ordered_by: str
    ordered_at: int
    note: str = ""


class BatchProgress(msgspec.Struct, frozen=True, kw_only=True):
    """A batch, and how many of its tasks stand in each state; a state with none may be left out. Of tasks that are kept
    no longer there is no state: they had ended."""

    batch: NamedBatch
    states: Mapping[TaskState, int]

    @property
    def ended(self) -> int:
        """How many nothing changes any more."""
        return self.batch.adapters - sum(count for state, count in self.states.items() if not state.ended)


def taken_back(open_tasks: Sequence[Task], now: int) -> tuple[list[Task], list[Task]]:
    """Those that are cancelled when their batch is, as they are then; and those that come to their end by themselves,
    because a unit has them already."""
    cancelled, running = [], []
    for task in open_tasks:
        change = after(task, Fact.CANCELLED)
        if change is None:
            running.append(task)
        else:
            cancelled.append(changed(task, change, now, 0))
    return cancelled, running
