"""Somebody who may orders a task on one adapter or on many, in one transaction."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Final

import msgspec

from protocol.digest import digest_of
from servicehost.domain.audit import Action, AuditEntry
from servicehost.domain.errors import Conflict, Invalid
from servicehost.domain.event import Event
from servicehost.domain.people import Actor
from servicehost.domain.task import Task, TaskLimits, TaskState
from servicehost.domain.task_work import DumpDebug, Reboot, TaskWork, kind_of, right_for
from servicehost.domain.unit import Adapter
from servicehost.operations.deed import deed, recorded
from servicehost.operations.grounds import grounds_in
from servicehost.operations.task_batching import in_batches
from servicehost.ports.clock import Clock
from servicehost.ports.line import Line
from servicehost.ports.store import Batch, Store

__all__ = ["TaskOrder", "TaskOrdered", "TaskOrdering", "TaskPolicy", "check_task", "order_task", "place_tasks"]

_FULL: Final = "task_queue_full"


class TaskPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """What a task is given unless its order says otherwise."""

    limits: TaskLimits = TaskLimits()
    max_adapters: int = 10_000
    life_s: int = 86_400
    """How long it waits for its turn, or for an absent adapter."""
    time_out_s: int = 120
    reboot_time_out_s: int = 600
    dump_time_out_s: int = 3_600
    kept_days: int = 400
    """After that tasks and what they brought are removed; 0: never."""

    def usual_time_out_s(self, work: TaskWork) -> int:
        """How long the unit may take for it."""
        if isinstance(work, Reboot):
            return self.reboot_time_out_s
        return self.dump_time_out_s if isinstance(work, DumpDebug) else self.time_out_s


class TaskOrdering(msgspec.Struct, frozen=True, kw_only=True):
    """What whoever orders tasks on a host needs: what they are given, and who is told when the clock will have
    something to say of them."""

    policy: TaskPolicy
    due: Callable[[int], None]


class TaskOrder(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be done where; `life_s` and `time_out_s` are the policy's unless said. Several adapters, or a `name`,
    make a batch."""

    service_codes: Sequence[str]
    work: TaskWork
    life_s: int | None = None
    time_out_s: int | None = None
    note: str = ""
    name: str = ""


