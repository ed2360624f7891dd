"""Tasks that were ordered together, on one connection and for readers."""

from collections.abc import Collection, Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import RowMapping, Select, func, insert, select
from sqlalchemy.ext.asyncio import AsyncEngine

from servicehost.backends.sql.numbers import take_numbers
from servicehost.backends.sql.rows import Scoped
from servicehost.backends.sql.task_rows import FIELDS, read_tasks
from servicehost.backends.sql.task_tables import task, task_batch
from servicehost.domain.contract import Scope
from servicehost.domain.task import Task, TaskState
from servicehost.domain.task_batch import BatchProgress, NamedBatch
from servicehost.domain.task_work import TaskKind

__all__ = ["NamedBatchRows", "SqlNamedBatchReads"]

_task = task.c
_batch = task_batch.c
_COLUMNS: Final = [_task[name] for name in FIELDS]
_OPEN: Final = tuple(state.value for state in TaskState if not state.ended)


class NamedBatchRows(Scoped):
    """Table `task_batch`, and the tasks of its rows."""

    def add_named_batches(self, batches: Sequence[NamedBatch]) -> list[NamedBatch]:
        if not batches:
            return []
        self._own([one.management_code for one in batches])
        numbers = take_numbers(self._on, "task_batch", "batch", len(batches))
        added = [msgspec.structs.replace(one, batch=number) for one, number in zip(batches, numbers, strict=True)]
        rows = [msgspec.structs.asdict(one) | {"kind": one.kind.value} for one in added]
        self._on.execute(insert(task_batch), rows)
        return added

    def named_batch(self, number: int) -> NamedBatch | None:
        chosen = select(task_batch).where(_batch.batch == number, *self._within(_batch.management_code))
        row = self._on.execute(chosen).mappings().first()
        return None if row is None else _to_batch(row)

    def tasks_of_batch(self, number: int) -> list[Task]:
        mine = (_task.batch == number, _task.state.in_(_OPEN), *self._within(_task.management_code))
        return read_tasks(self._on.execute(select(*_COLUMNS).where(*mine).order_by(_task.task)).all())


class SqlNamedBatchReads:
    """`ports.task_batches.NamedBatchReads`. Every method is one snapshot."""

    _engine: AsyncEngine

    async def named_batches(
        self, scope: Scope, *, after: int = 0, limit: int = 100, newest_first: bool = False
    ) -> list[BatchProgress]:
        chosen = select(task_batch).limit(limit)
        if not newest_first:
            chosen = chosen.where(_batch.batch > after).order_by(_batch.batch)
        else:
            chosen = chosen.order_by(_batch.batch.desc())
            chosen = chosen.where(_batch.batch < after) if after else chosen
        return await self._with_counts(chosen, scope)

    async def batch_progress(self, scope: Scope, number: int) -> BatchProgress | None:
        return (await self.progress_of_batches(scope, [number])).get(number)

    async def progress_of_batches(self, scope: Scope, numbers: Collection[int]) -> dict[int, BatchProgress]:
        found = await self._with_counts(select(task_batch).where(_batch.batch.in_(numbers)), scope)
        return {one.batch.batch: one for one in found}

    async def _with_counts(self, chosen: Select[Any], scope: Scope) -> list[BatchProgress]:
        """Two steps into two indexes, however many batches; counting is a look at the tasks' index alone."""
        if scope.management_code is not None:
            chosen = chosen.where(_batch.management_code == scope.management_code)
        async with self._engine.connect() as on:
            batches = [_to_batch(row) for row in (await on.execute(chosen)).mappings().all()]
            standing = select(_task.batch, _task.state, func.count())
            standing = standing.where(_task.batch.in_([one.batch for one in batches]))
            rows = (await on.execute(standing.group_by(_task.batch, _task.state))).all()
        counts: dict[int, dict[TaskState, int]] = {}
        for number, state, count in rows:
            counts.setdefault(number, {})[TaskState(state)] = count
        return [BatchProgress(batch=one, states=counts.get(one.batch, {})) for one in batches]


def _to_batch(row: RowMapping) -> NamedBatch:
    return NamedBatch(**{**row, "kind": TaskKind(row["kind"])})
