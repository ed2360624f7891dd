"""A unit uploads what a module gave for its task, piece by piece, and asks how far it has come."""

import msgspec

from servicehost.domain.certificate import UnitIdentity
from servicehost.domain.contract import Scope
from servicehost.domain.errors import Invalid, NotFound
from servicehost.domain.task import Task, TaskLimits, Upload
from servicehost.domain.task_work import modules_of
from servicehost.ports.clock import Clock
from servicehost.ports.reads import Reads
from servicehost.ports.store import Store
from servicehost.ports.uploads import Held, Piece, ResultFile, ResultFiles

__all__ = ["upload_result"]


async def upload_result(
    unit: UnitIdentity,
    file: ResultFile,
    piece: Piece | None,
    *,
    store: Store,
    reads: Reads,
    clock: Clock,
    files: ResultFiles,
    limits: TaskLimits,
) -> Held:
    """What is held of the file after this piece, on the disk for good; without a piece, what is held now.

    With its last piece the file is whole, measured, and written down. Only for a task that is in progress on this very
    unit, and a module of it. Raises NotFound `no_such_task`, Invalid `result_too_large`, WrongOffset, ResultsFull, and
    what the store raises.
    """
    task = await reads.uploading_task(unit.distribution_id, unit.fingerprint, file.task, file.issued_ms)
    if task is None or file.module not in modules_of(task.work):
        raise NotFound("no_such_task", "This unit has no such task in progress, or not with this module")
    if piece is not None and piece.total > limits.max_upload_bytes:
        raise Invalid("result_too_large", f"At most {limits.max_upload_bytes} bytes of one module are taken")
    async with files.alone(file):
        held = await files.held(file)
        if piece is not None:
            held = await files.append(file, piece.first, piece.data, piece.total)
            held = msgspec.structs.replace(held, whole=held.size_bytes >= piece.total)
        if held.whole:
            await _written_down(task, file, held, await files.finish(file), store=store, now=clock.wall())
        return held


async def _written_down(task: Task, file: ResultFile, held: Held, digest: str, *, store: Store, now: int) -> None:
    """Also when a whole file is asked after: a host that was killed had perhaps not come so far."""
    upload = Upload(
        task=task.task,
        module=file.module,
        management_code=task.management_code,
        size_bytes=held.size_bytes,
        digest=digest,
        held_at=now,
    )
    await store.batch(Scope(management_code=task.management_code), lambda batch: batch.add_upload(upload))
