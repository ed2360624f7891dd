"""What a task has brought, made fit for its way: in the frame, or, too large for it, as files beside it. Pure."""

import base64
from collections.abc import Mapping
from typing import NamedTuple

import msgspec

from adapter_sim.stored_task import Done
from protocol.digest import digest_of
from protocol.task_messages import TaskResult, TaskRun, UploadedFile

__all__ = ["Outcome", "fitted"]


class Outcome(NamedTuple):
    """How a task has ended, and the files by path that must be with the host before that is said."""

    done: Done
    files: Mapping[str, bytes] = {}


def fitted(task: TaskRun, done: Done, *, lies: bool = False) -> Outcome:
    """Every body becomes a file when they are too large for a frame; `lies`: their digests are then those of other
    bytes."""
    if not task.max_result_bytes or len(msgspec.json.encode(done.results)) <= task.max_result_bytes:
        return Outcome(done)
    bodies = {one.module: _bytes(one) for one in done.results if one.body}
    if not task.upload_path or max(map(len, bodies.values())) > task.max_upload_bytes:
        return Outcome(Done(outcome="failed", reason="result_too_large"))
    results = tuple(_named(one, bodies[one.module], lies) if one.body else one for one in done.results)
    files = {f"{task.upload_path}{module}": body for module, body in bodies.items()}
    return Outcome(msgspec.structs.replace(done, results=results), files)


def _bytes(result: TaskResult) -> bytes:
    return result.body.encode() if result.encoding == "text" else base64.b64decode(result.body)


def _named(result: TaskResult, body: bytes, lies: bool) -> TaskResult:
    digest = digest_of(b"something else" if lies else body)
    file = UploadedFile(size_bytes=len(body), digest=digest)
    return msgspec.structs.replace(result, body="", encoding="text", file=file)
