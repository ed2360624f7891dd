"""Batches of tasks are read and written within a scope, on the real store."""

from contextlib import suppress

import msgspec

from servicehost.domain.contract import EVERYTHING
from servicehost.domain.errors import NotFound
from servicehost.domain.task import Change, Task, TaskState, changed
from servicehost.domain.task_batch import NamedBatch
from servicehost.domain.task_work import TaskKind
from servicehost.ports.store import Batch
from servicehost.ports.task_batches import NamedBatches, NamedBatchReads
from servicehost.ports.tasks import TaskFilter
from tests.builders.estate import Estate, build_estate
from tests.builders.tasks import a_task
from tests.ports.conftest import Backend
from tests.ports.test_module_tenancy import verbs_of


def batch_of(estate: Estate) -> NamedBatch:
    return NamedBatch(
        batch=0,
        management_code=estate.management_code,
        name="n",
        kind=TaskKind.PING,
        adapters=2,
        ordered_by="x",
        ordered_at=1,
    )


async def with_batch(backend: Backend, estate: Estate) -> tuple[NamedBatch, list[Task]]:
    """Of two tasks, beside one that is of no batch."""

    def work(batch: Batch) -> tuple[NamedBatch, list[Task]]:
        (made,) = batch.add_named_batches([batch_of(estate)])
        plain = a_task(estate.service_code, estate.management_code)
        of_it = msgspec.structs.replace(plain, batch=made.batch)
        return made, batch.add_tasks([of_it, plain, of_it])

    return await backend.store.batch(EVERYTHING, work)


def test_the_walk_knows_every_public_method() -> None:
    assert verbs_of(NamedBatches) == {"add_named_batches", "named_batch", "tasks_of_batch"}
    assert verbs_of(NamedBatchReads) == {"named_batches", "batch_progress", "progress_of_batches"}


async def test_a_batch_is_counted_by_the_states_of_its_own_tasks(real: Backend) -> None:
    mine = await build_estate(real.store, 1)
    made, (first, _, last) = await with_batch(real, mine)
    ended = changed(first, Change(state=TaskState.FAILED, reason="x"), 2, 0)
    await real.store.batch(mine.scope, lambda batch: batch.save_tasks([ended]))
    assert await real.store.batch(mine.scope, lambda batch: batch.tasks_of_batch(made.batch)) == [last]
    assert await real.store.batch(mine.scope, lambda batch: batch.named_batch(made.batch)) == made
    progress = await real.reads.batch_progress(mine.scope, made.batch)
    assert progress is not None
    assert (progress.batch, progress.ended) == (made, 1)
    assert progress.states == {TaskState.FAILED: 1, TaskState.QUEUED: 1}
    second, _ = await with_batch(real, mine)
    numbers = [one.batch.batch for one in await real.reads.named_batches(mine.scope, newest_first=True)]
    assert numbers == [second.batch, made.batch]
    found = await real.reads.tasks(mine.scope, TaskFilter(batch=made.batch))
    assert [task.task for task in found] == [first.task, last.task]


async def test_of_another_customer_nothing_is_read_or_written(real: Backend) -> None:
    theirs, mine = await build_estate(real.store, 1), await build_estate(real.store, 2)
    made, _ = await with_batch(real, theirs)
    before = real.dump()
    with suppress(NotFound):
        await real.store.batch(mine.scope, lambda batch: batch.add_named_batches([batch_of(theirs)]))
    assert await real.store.batch(mine.scope, lambda batch: batch.named_batch(made.batch)) is None
    assert await real.store.batch(mine.scope, lambda batch: batch.tasks_of_batch(made.batch)) == []
    assert await real.reads.named_batches(mine.scope) == []
    assert await real.reads.batch_progress(mine.scope, made.batch) is None
    assert await real.reads.progress_of_batches(mine.scope, [made.batch]) == {}
    assert real.dump() == before


async def test_a_batch_is_forgotten_with_the_last_of_its_tasks(real: Backend) -> None:
    mine = await build_estate(real.store, 1)
    made, tasks = await with_batch(real, mine)
    ended = [changed(one, Change(state=TaskState.FAILED, reason="x"), 2, 0) for one in tasks]
    await real.store.batch(EVERYTHING, lambda batch: batch.save_tasks(ended))
    for looked_at, left in ((1, 1), (1, 1), (1, 0)):
        await real.store.batch(EVERYTHING, lambda batch, limit=looked_at: batch.forget_tasks(2_000, limit))  # type: ignore[misc]  # mypy cannot infer a lambda with a default
        found = await real.reads.named_batches(mine.scope)
        assert [one.batch for one in found] == [made][:left]
        assert all(one.ended == made.adapters for one in found)
