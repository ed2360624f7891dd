"""Which files units have uploaded, and which unit may upload what."""

from collections.abc import Collection
from typing import Final

import msgspec
from sqlalchemy import and_, select
from sqlalchemy.dialects.sqlite import insert as insert_or
from sqlalchemy.ext.asyncio import AsyncEngine

from servicehost.backends.sql import tables
from servicehost.backends.sql.rows import Scoped
from servicehost.backends.sql.task_rows import FIELDS, read_tasks
from servicehost.backends.sql.task_tables import task, task_result, task_upload
from servicehost.domain.task import Task, TaskState, Upload
from servicehost.domain.unit import Life

__all__ = ["SqlUploadReads", "UploadRows"]

_task = task.c
_result = task_result.c
_upload = task_upload.c
_unit = tables.unit.c
_binding = tables.binding.c
_certificate = tables.certificate.c
_OF_UPLOAD: Final = Upload.__struct_fields__


class UploadRows(Scoped):
    """Table `task_upload`. It implements `ports.uploads.UploadBatch`."""

    def uploads_of(self, tasks: Collection[int]) -> list[Upload]:
        chosen = select(*(_upload[name] for name in _OF_UPLOAD)).where(
            _upload.task.in_(tasks), *self._within(_upload.management_code)
        )
        rows = self._on.execute(chosen.order_by(_upload.task, _upload.module)).all()
        return [Upload(**dict(zip(_OF_UPLOAD, row, strict=True))) for row in rows]

    def add_upload(self, upload: Upload) -> None:
        self._own([upload.management_code])
        row = msgspec.structs.asdict(upload)
        self._on.execute(insert_or(task_upload).values(row).on_conflict_do_nothing())

    def filed_results(self, tasks: Collection[int]) -> set[tuple[int, int]]:
        chosen = select(_result.task, _result.module).where(
            _result.task.in_(tasks),
            _result.body.is_(None),
            _result.removed_at.is_(None),
            *self._within(_result.management_code),
        )
        return {(row.task, row.module) for row in self._on.execute(chosen)}


class SqlUploadReads:
    """`ports.uploads.UploadReads`."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def uploading_task(self, distribution_id: str, fingerprint: str, task: int, issued_ms: int) -> Task | None:
        of_certificate = and_(_certificate.fingerprint == fingerprint, _certificate.unit_id == _unit.unit_id)
        chosen = (
            select(*(_task[name] for name in FIELDS))
            .join(tables.unit, _unit.unit_id == _task.unit_id)
            .join(
                tables.binding,
                and_(
                    _binding.unit_id == _unit.unit_id,
                    _binding.service_code == _task.service_code,
                    _binding.unbound_at.is_(None),
                ),
            )
            .outerjoin(tables.certificate, of_certificate)
            .where(
                _task.task == task,
                _task.ordered_at == issued_ms,
                _task.state == TaskState.IN_PROGRESS.value,
                _unit.distribution_id == distribution_id,
                _unit.life == Life.BOUND.value,
                _unit.held_at.is_(None),
                _certificate.revoked_at.is_(None),
            )
        )
        async with self._engine.connect() as on:
            return next(iter(read_tasks((await on.execute(chosen)).all())), None)
