"""Gives tasks that are ordered together a number and a name: one batch for each contract among them."""

from collections.abc import Sequence

import msgspec

from servicehost.domain.task import Task
from servicehost.domain.task_batch import NamedBatch
from servicehost.ports.store import Batch

__all__ = ["in_batches"]


def in_batches(batch: Batch, tasks: Sequence[Task], name: str) -> list[Task]:
    """The tasks in the order given, each with the number of its batch, before they are added. All are of one order, and
    so of one kind. Without a name a batch is called as that kind is."""
    tenants: dict[str, list[Task]] = {}
    for task in tasks:
        tenants.setdefault(task.management_code, []).append(task)
    made = batch.add_named_batches([_named(own, name) for own in tenants.values()])
    numbers = {one.management_code: one.batch for one in made}
    return [msgspec.structs.replace(task, batch=numbers[task.management_code]) for task in tasks]


def _named(tasks: Sequence[Task], name: str) -> NamedBatch:
    first = tasks[0]
    return NamedBatch(
        batch=0,
        management_code=first.management_code,
        name=name or first.kind.value,
        kind=first.kind,
        adapters=len(tasks),
        ordered_by=first.ordered_by,
        ordered_at=first.ordered_at,
        note=first.note,
    )
