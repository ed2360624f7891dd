"""Somebody who may takes back a task that no unit has been given yet."""

from servicehost.domain.audit import Action
from servicehost.domain.errors import Conflict, NotFound
from servicehost.domain.people import Actor
from servicehost.domain.task import Fact, Task, TaskLimits, TaskState, after, changed
from servicehost.domain.task_work import right_for
from servicehost.operations.deed import recorded
from servicehost.operations.grounds import ground
from servicehost.operations.task_events import told
from servicehost.ports.clock import Clock
from servicehost.ports.store import Batch, Store

__all__ = ["cancel_task"]


async def cancel_task(actor: Actor, number: int, *, store: Store, clock: Clock, limits: TaskLimits) -> Task:
    """The task, cancelled; asked again, as it stands.

    Raises Forbidden `consent_needed`, as an order of it would; NotFound `task_not_found`; Conflict `task_in_progress`
    or `task_ended`.
    """
    now = clock.wall()

    def work(batch: Batch) -> Task:
        standing = batch.tasks([number]).get(number)
        if standing is None:
            raise NotFound("task_not_found", f"There is no task {number}")
        acting = ground(batch, actor, right_for(standing.work), standing.service_code, now)
        if standing.state is TaskState.CANCELLED:
            return standing
        cancelled = _cancelled(standing, limits, now)
        batch.save_tasks([cancelled])
        event = told(cancelled, actor=acting.author)
        batch.add_events([event] if event else [])
        entry = recorded(
            acting,
            now,
            Action.CANCEL_TASK,
            cancelled.service_code,
            management_code=cancelled.management_code,
            before={"task": number, "state": standing.state.value},
            after={"task": number, "state": cancelled.state.value},
        )
        batch.append_audit([entry])
        return cancelled

    return await store.batch(actor.scope, work)


def _cancelled(standing: Task, limits: TaskLimits, now: int) -> Task:
    change = after(standing, Fact.CANCELLED)
    if change is not None:
        return changed(standing, change, now, limits.grace_s)
    if standing.state.ended:
        raise Conflict("task_ended", f"Task {standing.task} has ended: {standing.state.value}")
    raise Conflict("task_in_progress", f"A unit has task {standing.task} already; it cannot be taken back any more")
