"""What is kept of tasks and of what they brought."""

from collections.abc import Collection, Sequence
from typing import Protocol

import msgspec

from servicehost.domain.contract import Scope
from servicehost.domain.task import Result, Task, TaskState
from servicehost.domain.task_work import TaskKind
from servicehost.ports.bound_units import BoundUnits

__all__ = ["TaskBatch", "TaskFilter", "TaskReads"]


class TaskFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which tasks somebody wants. What is left out is not asked for."""

    service_code: str | None = None
    state: TaskState | None = None
    kind: TaskKind | None = None
    batch: int | None = None


class TaskBatch(BoundUnits, Protocol):
    """In a batch from sessions, of people and of the clock."""

    def tasks_waiting(self, service_codes: Collection[str]) -> dict[str, int]:
        """How many open tasks each adapter has; adapters with none are left out."""
        ...

    def add_tasks(self, tasks: Sequence[Task]) -> list[Task]:
        """The tasks with their numbers, in the order given; numbers grow."""
        ...

    def task_heads(self, service_codes: Collection[str]) -> dict[str, Task]:
        """The oldest open task of each adapter; adapters with none are left out. However many wait costs nothing."""
        ...

    def tasks(self, numbers: Collection[int]) -> dict[int, Task]: ...

    def open_tasks(self, service_code: str) -> list[Task]:
        """All open ones of one adapter, oldest first."""
        ...

    def due_tasks(self, now: int, limit: int) -> list[Task]:
        """Open ones whose `due_at` has come, oldest first."""
        ...

    def save_tasks(self, tasks: Sequence[Task]) -> None:
        """Writes what `domain.task.changed` and `handed_out` change."""
        ...

    def remove_results_of(self, management_code: str, at: int) -> int:
        """Remove the bytes of everything that tasks of a contract brought; how many there were. That they were there,
        how long and under which digest stays."""
        ...

    def forget_tasks(self, before: int, limit: int) -> dict[str, int]:
        """Remove the oldest tasks with what they brought, those that were ordered before `before` and have ended: how
        many of each contract. Looks at `limit` of them; one that is open keeps those after it. A batch goes with its
        last task. Only over all contracts: the policy is the host's, and a tenant's scope removes none."""
        ...

    def add_task_results(self, results: Sequence[Result]) -> None:
        """What a task brought, once for each module: with the end that it belongs to."""
        ...


class TaskReads(Protocol):
    """For the API."""

    async def tasks(
        self, scope: Scope, wanted: TaskFilter, *, after: int = 0, limit: int = 100, newest_first: bool = False
    ) -> list[Task]:
        """After the task number `after`; newest_first turns the order and reads before it (0: from the newest)."""
        ...

    async def task(self, scope: Scope, task: int) -> Task | None: ...

    async def task_results(self, scope: Scope, task: int) -> list[Result]:
        """In the order of modules, without their bodies."""
        ...

    async def task_result(self, scope: Scope, task: int, module: int) -> Result | None:
        """One, with its body if that is a small one."""
        ...

    async def task_counts(self, scope: Scope) -> dict[str, int]:
        """How many tasks stand in each state."""
        ...

    async def next_task_due(self) -> int | None:
        """The instant of the next `due_at`; None when no task is open. It is the host's, and takes no scope."""
        ...
