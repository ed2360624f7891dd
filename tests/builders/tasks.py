"""Tasks, as tests want them."""

from typing import Any

from servicehost.domain.task import Task, TaskState
from servicehost.domain.task_work import Ping, TaskKind

__all__ = ["PING", "a_task"]

PING = Ping(address="192.0.2.1")


def a_task(service_code: str = "nxe000000001", management_code: str = "nxm000000001", **fields: Any) -> Task:
    """Queued at 1,000, to be given up at 61,000."""
    standing: dict[str, Any] = {
        "task": 1,
        "kind": TaskKind.PING,
        "work": PING,
        "state": TaskState.QUEUED,
        "reason": "ordered",
        "ordered_by": "MID00000001",
        "ordered_at": 1_000,
        "changed_at": 1_000,
        "expires_at": 61_000,
        "time_out_s": 60,
        "due_at": 61_000,
    }
    return Task(service_code=service_code, management_code=management_code, **{**standing, **fields})
