"""The clock's door ends tasks that waited too long for an absent adapter, and those a unit has had for too long."""

from servicehost.domain.contract import EVERYTHING
from servicehost.domain.task import Fact, Task, TaskLimits, TaskState, after, changed
from servicehost.operations.task_events import told
from servicehost.ports.clock import Clock
from servicehost.ports.line import Line
from servicehost.ports.store import Batch, Store

__all__ = ["end_due_tasks"]


async def end_due_tasks(limit: int, *, store: Store, clock: Clock, line: Line, limits: TaskLimits) -> int:
    """How many were ended, at most `limit`: as many as that means there may be more. Harmless twice.

    Units whose task was given up are nudged: the next one of their adapter is due.
    """
    now = clock.wall()

    def work(batch: Batch) -> list[Task]:
        ended = [over for task in batch.due_tasks(now, limit) if (over := _over(task, now, limits)) is not None]
        batch.save_tasks(ended)
        batch.add_events([event for one in ended if (event := told(one)) is not None])
        return ended

    ended = await store.batch(EVERYTHING, work)
    line.nudge({one.unit_id for one in ended if one.unit_id is not None})
    return len(ended)


def _over(task: Task, now: int, limits: TaskLimits) -> Task | None:
    change = after(task, Fact.EXPIRED if task.state is TaskState.QUEUED else Fact.UNANSWERED)
    return None if change is None else changed(task, change, now, limits.grace_s)
