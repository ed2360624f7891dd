"""Tasks: one recorded operation on one adapter, run once, with an end that has a name.

    queued → in_progress → succeeded, failed, timed_out, rejected, interrupted
       ↑          └─ the unit could not begin yet
    queued → timed_out (`expired`), rejected (`not_supported`), cancelled

*In progress* is written before the task is given to the unit: from then on it may have run, and nobody can take it
back. The same task is given again after a lost answer, and the unit, which has written its number before it began,
answers from memory. So a task is neither lost nor run twice; where the unit itself does not know what became of it, it
is *interrupted*: shown, and never run again by itself.

Adapters run their tasks in the order of their numbers, one at a time.
"""

import enum
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

import msgspec

from servicehost.domain.task_work import TaskKind, TaskWork

__all__ = [
    "MOVES",
    "Change",
    "Fact",
    "Result",
    "Task",
    "TaskLimits",
    "TaskState",
    "Upload",
    "after",
    "changed",
    "due_at",
    "handed_out",
    "to_hand_out",
    "upload_fault",
]


class TaskState(enum.StrEnum):
    """Where a task is."""

    QUEUED = "queued"
    IN_PROGRESS = "in_progress"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    TIMED_OUT = "timed_out"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"

    def __init__(self, word: str) -> None:
        self.ended: bool = word not in ("queued", "in_progress")
        """Whether nothing changes it any more."""


class Fact(enum.StrEnum):
    """What is learned of a task; the value is the reason that is kept unless a better one is known."""

    HANDED_OUT = "handed_out"
    """It is about to be given to the unit."""
    POSTPONED = "unit_not_ready"
    """The unit cannot begin yet, and has not."""
    SUCCEEDED = "done"
    FAILED = "failed"
    TIMED_OUT = "time_out"
    REJECTED = "rejected"
    INTERRUPTED = "interrupted"
    """These five as the unit says."""
    UNSUPPORTED = "not_supported"
    """The unit runs no tasks."""
    EXPIRED = "expired"
    """It waited for too long."""
    UNANSWERED = "no_answer"
    """The unit has had it for longer than it may take, and has not said what became of it."""
    CANCELLED = "cancelled_by_operator"
    CONTRACT_ENDED = "contract_ended"
    UNIT_CHANGED = "unit_changed"
    """Another unit serves the adapter than the one that has it."""


_S, _F = TaskState, Fact
MOVES: Final[Mapping[TaskState, Mapping[Fact, TaskState]]] = MappingProxyType(
    {
        _S.QUEUED: {
            _F.HANDED_OUT: _S.IN_PROGRESS,
            _F.UNSUPPORTED: _S.REJECTED,
            _F.EXPIRED: _S.TIMED_OUT,
            _F.CANCELLED: _S.CANCELLED,
            _F.CONTRACT_ENDED: _S.CANCELLED,
        },
        _S.IN_PROGRESS: {
            _F.POSTPONED: _S.QUEUED,
            _F.SUCCEEDED: _S.SUCCEEDED,
            _F.FAILED: _S.FAILED,
            _F.TIMED_OUT: _S.TIMED_OUT,
            _F.REJECTED: _S.REJECTED,
            _F.INTERRUPTED: _S.INTERRUPTED,
            _F.UNANSWERED: _S.TIMED_OUT,
            _F.CONTRACT_ENDED: _S.INTERRUPTED,
            _F.UNIT_CHANGED: _S.INTERRUPTED,
        },
    }
)
"""Where a fact leads. What stands in no row changes nothing: a fact told twice, or late, or of a task that ended."""


