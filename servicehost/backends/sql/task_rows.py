"""Tasks and their results, written: what sessions, people and the clock do to them."""

from collections import Counter
from collections.abc import Collection, Sequence
from itertools import takewhile
from typing import Any, Final

import msgspec
from sqlalchemy import ColumnElement, and_, bindparam, delete, func, insert, null, select, update

from servicehost.backends.sql.numbers import take_numbers
from servicehost.backends.sql.prepared import ByKeys, Many
from servicehost.backends.sql.rows import Scoped, as_text
from servicehost.backends.sql.task_tables import task, task_batch, task_result, task_upload
from servicehost.domain.task import Result, Task

__all__ = ["FIELDS", "TaskRows", "read_tasks"]

_task = task.c
_head = task.alias("head").c
_result = task_result.c
FIELDS: Final = Task.__struct_fields__
_tasks: Final = msgspec.json.Decoder(list[Task])
_WORK: Final = FIELDS.index("work")


def _oldest_of(service_code: ColumnElement[str]) -> ColumnElement[bool]:
    """The first entry of the index for each adapter."""
    oldest = select(func.min(_head.task)).where(_head.open_of == service_code).scalar_subquery()
    return and_(_task.open_of == service_code, _task.task == oldest)


_AS_FIELDS = [_task[name] for name in FIELDS]
_HEADS = ByKeys(select(*_AS_FIELDS), (_task.open_of,), _task.management_code, narrowed=_oldest_of, json=["work"])
_BY_NUMBER = ByKeys(select(*_AS_FIELDS), (_task.task,), _task.management_code, json=["work"])
_WAITING = ByKeys(
    select(_task.open_of, func.count().label("waiting")).group_by(_task.open_of),
    (_task.open_of,),
    _task.management_code,
)
_SAVE = (
    update(task)
    .where(_task.task == bindparam("number"))
    .values(
        state=bindparam("new_state"),
        reason=bindparam("new_reason"),
        changed_at=bindparam("at"),
        started_at=bindparam("began"),
        unit_id=bindparam("unit"),
        due_at=bindparam("due"),
        text=bindparam("said"),
    )
)
_SAVE_MANY = Many(_SAVE)
_END = _SAVE.values(open_of=null())
_END_MANY = Many(_END)
_ADD_MANY = Many(insert(task), [*FIELDS, "open_of"])
_ADD_RESULTS = Many(insert(task_result), Result.__struct_fields__)


def read_tasks(rows: Sequence[Any]) -> list[Task]:
    """Rows with the columns of `FIELDS`, as tasks."""
    return [_to_task(row) for row in rows]


def _to_task(row: Any) -> Task:
    values = list(row)
    values[_WORK] = msgspec.json.decode(values[_WORK])
    return msgspec.convert(values, Task)


class TaskRows(Scoped):
    """Tables `task` and `task_result`; of `task_batch` what is forgotten with the tasks."""

    def tasks_waiting(self, service_codes: Collection[str]) -> dict[str, int]:
        return dict(self._by_keys(_WAITING, service_codes))

    def add_tasks(self, tasks: Sequence[Task]) -> list[Task]:
        if not tasks:
            return []
        self._own([one.management_code for one in tasks])
        numbers = take_numbers(self._on, "task", "task", len(tasks))
        added = [msgspec.structs.replace(one, task=number) for one, number in zip(tasks, numbers, strict=True)]
        _ADD_MANY.run_tuples(self._on, [_row(one) for one in added])
        return added

    def tasks(self, numbers: Collection[int]) -> dict[int, Task]:
        found = _BY_NUMBER.structs(self._on, numbers, _tasks, tenant=self._scope.management_code)
        return {one.task: one for one in found}

    def task_heads(self, service_codes: Collection[str]) -> dict[str, Task]:
        found = _HEADS.structs(self._on, service_codes, _tasks, tenant=self._scope.management_code)
        return {one.service_code: one for one in found}

    def open_tasks(self, service_code: str) -> list[Task]:
        chosen = select(*_AS_FIELDS).where(_task.open_of == service_code, *self._within(_task.management_code))
        return read_tasks(self._on.execute(chosen.order_by(_task.task)).all())

    def due_tasks(self, now: int, limit: int) -> list[Task]:
        chosen = (
            select(*_AS_FIELDS)
            .where(_task.due_at.is_not(None), _task.due_at <= now, *self._within(_task.management_code))
            .order_by(_task.due_at, _task.task)
            .limit(limit)
        )
        return read_tasks(self._on.execute(chosen).all())

    def save_tasks(self, tasks: Sequence[Task]) -> None:
        self._each(_SAVE, _SAVE_MANY, [_moved(one) for one in tasks if not one.state.ended], _task.management_code)
        self._each(_END, _END_MANY, [_moved(one) for one in tasks if one.state.ended], _task.management_code)

    def remove_results_of(self, management_code: str, at: int) -> int:
        theirs = (_result.management_code == management_code, _result.removed_at.is_(None))
        emptied = update(task_result).where(*theirs, *self._within(_result.management_code))
        return self._on.execute(emptied.values(body=null(), removed_at=at)).rowcount

    def forget_tasks(self, before: int, limit: int) -> dict[str, int]:
        if self._scope.management_code is not None:
            return {}  # the policy is the host's, no tenant's
        chosen = select(_task.task, _task.management_code, _task.ordered_at, _task.open_of, _task.batch)
        oldest = self._on.execute(chosen.order_by(_task.task).limit(limit)).all()
        over = list(takewhile(lambda row: row.ordered_at < before and row.open_of is None, oldest))
        if over:
            for table in (task_upload, task_result, task):
                self._on.execute(delete(table).where(table.c.task <= over[-1].task))
            self._forget_batches({row.batch for row in over if row.batch is not None})
        return dict(Counter(row.management_code for row in over))

    def _forget_batches(self, numbers: Collection[int]) -> None:
        """Those of them that have no task any more."""
        left = select(_task.task).where(_task.batch == task_batch.c.batch).exists()
        self._on.execute(delete(task_batch).where(task_batch.c.batch.in_(numbers), ~left))

    def add_task_results(self, results: Sequence[Result]) -> None:
        self._own([one.management_code for one in results])
        _ADD_RESULTS.run_tuples(self._on, [msgspec.structs.astuple(one) for one in results])


def _row(one: Task) -> tuple[Any, ...]:
    fields = list(msgspec.structs.astuple(one))
    fields[_WORK] = as_text(one.work)
    plain = [field.value if hasattr(field, "value") else field for field in fields]
    return (*plain, None if one.state.ended else one.service_code)


def _moved(one: Task) -> dict[str, Any]:
    return {
        "number": one.task,
        "new_state": one.state.value,
        "new_reason": one.reason,
        "at": one.changed_at,
        "began": one.started_at,
        "unit": one.unit_id,
        "due": one.due_at,
        "said": one.text,
    }
