"""Somebody who may takes back what still waits of tasks that were ordered together."""

from typing import Any

import msgspec

from servicehost.domain.audit import Action
from servicehost.domain.errors import NotFound
from servicehost.domain.people import Actor, Right, demand
from servicehost.domain.task import Task
from servicehost.domain.task_batch import NamedBatch, taken_back
from servicehost.domain.task_work import right_for
from servicehost.operations.deed import deed, recorded
from servicehost.operations.grounds import grounds_in
from servicehost.ports.clock import Clock
from servicehost.ports.store import Batch, Store

__all__ = ["BatchCancelled", "cancel_batch"]


class BatchCancelled(msgspec.Struct, frozen=True, kw_only=True):
    """How many tasks were cancelled now, and how many a unit has already: those come to their end."""

    batch: NamedBatch
    cancelled: int
    running: int


async def cancel_batch(actor: Actor, number: int, *, store: Store, clock: Clock) -> BatchCancelled:
    """All of it in one transaction, with one event and one record that count; where nothing waits, nothing is written.

    Raises Forbidden `no_right`, `consent_needed`, as an order of it would, for every adapter whose task is open;
    NotFound `batch_not_found`.
    """
    now = clock.wall()

    def work(batch: Batch) -> BatchCancelled:
        standing = batch.named_batch(number)
        if standing is None:
            raise NotFound("batch_not_found", f"There is no batch {number} of tasks")
        open_tasks = batch.tasks_of_batch(number)
        acting = _acting(batch, actor, open_tasks, now)
        cancelled, running = taken_back(open_tasks, now)
        answer = BatchCancelled(batch=standing, cancelled=len(cancelled), running=len(running))
        if cancelled:
            batch.save_tasks(cancelled)
            _write(batch, acting, answer, now)
        return answer

    return await store.batch(actor.scope, work)


def _acting(batch: Batch, actor: Actor, open_tasks: list[Task], now: int) -> Actor:
    if not open_tasks:
        demand(actor, Right.LOOK_INTO_UNITS)
        return actor
    adapters = batch.adapters([task.service_code for task in open_tasks])
    return next(iter(grounds_in(batch, actor, [right_for(open_tasks[0].work)], adapters, now).values()))


def _write(batch: Batch, actor: Actor, answer: BatchCancelled, now: int) -> None:
    number, tenant = answer.batch.batch, answer.batch.management_code
    counted: dict[str, Any] = {"batch": number, "cancelled": answer.cancelled, "running": answer.running}
    told = deed(actor, now, "task_batch_cancelled", management_code=tenant, **counted)
    batch.add_events([told])
    entry = recorded(
        actor,
        now,
        Action.CANCEL_BATCH,
        f"batch {number}",
        management_code=tenant,
        before={"batch": number, "waiting": answer.cancelled, "running": answer.running},
        after=counted,
    )
    batch.append_audit([entry])
