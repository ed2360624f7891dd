"""Somebody who may fetches what a module gave for a task: recorded, for it may hold what the customer keeps secret."""

import msgspec

from servicehost.domain.audit import Action
from servicehost.domain.errors import Conflict, NotFound
from servicehost.domain.people import Actor, Right
from servicehost.domain.task import Result, Task
from servicehost.domain.task_work import Command, DumpDebug, ReadConfig, right_for
from servicehost.operations.deed import recorded
from servicehost.operations.grounds import grounds_in
from servicehost.ports.clock import Clock
from servicehost.ports.reads import Reads
from servicehost.ports.store import Batch, Store
from servicehost.ports.uploads import ResultFile, ResultFiles

__all__ = ["ReadResult", "read_result"]

_SHOWS_SECRETS = (ReadConfig, Command, DumpDebug)
"""What a unit itself says of its config is not masked: whoever reads it sees the secret values."""


class ReadResult(msgspec.Struct, frozen=True, kw_only=True):
    """The task, and what the module gave."""

    task: Task
    result: Result
    path: str | None = None
    """The file that it lies in, if its body is none."""


async def read_result(
    actor: Actor, number: int, module: int, *, store: Store, clock: Clock, reads: Reads, files: ResultFiles
) -> ReadResult:
    """Who may order such a task, and see secret values where it shows some, may read what it brought; each time is
    recorded.

    Raises Forbidden `consent_needed`; NotFound `task_not_found` or `result_not_found`; Conflict `result_removed` or
    `result_file_missing`.
    """
    task = await reads.task(actor.scope, number)
    if task is None:
        raise NotFound("task_not_found", f"There is no task {number}")
    result = await reads.task_result(actor.scope, number, module)
    path = await _path(task, result, files)
    now = clock.wall()

    def work(batch: Batch) -> None:
        rights = [right_for(task.work)] + [Right.SEE_SECRETS] * isinstance(task.work, _SHOWS_SECRETS)
        acting = grounds_in(batch, actor, rights, batch.adapters([task.service_code]), now)[task.service_code]
        found = _there(task, module, result)
        entry = recorded(
            acting,
            now,
            Action.READ_RESULT,
            task.service_code,
            management_code=task.management_code,
            after={"task": number, "module": module, "digest": found.digest, "size_bytes": found.size_bytes},
        )
        batch.append_audit([entry])

    await store.batch(actor.scope, work)
    return ReadResult(task=task, result=_there(task, module, result), path=path)


async def _path(task: Task, result: Result | None, files: ResultFiles) -> str | None:
    """None when it lies in no file, or was removed."""
    if result is None or result.body is not None or result.removed_at is not None:
        return None
    path = await files.open(ResultFile(task=task.task, issued_ms=task.ordered_at, module=result.module))
    if path is None:
        text = f"The file with what task {task.task} brought of module {result.module} is not in the folder of results"
        raise Conflict("result_file_missing", text)
    return path


def _there(task: Task, module: int, result: Result | None) -> Result:
    if result is None:
        raise NotFound("result_not_found", f"Task {task.task} has brought nothing of module {module}")
    if result.removed_at is not None:
        text = f"What task {task.task} brought of module {module} was removed, as this host keeps results only so long"
        raise Conflict("result_removed", text)
    return result
