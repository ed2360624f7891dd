"""Uploaded files are written and read within a scope; a unit finds its own task in progress and no other."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

import pytest

from servicehost.domain.contract import EVERYTHING
from servicehost.domain.errors import NotFound
from servicehost.domain.task import Result, Task, Upload, handed_out
from servicehost.ports.uploads import UploadBatch, UploadReads
from tests.builders.estate import Estate, build_estate
from tests.builders.tasks import a_task
from tests.ports.conftest import Backend
from tests.ports.test_task_tenancy import NOTHING, failed, verbs_of


def an_upload(estate: Estate, number: int, module: int = 1) -> Upload:
    code = estate.management_code
    return Upload(task=number, module=module, management_code=code, size_bytes=9, digest="d", held_at=5)


async def with_upload(backend: Backend, estate: Estate) -> Task:
    """One task in progress on the estate's unit, whose module 0 lies in a file."""

    def work(batch: Any) -> Task:
        (task,) = batch.add_tasks([a_task(estate.service_code, estate.management_code)])
        task = handed_out(task, estate.unit.unit_id, 1_000, 30)
        batch.save_tasks([task])
        batch.add_upload(an_upload(estate, task.task, 0))
        code = estate.management_code
        result = Result(
            task=task.task, module=0, management_code=code, media_type="x", size_bytes=9, digest="d", body=None
        )
        batch.add_task_results([result])
        return task

    return await backend.store.batch(EVERYTHING, work)


BATCH: Mapping[str, Callable[[UploadBatch, Estate, Task], Any]] = {
    "uploads_of": lambda b, e, task: b.uploads_of([task.task]),
    "add_upload": lambda b, e, task: b.add_upload(an_upload(e, task.task)),
    "filed_results": lambda b, e, task: b.filed_results([task.task]),
}


def test_the_walk_knows_every_public_method() -> None:
    assert verbs_of(UploadBatch) == set(BATCH)
    assert verbs_of(UploadReads) == {"uploading_task"}


async def test_a_batch_reaches_nothing_of_another_customer_and_its_own(real: Backend) -> None:
    theirs, mine = await build_estate(real.store, 1), await build_estate(real.store, 2)
    task = await with_upload(real, theirs)
    before = real.dump()
    for verb, call in BATCH.items():
        with suppress(NotFound):
            found = await real.store.batch(mine.scope, lambda b, call=call: call(b, theirs, task))  # type: ignore[misc]  # mypy cannot infer a lambda with a default
            assert found in (*NOTHING, set()), verb
        assert real.dump() == before, verb
    for verb, call in BATCH.items():
        standing = real.dump()
        found = await real.store.batch(theirs.scope, lambda b, call=call: call(b, theirs, task))  # type: ignore[misc]  # as above
        assert found not in (*NOTHING, set()) or real.dump() != standing, verb


@pytest.mark.parametrize(
    ("unit", "issued_ms", "ended", "finds"),
    [(1, 1_000, False, True), (2, 1_000, False, False), (1, 1_001, False, False), (1, 1_000, True, False)],
)
async def test_a_unit_finds_its_own_task_while_it_is_in_progress(
    real: Backend, unit: int, issued_ms: int, ended: bool, finds: bool
) -> None:
    one = await build_estate(real.store, 1)
    await build_estate(real.store, 2)
    task = await with_upload(real, one)
    if ended:
        await real.store.batch(EVERYTHING, lambda batch: batch.save_tasks([failed(task)]))
    found = await real.reads.uploading_task(f"D-{unit}", f"fingerprint-{unit}", task.task, issued_ms)
    assert found == (task if finds else None)