class Task(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """One task as the store has it. As JSON it is an array of these fields, as rows are."""

    task: int
    service_code: str
    management_code: str
    kind: TaskKind
    work: TaskWork
    state: TaskState
    reason: str
    ordered_by: str
    ordered_at: int
    changed_at: int
    expires_at: int
    """When it is given up if it still waits then."""
    time_out_s: int
    """How long the unit may take."""
    started_at: int | None = None
    """When it was first given to the unit."""
    unit_id: int | None = None
    """Which has it, or had."""
    due_at: int | None = None
    """When the clock has something to say of it next; None: never."""
    note: str = ""
    """What whoever ordered it wrote."""
    text: str = ""
    """What the unit said of its end, for people."""
    batch: int | None = None
    """With which others it was ordered, if with any."""


class TaskLimits(msgspec.Struct, frozen=True, kw_only=True):
    """What the settings say of tasks."""

    queue_length: int = 100
    """Open tasks of one adapter; one more is refused."""
    in_flight: int = 1_000
    """Units of this host that may have a task at once; the others' tasks wait for their turn."""
    grace_s: int = 30
    """What a unit gets beyond a task's own time before the host calls it timed out."""
    max_result_bytes: int = 200_000
    """All results of one task together, as JSON in a frame."""
    max_upload_bytes: int = 104_857_600
    """One module's result that is uploaded as a file; 0: none is."""


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What one module gave; `body` is None in lists, once it was removed, and for what lies in a file."""

    task: int
    module: int
    management_code: str
    media_type: str
    size_bytes: int
    digest: str
    body: bytes | None
    failed: str = ""
    """Why this module gave nothing or not all, in a stable word."""
    removed_at: int | None = None
    """When its bytes were removed by the host's policy."""


class Upload(msgspec.Struct, frozen=True, kw_only=True):
    """A file that a unit has uploaded to its end, as the host measured it."""

    task: int
    module: int
    management_code: str
    size_bytes: int
    digest: str
    held_at: int


def upload_fault(results: Sequence[Result], uploads: Sequence[Upload]) -> str | None:
    """Why files that results name are not to be believed: `result_missing` before `digest_mismatch`; None: they are.

    Results whose body came in the frame are no matter of this.
    """
    held = {(one.task, one.module): (one.size_bytes, one.digest) for one in uploads}
    named = [one for one in results if one.body is None]
    if any((one.task, one.module) not in held for one in named):
        return "result_missing"
    differ = any(held[one.task, one.module] != (one.size_bytes, one.digest) for one in named)
    return "digest_mismatch" if differ else None


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What becomes of a task."""

    state: TaskState
    reason: str


def after(task: Task, fact: Fact, reason: str = "") -> Change | None:
    """What a fact makes of a task; None when it changes nothing."""
    state = MOVES.get(task.state, {}).get(fact)
    return None if state is None else Change(state=state, reason=reason or fact.value)


def to_hand_out(head: Task, unit_id: int) -> Fact | None:
    """What an adapter's oldest open task wants, when the session of this unit asks: to be handed out (again), or to be
    given up because the unit that has it serves the adapter no more."""
    if head.state is TaskState.IN_PROGRESS and head.unit_id != unit_id:
        return Fact.UNIT_CHANGED
    return Fact.HANDED_OUT


def due_at(task: Task, grace_s: int) -> int | None:
    """When the clock has something to say of the task as it stands. `grace_s` is what a unit gets beyond its time."""
    if task.state is TaskState.QUEUED:
        return task.expires_at
    if task.state is TaskState.IN_PROGRESS and task.started_at is not None:
        return task.started_at + (task.time_out_s + grace_s) * 1000
    return None


def changed(task: Task, change: Change, now: int, grace_s: int, text: str = "") -> Task:
    """The task after a change."""
    moved = msgspec.structs.replace(task, state=change.state, reason=change.reason, changed_at=now, text=text)
    if change.state is TaskState.QUEUED:
        moved = msgspec.structs.replace(moved, started_at=None, unit_id=None)
    return msgspec.structs.replace(moved, due_at=due_at(moved, grace_s))


def handed_out(task: Task, unit_id: int, now: int, grace_s: int) -> Task:
    """A queued task, given to a unit now."""
    begun = msgspec.structs.replace(task, started_at=now, unit_id=unit_id)
    return changed(begun, Change(state=TaskState.IN_PROGRESS, reason=Fact.HANDED_OUT.value), now, grace_s)
