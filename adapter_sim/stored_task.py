"""The last task of a box, as its flash has it."""

import msgspec

from protocol.task_messages import TaskEnd, TaskResult

__all__ = ["Done", "StoredTask"]


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """How a task has ended."""

    outcome: TaskEnd
    reason: str = ""
    text: str = ""
    results: tuple[TaskResult, ...] = ()


class StoredTask(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The last task, as flash has it. Without an end it was begun: found so at boot, the power went in between."""

    task: int
    issued_ms: int
    reboots: bool = False
    done: Done | None = None
