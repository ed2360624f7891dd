"""The use cases of orders that wait for their time, bound to their ports."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from servicehost.domain.people import Actor
from servicehost.domain.schedule import Schedule
from servicehost.domain.scheduled_order import ScheduledOrder
from servicehost.operations.cancel_schedule import cancel_schedule
from servicehost.operations.fire_schedules import fire_schedules
from servicehost.operations.order_task import TaskOrdering
from servicehost.operations.ordering import PushTerms
from servicehost.operations.planned import FiringTerms
from servicehost.operations.retime_schedule import retime_schedule
from servicehost.operations.schedule_push import ScheduleDraft, schedule_push
from servicehost.operations.schedule_task import TaskDraft, schedule_task
from servicehost.ports.clock import Clock
from servicehost.ports.line import Line
from servicehost.ports.store import Store
from servicehost.settings.pushes import Pushes

__all__ = ["ScheduleCatalogue", "open_schedule_catalogue", "push_terms"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleCatalogue:
    """Each field is the use case of that name with its ports filled in; arguments go by position, as written there."""

    schedule_push: Callable[[Actor, ScheduleDraft], Awaitable[ScheduledOrder]]
    schedule_task: Callable[[Actor, TaskDraft], Awaitable[ScheduledOrder]]
    cancel_schedule: Callable[[Actor, int, str], Awaitable[ScheduledOrder]]
    retime_schedule: Callable[[Actor, int, Schedule, str], Awaitable[ScheduledOrder]]
    fire_schedules: Callable[[], Awaitable[int]]


def push_terms(settings: Pushes) -> PushTerms:
    """What pushes are given, as the settings have it."""
    return PushTerms(
        confirm_timeout_s=settings.confirm_timeout_s,
        life_ms=settings.life_days * 86_400_000,
        max_adapters=settings.max_adapters,
    )


def open_schedule_catalogue(
    *, store: Store, clock: Clock, line: Line, settings: Pushes, tasks: TaskOrdering
) -> ScheduleCatalogue:
    """The catalogue of one host."""
    most = settings.schedules_kept
    firing = FiringTerms(pushes=push_terms(settings), tasks=tasks, grace_ms=settings.late_after_s * 1000)
    return ScheduleCatalogue(
        schedule_push=partial(schedule_push, store=store, clock=clock, terms=firing.pushes, most=most),
        schedule_task=partial(schedule_task, store=store, clock=clock, policy=tasks.policy, most=most),
        cancel_schedule=partial(cancel_schedule, store=store, clock=clock),
        retime_schedule=partial(retime_schedule, store=store, clock=clock),
        fire_schedules=partial(fire_schedules, store=store, clock=clock, line=line, terms=firing),
    )
