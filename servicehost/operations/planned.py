"""What a plan comes to when its time has come: pushes, or a batch of tasks, in the transaction of that very time."""

from collections.abc import Collection
from typing import Any

import msgspec

from servicehost.domain.errors import Refused
from servicehost.domain.people import Actor
from servicehost.domain.scheduled_order import PushPlan, ScheduledOrder, TaskPlan
from servicehost.operations.choose_revisions import PushOrder
from servicehost.operations.order_task import TaskOrder, TaskOrdering, TaskPolicy, place_tasks
from servicehost.operations.ordering import PushTerms, place_order
from servicehost.operations.selecting import selected
from servicehost.ports.store import Batch, Transaction

__all__ = ["FiringTerms", "Placed", "place"]


class FiringTerms(msgspec.Struct, frozen=True, kw_only=True):
    """What pushes and tasks are given, and after how long a time was missed."""

    pushes: PushTerms
    tasks: TaskOrdering
    grace_ms: int


class Placed(msgspec.Struct, frozen=True, kw_only=True):
    """The units to nudge after the commit; what an `Occurrence` keeps of it; and the instant at which the first of the
    tasks is due to expire, None without tasks."""

    units: Collection[int]
    counted: dict[str, Any]
    due_at: int | None = None


async def place(tx: Transaction, actor: Actor, one: ScheduledOrder, now: int, terms: FiringTerms) -> Placed:
    """Raises as `push_config` and `order_task` do, and as `selected` does of the adapters of tasks; with the first
    refusal of an adapter where each was refused."""
    plan, policy = one.plan, terms.tasks.policy
    if isinstance(plan, PushPlan):
        return await _pushes(tx, actor, _push_order(plan, one.note), now, terms.pushes)

    def on(batch: Batch) -> Placed:
        return _tasks(batch, actor, _task_order(batch, plan, one.note, now, policy.max_adapters), now, policy)

    return await tx.on_batch(on)


async def _pushes(tx: Transaction, actor: Actor, order: PushOrder, now: int, terms: PushTerms) -> Placed:
    placed = await place_order(tx, actor, order, now, terms)
    numbers = [answer.push.push for answer in placed.ordered if answer.push is not None]
    if not numbers:
        raise Refused(placed.ordered[0].code or "refused", placed.ordered[0].text or "")
    counted = {"pushes": len(numbers), "first_push": numbers[0], "last_push": numbers[-1]}
    return Placed(units=placed.units, counted=counted)


def _tasks(batch: Batch, actor: Actor, order: TaskOrder, now: int, policy: TaskPolicy) -> Placed:
    ordered, units = place_tasks(batch, actor, order, now, policy)
    tasks = [answer.task for answer in ordered if answer.task is not None]
    if not tasks:
        raise Refused(ordered[0].code or "refused", ordered[0].text or "")
    return Placed(units=units, counted={"tasks": len(tasks), "batch": tasks[0].batch}, due_at=tasks[0].expires_at)


def _push_order(plan: PushPlan, note: str) -> PushOrder:
    return PushOrder(
        service_codes=plan.service_codes,
        revisions=plan.revisions,
        target=plan.target,
        reason=note,
        confirm_timeout_s=plan.confirm_timeout_s,
        life_s=plan.life_s,
    )


def _task_order(batch: Batch, plan: TaskPlan, note: str, now: int, most: int) -> TaskOrder:
    """An adapter of a list that is gone by then keeps the others from nothing."""
    listed = plan.adapters.service_codes
    return TaskOrder(
        service_codes=selected(batch, plan.adapters, now, most=most) if listed is None else listed,
        work=plan.work,
        life_s=plan.life_s,
        time_out_s=plan.time_out_s,
        note=note,
        name=plan.name,
    )
