"""What is kept of the files that units upload as results of tasks: the files, and the rows that say what they are."""

from collections.abc import Collection, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

import msgspec

from servicehost.domain.errors import Conflict
from servicehost.domain.task import Task, Upload

__all__ = ["Held", "Piece", "ResultFile", "ResultFiles", "ResultsFull", "UploadBatch", "UploadReads", "WrongOffset"]


class ResultFile(msgspec.Struct, frozen=True, kw_only=True):
    """Which file: one module's result of one task. A number alone may be used twice, after a restore from a backup."""

    task: int
    issued_ms: int
    module: int


class Piece(msgspec.Struct, frozen=True, kw_only=True):
    """The bytes from `first` on, of a file that has `total` in all."""

    first: int
    total: int
    data: bytes


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """How much of a file is on the disk for good; `whole`: its unit has said that there is no more."""

    size_bytes: int
    whole: bool = False


class WrongOffset(Conflict):
    """A piece does not begin where what is held ends."""

    def __init__(self, held: Held) -> None:
        super().__init__("wrong_offset", f"{held.size_bytes} bytes are held: go on from there")
        self.held = held


class ResultsFull(Conflict):
    """The folder of results has no room for the file."""

    def __init__(self) -> None:
        text = "This host has no room for more results: raise tasks.results_bytes, or free space on its disk"
        super().__init__("results_full", text)


class ResultFiles(Protocol):
    """The folder of results. Nothing is ever in memory as a whole."""

    def alone(self, file: ResultFile) -> AbstractAsyncContextManager[object]:
        """While it lasts nobody else has this file under way."""
        ...

    async def held(self, file: ResultFile) -> Held: ...

    async def append(self, file: ResultFile, first: int, data: bytes, total: int) -> Held:
        """Write a piece of a file that will have `total` bytes; it survives a power cut once this has returned.

        Raises WrongOffset unless `first` is what is held, ResultsFull, OSError.
        """
        ...

    async def finish(self, file: ResultFile) -> str:
        """There is no more of it: its digest as measured. Harmless twice. Raises OSError, also for no file at all."""
        ...

    async def open(self, file: ResultFile) -> str | None:
        """Where a whole file lies, as a path to read it from; None: it is not there."""
        ...

    async def listed(self, after: str, limit: int) -> list[tuple[str, ResultFile]]:
        """Files there are, whole or not, by the names that `remove` takes: in the order of these, after that one."""
        ...

    async def remove(self, names: Sequence[str]) -> None:
        """Harmless when one is gone. Who still reads it reads it to its end."""
        ...


class UploadBatch(Protocol):
    """In a batch from sessions, from the bootstrap door and of the clock."""

    def uploads_of(self, tasks: Collection[int]) -> list[Upload]:
        """Every file that was uploaded to its end for one of these tasks."""
        ...

    def add_upload(self, upload: Upload) -> None:
        """Harmless twice: the first one stays."""
        ...

    def filed_results(self, tasks: Collection[int]) -> set[tuple[int, int]]:
        """(task, module) of the results of these tasks that lie in a file and were not removed."""
        ...


class UploadReads(Protocol):
    """For the bootstrap door."""

    async def uploading_task(self, distribution_id: str, fingerprint: str, task: int, issued_ms: int) -> Task | None:
        """The task, if it is in progress on this very unit, which serves its adapter now, and neither the unit is held
        nor that certificate revoked. It takes no scope: the unit is what gives one.
        """
        ...
