"""Tasks are read and written within a scope, on every backend."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

import pytest

from servicehost.domain.contract import EVERYTHING
from servicehost.domain.errors import NotFound
from servicehost.domain.task import Change, Result, Task, TaskState, changed
from servicehost.ports.bound_units import BoundUnits
from servicehost.ports.tasks import TaskBatch, TaskFilter, TaskReads
from tests.builders.estate import Estate, build_estate
from tests.builders.tasks import a_task
from tests.ports.conftest import Backend

NOTHING: tuple[Any, ...] = (None, [], {}, 0)
ANY = TaskFilter()


def a_result(estate: Estate, number: int, module: int = 1) -> Result:
    code = estate.management_code
    return Result(
        task=number,
        module=module,
        management_code=code,
        media_type="text/plain",
        size_bytes=1,
        digest="d",
        body=b"x",
    )


async def with_tasks(backend: Backend, estate: Estate) -> list[Task]:
    """Two that wait; the first has brought something of module 0."""
    wanted = [a_task(estate.service_code, estate.management_code, due_at=at) for at in (500, 600)]

    def work(batch: TaskBatch) -> list[Task]:
        tasks = batch.add_tasks(wanted)
        batch.add_task_results([a_result(estate, tasks[0].task, 0)])
        return tasks

    return await backend.store.batch(EVERYTHING, work)


def failed(task: Task) -> Task:
    return changed(task, Change(state=TaskState.FAILED, reason="x"), 2_000, 0)


Call = Callable[[TaskBatch, Estate, list[Task]], Any]
BATCH: Mapping[str, Call] = {
    "tasks_waiting": lambda b, e, tasks: b.tasks_waiting([e.service_code]),
    "add_tasks": lambda b, e, tasks: b.add_tasks([a_task(e.service_code, e.management_code)]),
    "task_heads": lambda b, e, tasks: b.task_heads([e.service_code]),
    "tasks": lambda b, e, tasks: b.tasks([tasks[0].task]),
    "open_tasks": lambda b, e, tasks: b.open_tasks(e.service_code),
    "units_of": lambda b, e, tasks: b.units_of([e.service_code]),
    "due_tasks": lambda b, e, tasks: b.due_tasks(1_000, 9),
    "save_tasks": lambda b, e, tasks: b.save_tasks([failed(tasks[0])]),
    "remove_results_of": lambda b, e, tasks: b.remove_results_of(e.management_code, 2_000),
    "add_task_results": lambda b, e, tasks: b.add_task_results([a_result(e, tasks[0].task)]),
}
READS: Mapping[str, Callable[[TaskReads, Any, Estate, list[Task]], Any]] = {
    "tasks": lambda r, scope, e, tasks: r.tasks(scope, TaskFilter(service_code=e.service_code)),
    "task": lambda r, scope, e, tasks: r.task(scope, tasks[0].task),
    "task_results": lambda r, scope, e, tasks: r.task_results(scope, tasks[0].task),
    "task_result": lambda r, scope, e, tasks: r.task_result(scope, tasks[0].task, 0),
    "task_counts": lambda r, scope, e, tasks: r.task_counts(scope),
}


def verbs_of(protocol: type) -> set[str]:
    return {name for name, value in vars(protocol).items() if not name.startswith("_") and callable(value)}


def test_the_walk_knows_every_public_method() -> None:
    assert verbs_of(TaskBatch) | verbs_of(BoundUnits) == {*BATCH, "forget_tasks"}
    assert verbs_of(TaskReads) == {*READS, "next_task_due"}


async def test_a_batch_reaches_nothing_of_another_customer_and_its_own(real: Backend) -> None:
    theirs, mine = await build_estate(real.store, 1), await build_estate(real.store, 2)
    tasks = await with_tasks(real, theirs)
    before = real.dump()
    for verb, call in BATCH.items():
        with suppress(NotFound):
            found = await real.store.batch(mine.scope, lambda b, call=call: call(b, theirs, tasks))  # type: ignore[misc]  # mypy cannot infer a lambda with a default
            assert found in NOTHING, verb
        assert real.dump() == before, verb
    for verb, call in BATCH.items():
        standing = real.dump()
        found = await real.store.batch(theirs.scope, lambda b, call=call: call(b, theirs, tasks))  # type: ignore[misc]  # as above
        assert found not in NOTHING or real.dump() != standing, verb


async def test_reads_show_nothing_of_another_customer(real: Backend) -> None:
    theirs, mine = await build_estate(real.store, 1), await build_estate(real.store, 2)
    tasks = await with_tasks(real, theirs)
    for verb, call in READS.items():
        assert await call(real.reads, mine.scope, theirs, tasks) in NOTHING, verb
        assert await call(real.reads, theirs.scope, theirs, tasks) not in NOTHING, verb


async def test_the_oldest_open_task_of_each_adapter_is_found(real: Backend) -> None:
    one, two = await build_estate(real.store, 1), await build_estate(real.store, 2)
    of_one, of_two = await with_tasks(real, one), await with_tasks(real, two)
    codes = [one.service_code, two.service_code, "nxe000000099"]
    heads = await real.store.batch(EVERYTHING, lambda batch: batch.task_heads(codes))
    assert heads == {one.service_code: of_one[0], two.service_code: of_two[0]}
    await real.store.batch(EVERYTHING, lambda batch: batch.save_tasks([failed(of_one[0])]))
    heads = await real.store.batch(EVERYTHING, lambda batch: batch.task_heads(codes))
    assert heads == {one.service_code: of_one[1], two.service_code: of_two[0]}
    assert await real.reads.next_task_due() == 500


@pytest.mark.parametrize(("after", "newest_first", "wanted"), [(0, False, [0, 1]), (1, False, [1]), (0, True, [1, 0])])
async def test_tasks_are_listed_in_the_order_of_their_numbers(
    real: Backend, after: int, newest_first: bool, wanted: list[int]
) -> None:
    mine = await build_estate(real.store, 1)
    tasks = await with_tasks(real, mine)
    found = await real.reads.tasks(mine.scope, ANY, after=after, newest_first=newest_first)
    assert found == [tasks[index] for index in wanted]
    assert await real.reads.tasks(mine.scope, TaskFilter(state=TaskState.FAILED)) == []


async def test_old_tasks_are_forgotten_with_what_they_brought_by_the_host_alone(real: Backend) -> None:
    one, two = await build_estate(real.store, 1), await build_estate(real.store, 2)
    old, young = await with_tasks(real, one), await with_tasks(real, two)
    await real.store.batch(EVERYTHING, lambda batch: batch.save_tasks([failed(task) for task in old]))
    assert await real.store.batch(one.scope, lambda batch: batch.forget_tasks(2_000, 9)) == {}
    assert await real.store.batch(EVERYTHING, lambda batch: batch.forget_tasks(1_000, 9)) == {}
    forgotten = await real.store.batch(EVERYTHING, lambda batch: batch.forget_tasks(2_000, 1))
    assert forgotten == {one.management_code: 1}
    # What is open stays, however old it is.
    assert await real.store.batch(EVERYTHING, lambda batch: batch.forget_tasks(2_000, 9)) == forgotten
    assert await real.reads.tasks(EVERYTHING, ANY) == young
    assert await real.reads.task_results(EVERYTHING, old[0].task) == []
