"""How a task's end is told to people."""

from typing import Final

from servicehost.domain.event import Event, EventClass, Severity
from servicehost.domain.task import Task, TaskState

__all__ = ["answered_late", "told"]

_SEVERITY: Final = {
    TaskState.SUCCEEDED: Severity.INFO,
    TaskState.FAILED: Severity.WARNING,
    TaskState.TIMED_OUT: Severity.WARNING,
    TaskState.REJECTED: Severity.WARNING,
    TaskState.CANCELLED: Severity.NOTICE,
    TaskState.INTERRUPTED: Severity.WARNING,
}


def told(task: Task, *, actor: str = "host") -> Event | None:
    """The event of a task that has ended; None while it is open: its state tells that already."""
    if not task.state.ended:
        return None
    return _event(task, f"task_{task.state.value}", _SEVERITY[task.state], actor, task.reason)


def answered_late(task: Task, outcome: str) -> Event:
    """The unit has said how a task ended that the host had given up waiting for. The task stays as it is."""
    return _event(task, "task_answered_late", Severity.NOTICE, "unit", outcome)


def _event(task: Task, sub_type: str, severity: Severity, actor: str, reason: str) -> Event:
    return Event(
        at=task.changed_at,
        class_=EventClass.OPERATION,
        sub_type=sub_type,
        severity=severity,
        management_code=task.management_code,
        service_code=task.service_code,
        unit_id=task.unit_id,
        actor=actor,
        reason=reason,
        detail={"task": task.task, "kind": task.kind.value},
    )
