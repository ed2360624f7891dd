"""The clock's door: files of results that nothing speaks of any more are removed.

A file stays while its task is in progress, and as long as the result that it holds was not removed. So whatever ended
a task, a contract or a result need only say so in the store: also a host that was killed in between comes to the same.
"""

from collections.abc import Sequence

from servicehost.domain.contract import EVERYTHING
from servicehost.domain.task import TaskState
from servicehost.ports.store import Batch, Store
from servicehost.ports.uploads import ResultFile, ResultFiles

__all__ = ["sweep_results"]


async def sweep_results(at_once: int, *, store: Store, files: ResultFiles) -> int:
    """How many were removed; the store is asked of `at_once` of them at a time. Harmless twice. Raises OSError."""
    removed, after = 0, ""
    while listed := await files.listed(after, at_once):
        after = listed[-1][0]
        doomed = await store.batch(EVERYTHING, lambda batch, listed=listed: _doomed(batch, listed))  # type: ignore[misc]  # mypy cannot infer a lambda with a default
        await files.remove(doomed)
        removed += len(doomed)
    return removed


def _doomed(batch: Batch, listed: Sequence[tuple[str, ResultFile]]) -> list[str]:
    numbers = {file.task for _, file in listed}
    tasks, filed = batch.tasks(numbers), batch.filed_results(numbers)

    def stays(file: ResultFile) -> bool:
        task = tasks.get(file.task)
        if task is None or task.ordered_at != file.issued_ms:
            return False
        return task.state is TaskState.IN_PROGRESS or (file.task, file.module) in filed

    return [name for name, file in listed if not stays(file)]
