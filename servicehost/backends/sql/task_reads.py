"""Read models of tasks."""

from typing import Any, Final

from sqlalchemy import ColumnElement, Select, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncEngine

from servicehost.backends.sql import tables
from servicehost.backends.sql.task_rows import FIELDS, read_tasks
from servicehost.backends.sql.task_tables import task, task_result
from servicehost.domain.contract import Scope
from servicehost.domain.task import Result, Task, TaskState
from servicehost.ports.tasks import TaskFilter

__all__ = ["SqlTaskReads", "units_with_tasks"]

_task = task.c
_binding = tables.binding.c
_result = task_result.c
_COLUMNS: Final = [_task[name] for name in FIELDS]
_OF_RESULT: Final = Result.__struct_fields__
_LISTED: Final = [literal_column("NULL").label("body") if name == "body" else _result[name] for name in _OF_RESULT]


class SqlTaskReads:
    """`ports.tasks.TaskReads` on SQLite. Every method is one snapshot."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def tasks(
        self, scope: Scope, wanted: TaskFilter, *, after: int = 0, limit: int = 100, newest_first: bool = False
    ) -> list[Task]:
        chosen = select(*_COLUMNS).where(*_within(_task.management_code, scope), *_wanted(wanted)).limit(limit)
        if not newest_first:
            chosen = chosen.where(_task.task > after).order_by(_task.task)
        else:
            chosen = chosen.order_by(_task.task.desc())
            chosen = chosen.where(_task.task < after) if after else chosen
        async with self._engine.connect() as on:
            return read_tasks((await on.execute(chosen)).all())

    async def task(self, scope: Scope, task: int) -> Task | None:
        chosen = select(*_COLUMNS).where(_task.task == task, *_within(_task.management_code, scope))
        async with self._engine.connect() as on:
            return next(iter(read_tasks((await on.execute(chosen)).all())), None)

    async def task_results(self, scope: Scope, task: int) -> list[Result]:
        chosen = select(*_LISTED).where(_result.task == task, *_within(_result.management_code, scope))
        async with self._engine.connect() as on:
            return [_to_result(row) for row in (await on.execute(chosen.order_by(_result.module))).all()]

    async def task_result(self, scope: Scope, task: int, module: int) -> Result | None:
        chosen = select(*(_result[name] for name in _OF_RESULT)).where(
            _result.task == task, _result.module == module, *_within(_result.management_code, scope)
        )
        async with self._engine.connect() as on:
            row = (await on.execute(chosen)).first()
        return None if row is None else _to_result(row)

    async def task_counts(self, scope: Scope) -> dict[str, int]:
        chosen = select(_task.state, func.count()).where(*_within(_task.management_code, scope)).group_by(_task.state)
        async with self._engine.connect() as on:
            return {row[0]: row[1] for row in (await on.execute(chosen)).all()}

    async def next_task_due(self) -> int | None:
        chosen = select(func.min(_task.due_at)).where(_task.due_at.is_not(None))
        async with self._engine.connect() as on:
            due: int | None = (await on.execute(chosen)).scalar()
        return due


def units_with_tasks(scope: Scope) -> Select[tuple[int]]:
    """The units bound to an adapter whose oldest open task waits: in no order."""
    head = (
        select(_task.open_of, func.min(_task.task).label("task"))
        .where(_task.open_of.is_not(None))
        .group_by(_task.open_of)
        .subquery("head")
    )
    return (
        select(_binding.unit_id)
        .join(head, head.c.open_of == _binding.service_code)
        .join(task, _task.task == head.c.task)
        .where(_task.state == TaskState.QUEUED.value, _binding.unbound_at.is_(None))
        .where(*_within(_binding.management_code, scope))
    )


def _wanted(wanted: TaskFilter) -> list[ColumnElement[bool]]:
    chosen: list[ColumnElement[bool]] = []
    if wanted.service_code is not None:
        chosen.append(_task.service_code == wanted.service_code)
    if wanted.state is not None:
        chosen.append(_task.state == wanted.state.value)
    if wanted.kind is not None:
        chosen.append(_task.kind == wanted.kind.value)
    if wanted.batch is not None:
        chosen.append(_task.batch == wanted.batch)
    return chosen


def _to_result(row: Any) -> Result:
    return Result(**dict(zip(_OF_RESULT, row, strict=True)))


def _within(column: ColumnElement[Any], scope: Scope) -> tuple[ColumnElement[bool], ...]:
    tenant = scope.management_code
    return () if tenant is None else (column == tenant,)
