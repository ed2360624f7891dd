"""Results of tasks that are too large for a row, as files in a folder beside the database.

A file that is not whole yet is named `.partial`; its length is what is held of it. Every write is on the disk before
it is acknowledged.
"""

import asyncio
import errno
import hashlib
import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final
from weakref import WeakValueDictionary

from servicehost.ports.uploads import Held, ResultFile, ResultsFull, WrongOffset

__all__ = ["FilesOfResults", "beside"]

_PARTIAL: Final = ".partial"
_NAME: Final = re.compile(r"(\d+)-(\d+)-(\d+)(\.partial)?", re.ASCII)
_NO_ROOM: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_READ_BYTES: Final = 1024 * 1024


def beside(database: Path) -> Path:
    """The folder of the results that this database speaks of."""
    return database.with_name("results")


class FilesOfResults:
    """Implements `ports.uploads.ResultFiles`. `most_bytes`: of all files together; the disk may have less."""

    def __init__(self, folder: Path, *, most_bytes: int) -> None:
        self._folder = folder
        self._most_bytes = most_bytes
        self._used: int | None = None
        self._locks: WeakValueDictionary[ResultFile, asyncio.Lock] = WeakValueDictionary()

    def alone(self, file: ResultFile) -> asyncio.Lock:
        """A lock that is there as long as somebody holds it or waits for it."""
        return self._locks.setdefault(file, asyncio.Lock())

    async def held(self, file: ResultFile) -> Held:
        return await asyncio.to_thread(self._held, file)

    async def append(self, file: ResultFile, first: int, data: bytes, total: int) -> Held:
        held = await self.held(file)
        if held.whole or held.size_bytes != first:
            raise WrongOffset(held)
        if self._used is None:
            self._used = await asyncio.to_thread(self._measured)
        if self._used + total - first > self._most_bytes:
            raise ResultsFull
        self._used += len(data)  # before the write: others write meanwhile
        try:
            await asyncio.to_thread(self._write, file, first, data)
        except OSError as error:
            self._used = None
            if error.errno in _NO_ROOM:
                raise ResultsFull from error
            raise
        return Held(size_bytes=first + len(data))

    async def finish(self, file: ResultFile) -> str:
        return await asyncio.to_thread(self._finish, file)

    async def open(self, file: ResultFile) -> str | None:
        path = self._path(file)
        return str(path) if await asyncio.to_thread(path.is_file) else None

    async def listed(self, after: str, limit: int) -> list[tuple[str, ResultFile]]:
        names = await asyncio.to_thread(lambda: [path.name for path in self._files()])
        return [(name, named) for name in sorted(names) if name > after and (named := _named(name))][:limit]

    async def remove(self, names: Sequence[str]) -> None:
        await asyncio.to_thread(self._remove, names)
        self._used = None

    def _path(self, file: ResultFile) -> Path:
        return self._folder / f"{file.task}-{file.issued_ms}-{file.module}"

    def _held(self, file: ResultFile) -> Held:
        path = self._path(file)
        for one, whole in ((path, True), (_partial(path), False)):
            try:
                return Held(size_bytes=one.stat().st_size, whole=whole)
            except FileNotFoundError:
                pass
        return Held(size_bytes=0)

    def _write(self, file: ResultFile, first: int, data: bytes) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        partial = _partial(self._path(file))
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as on:
                on.seek(first)
                on.write(data)
                on.flush()
                os.fsync(on.fileno())
        except OSError:
            os.truncate(partial, first)  # half a piece is no piece: what was acknowledged stays
            raise
        if first == 0:
            self._sync()

    def _finish(self, file: ResultFile) -> str:
        path = self._path(file)
        if not path.exists():
            _partial(path).replace(path)
            self._sync()
        with path.open("rb") as read:
            digest = hashlib.sha256()
            while piece := read.read(_READ_BYTES):
                digest.update(piece)
        return f"sha256:{digest.hexdigest()}"

    def _measured(self) -> int:
        return sum(path.stat().st_size for path in self._files())

    def _files(self) -> list[Path]:
        return list(self._folder.iterdir()) if self._folder.is_dir() else []

    def _remove(self, names: Sequence[str]) -> None:
        for name in names:
            (self._folder / name).unlink(missing_ok=True)
        if names:
            self._sync()

    def _sync(self) -> None:
        """Without this the disk may forget the name of a file whose content it has."""
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _partial(path: Path) -> Path:
    return path.with_name(path.name + _PARTIAL)


def _named(name: str) -> ResultFile | None:
    """None for what is no result: nothing of ours, and not ours to remove."""
    match = _NAME.fullmatch(name)
    return match and ResultFile(task=int(match[1]), issued_ms=int(match[2]), module=int(match[3]))
