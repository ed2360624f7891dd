"""The part of a unit's flash that holds files: each is written whole or not at all, and is there when the call ends."""

import contextlib
import os
from pathlib import Path

__all__ = ["Shelf"]


class Shelf:
    """One folder, readable by its owner alone. Every method raises OSError when the flash fails.

    What a call has done survives a power cut once it has returned; a cut in the middle of one leaves the file as it was
    before, or as it is after.
    """

    __slots__ = ("folder",)

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, name: str) -> Path:
        """Where `name` is kept, whether it is there or not."""
        return self.folder / name

    def read(self, name: str) -> bytes | None:
        """What is kept as `name`; None when nothing is."""
        try:
            return self.path(name).read_bytes()
        except FileNotFoundError:
            return None

    def write(self, name: str, data: bytes) -> None:
        """Keep `data` as `name`, in the place of what was there. Readable by its owner alone from its first moment."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        beside = self.path(name + ".new")
        beside.unlink(missing_ok=True)
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        self._rename(beside, name)

    def move(self, name: str, to: str) -> None:
        """Keep what is `name` as `to`, in the place of what was there. Raises FileNotFoundError."""
        self._rename(self.path(name), to)

    def remove(self, name: str) -> None:
        """Keep nothing as `name`. Harmless when nothing is."""
        with contextlib.suppress(FileNotFoundError):
            self.path(name).unlink()
            self._sync()

    def _rename(self, file: Path, name: str) -> None:
        file.replace(self.path(name))
        self._sync()

    def _sync(self) -> None:
        """Without this the disk may forget the new name of a file whose content it has."""
        folder = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