class TaskOrdered(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the order for one adapter: a task, or the code of a refusal and its text."""

    service_code: str
    task: Task | None = None
    code: str | None = None
    text: str | None = None


async def order_task(
    actor: Actor,
    order: TaskOrder,
    *,
    store: Store,
    clock: Clock,
    line: Line,
    ordering: TaskOrdering,
) -> list[TaskOrdered]:
    """One answer for each service code, in the order given; a refused one keeps no other from its task.

    Each adapter runs its tasks in the order of their numbers. After the commit the units are nudged, and
    `ordering.due` is told when the tasks expire. Refusals of one adapter: `adapter_not_found`, `adapter_ended`,
    `task_queue_full`. Kinds that change something need a consent for every adapter if the provider's people order them.
    Raises Forbidden `consent_needed`; Conflict `task_queue_full` when no adapter had room; Invalid `no_adapters`,
    `too_many_adapters`, `service_code_twice`, `module_twice`.
    """
    policy = ordering.policy
    check_task(order, policy)
    now = clock.wall()
    ordered, units = await store.batch(actor.scope, lambda batch: place_tasks(batch, actor, order, now, policy))
    line.nudge(units)
    if units or any(one.task for one in ordered):
        ordering.due(now + _life_ms(order, policy))
    return ordered


def place_tasks(
    batch: Batch, actor: Actor, order: TaskOrder, now: int, policy: TaskPolicy
) -> tuple[list[TaskOrdered], set[int]]:
    """The answers, and the units that have something to do. Raises as `order_task`, but for what `check_task` says."""
    adapters = {adapter.service_code: adapter for adapter in batch.adapters(order.service_codes)}
    actors = grounds_in(batch, actor, [right_for(order.work)], list(adapters.values()), now)
    serving = [code for code, adapter in adapters.items() if not adapter.has_ended(now)]
    waiting = batch.tasks_waiting(serving)
    full = {code for code, count in waiting.items() if count >= policy.limits.queue_length}
    if serving and full == set(serving):
        raise Conflict(_FULL, _full_text(min(full), policy))
    wanted = [_task(actors[code], adapters[code], order, policy, now) for code in serving if code not in full]
    if len(order.service_codes) > 1 or order.name:
        wanted = in_batches(batch, wanted, order.name)
    tasks = batch.add_tasks(wanted)
    for one in {actor.warrant: actor for actor in actors.values()}.values():
        own = [task for task in tasks if actors[task.service_code] == one]
        batch.add_events(_events(one, order, own, now))
        batch.append_audit(_records(one, order, own, now))
    units = batch.units_of([task.service_code for task in tasks])
    by_code = {task.service_code: task for task in tasks}
    answers = [_answer(code, by_code, full, adapters, policy) for code in order.service_codes]
    return answers, set(units.values())


def check_task(order: TaskOrder, policy: TaskPolicy) -> None:
    """Raises Invalid for what is wrong with an order whoever orders it."""
    if not order.service_codes:
        raise Invalid("no_adapters", "Name at least one service code")
    if len(order.service_codes) > policy.max_adapters:
        raise Invalid("too_many_adapters", f"At most {policy.max_adapters} service codes in one order")
    if len(set(order.service_codes)) != len(order.service_codes):
        raise Invalid("service_code_twice", "A service code is named twice; name each once")
    modules = getattr(order.work, "modules", ())
    if len(set(modules)) != len(modules):
        raise Invalid("module_twice", "A module is named twice; name each once")


def _life_ms(order: TaskOrder, policy: TaskPolicy) -> int:
    return 1000 * (policy.life_s if order.life_s is None else order.life_s)


def _task(actor: Actor, adapter: Adapter, order: TaskOrder, policy: TaskPolicy, now: int) -> Task:
    expires_at = now + _life_ms(order, policy)
    return Task(
        task=0,
        service_code=adapter.service_code,
        management_code=adapter.management_code,
        kind=kind_of(order.work),
        work=order.work,
        state=TaskState.QUEUED,
        reason="ordered",
        ordered_by=actor.author,
        ordered_at=now,
        changed_at=now,
        expires_at=expires_at,
        time_out_s=order.time_out_s or policy.usual_time_out_s(order.work),
        due_at=expires_at,
        note=order.note,
    )


def _events(actor: Actor, order: TaskOrder, tasks: Sequence[Task], now: int) -> list[Event]:
    """One for the order of each contract: who is to do what stands in the tasks themselves."""
    events = []
    for code in sorted({task.management_code for task in tasks}):
        own = [task for task in tasks if task.management_code == code]
        events.append(
            deed(
                actor,
                now,
                "task_ordered" if len(own) == 1 else "tasks_ordered",
                management_code=code,
                service_code=own[0].service_code if len(own) == 1 else None,
                note=order.note,
                kind=own[0].kind.value,
                adapters=len(own),
                tasks=[own[0].task, own[-1].task],
                **_batch_of(own),
            )
        )
    return events


def _records(actor: Actor, order: TaskOrder, tasks: Sequence[Task], now: int) -> list[AuditEntry]:
    """One for the order of each contract. Addresses and command lines may be secrets: their digest is enough to prove
    what was ordered."""
    entries = []
    for code in sorted({task.management_code for task in tasks}):
        own = [task for task in tasks if task.management_code == code]
        codes = sorted(task.service_code for task in own)
        entries.append(
            recorded(
                actor,
                now,
                Action.ORDER_TASK,
                codes[0] if len(codes) == 1 else f"{len(codes)} adapters",
                management_code=code,
                after={
                    "kind": own[0].kind.value,
                    "work_digest": digest_of(msgspec.json.encode(order.work)),
                    "adapters": len(own),
                    "adapters_digest": digest_of("\n".join(codes).encode()),
                    "tasks": [own[0].task, own[-1].task],
                    **_batch_of(own),
                },
                note=order.note,
            )
        )
    return entries


def _batch_of(tasks: Sequence[Task]) -> dict[str, Any]:
    """Of tasks of one contract and order: nothing for one that stands alone."""
    return {} if tasks[0].batch is None else {"batch": tasks[0].batch}


def _answer(
    code: str, tasks: Mapping[str, Task], full: Collection[str], adapters: Collection[str], policy: TaskPolicy
) -> TaskOrdered:
    if code in tasks:
        return TaskOrdered(service_code=code, task=tasks[code])
    if code in full:
        return TaskOrdered(service_code=code, code=_FULL, text=_full_text(code, policy))
    if code in adapters:
        return TaskOrdered(service_code=code, code="adapter_ended", text=f"The contract of adapter {code} has ended")
    return TaskOrdered(service_code=code, code="adapter_not_found", text=f"There is no adapter {code}")


def _full_text(code: str, policy: TaskPolicy) -> str:
    return (
        f"{code} has {policy.limits.queue_length} tasks that have not ended; wait for some or cancel some, then order "
        "it again"
    )
