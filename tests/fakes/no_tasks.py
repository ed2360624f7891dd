"""The reads of tasks, and what a batch asks of them, where there are none."""

from collections.abc import Collection

from servicehost.domain.contract import Scope
from servicehost.domain.task import Result, Task
from servicehost.domain.task_batch import BatchProgress
from servicehost.ports.tasks import TaskFilter

__all__ = ["NoTasks", "NoTasksInBatch"]


class NoTasks:
    """Implements `ports.tasks.TaskReads`, `ports.uploads.UploadReads` and `ports.task_batches.NamedBatchReads`."""

    async def named_batches(
        self, scope: Scope, *, after: int = 0, limit: int = 100, newest_first: bool = False
    ) -> list[BatchProgress]:
        return []

    async def batch_progress(self, scope: Scope, number: int) -> BatchProgress | None:
        return None

    async def progress_of_batches(self, scope: Scope, numbers: Collection[int]) -> dict[int, BatchProgress]:
        return {}

    async def tasks(
        self, scope: Scope, wanted: TaskFilter, *, after: int = 0, limit: int = 100, newest_first: bool = False
    ) -> list[Task]:
        return []

    async def task(self, scope: Scope, task: int) -> Task | None:
        return None

    async def task_results(self, scope: Scope, task: int) -> list[Result]:
        return []

    async def task_result(self, scope: Scope, task: int, module: int) -> Result | None:
        return None

    async def task_counts(self, scope: Scope) -> dict[str, int]:
        return {}

    async def uploading_task(self, distribution_id: str, fingerprint: str, task: int, issued_ms: int) -> Task | None:
        return None

    async def next_task_due(self) -> int | None:
        return None


class NoTasksInBatch:
    """Of `ports.tasks.TaskBatch` what hellos and looks ask."""

    def task_heads(self, service_codes: Collection[str]) -> dict[str, Task]:
        return {}
