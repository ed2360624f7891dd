"""Tasks between the wire's words and the domain's."""

import base64
import binascii
from collections.abc import Sequence
from typing import Final

import msgspec

from protocol import task_messages as wire
from protocol.codes import ErrorCode
from protocol.digest import digest_of
from protocol.session import RefusedByPeer
from servicehost.domain.task import Fact, Result, Task, TaskLimits
from servicehost.domain.task_work import modules_of

__all__ = ["Said", "as_said", "may_upload", "results_of", "task_run", "upload_path"]

_ENDS: Final = {
    "succeeded": Fact.SUCCEEDED,
    "failed": Fact.FAILED,
    "timed_out": Fact.TIMED_OUT,
    "rejected": Fact.REJECTED,
    "interrupted": Fact.INTERRUPTED,
}


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """What a unit has said of a task's end, or that it cannot begin."""

    fact: Fact
    reason: str = ""
    text: str = ""
    results: tuple[wire.TaskResult, ...] = ()


def task_run(task: Task, limits: TaskLimits) -> wire.TaskRun:
    """The task, as it is given to a unit. The kinds of both sides have the same names and fields."""
    work: wire.TaskWork = msgspec.convert(msgspec.to_builtins(task.work), wire.TaskWork)
    return wire.TaskRun(
        task=task.task,
        issued_ms=task.ordered_at,
        work=work,
        time_out_s=task.time_out_s,
        max_result_bytes=limits.max_result_bytes,
        upload_path=upload_path(task) if may_upload(task, limits) else "",
        max_upload_bytes=limits.max_upload_bytes if may_upload(task, limits) else 0,
    )


def may_upload(task: Task, limits: TaskLimits) -> bool:
    """Whether its results may be files: those of kinds that modules carry out."""
    return limits.max_upload_bytes > 0 and bool(modules_of(task.work))


def upload_path(task: Task) -> str:
    """Where the bootstrap door takes them, up to the module's number."""
    return f"/results/{task.task}-{task.ordered_at}-"


def as_said(said: "wire.TaskAnswer | wire.TaskDone | RefusedByPeer") -> Said | None:
    """None for an answer that says nothing new: `accepted`."""
    if isinstance(said, RefusedByPeer):
        if said.code == ErrorCode.BUSY:
            return Said(fact=Fact.POSTPONED, reason=said.reason[:64])
        return Said(fact=Fact.REJECTED, reason=said.reason[:64], text=said.text[:1024])
    fact = _ENDS.get(said.outcome)
    return None if fact is None else Said(fact=fact, reason=said.reason, text=said.text, results=said.results)


def results_of(task: Task, said: Sequence[wire.TaskResult]) -> list[Result] | None:
    """The results, or None when one of them cannot be read, or a module is named twice. What is said to be in a file
    has no body: whether the host holds it is another question."""
    if len({one.module for one in said}) < len(said):
        return None
    results = []
    for one in said:
        body = _body(one)
        if body is None or (one.file is not None and body):
            return None
        results.append(
            Result(
                task=task.task,
                module=one.module,
                management_code=task.management_code,
                media_type=one.media_type,
                size_bytes=len(body) if one.file is None else one.file.size_bytes,
                digest=digest_of(body) if one.file is None else one.file.digest,
                body=body if one.file is None else None,
                failed=one.failed,
            )
        )
    return results


def _body(one: wire.TaskResult) -> bytes | None:
    try:
        return one.body.encode() if one.encoding == "text" else base64.b64decode(one.body, validate=True)
    except (binascii.Error, ValueError):  # a lone surrogate, or no base64
        return None
