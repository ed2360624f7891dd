"""A ZIP that is written to nobody's disk: files go in one by one, and what is ready is taken out at once."""

import hashlib
import io
import zipfile
from typing import Final

import msgspec

__all__ = ["ArchiveWriter"]

_MADE: Final = (1980, 1, 1, 0, 0, 0)
"""No instant in the archive but those that its files tell: the same contract gives the same bytes."""


class _Outlet(io.RawIOBase):
    """Where zipfile writes to: it cannot seek, so it does not."""

    def __init__(self) -> None:
        self.waiting = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        raw = memoryview(data)  # type: ignore[arg-type]  # zipfile writes bytes-like objects only
        self.waiting += raw
        return raw.nbytes


class ArchiveWriter:
    """Besides the files it holds a name and a digest of each, some hundred bytes, and no body."""

    def __init__(self) -> None:
        self._outlet = _Outlet()
        self._zip = zipfile.ZipFile(self._outlet, "w", zipfile.ZIP_DEFLATED, allowZip64=True)
        self.digests: dict[str, str] = {}
        """SHA-256 of each JSON file, hex."""

    def add_json(self, name: str, value: object) -> bytes:
        """What is ready by now."""
        raw = msgspec.json.format(msgspec.json.encode(value), indent=2)
        self.digests[name] = hashlib.sha256(raw).hexdigest()
        return self.add(name, raw)

    def add(self, name: str, raw: bytes) -> bytes:
        """The same of a body."""
        entry = zipfile.ZipInfo(name, _MADE)
        entry.external_attr = 0o600 << 16
        self._zip.writestr(entry, raw, zipfile.ZIP_DEFLATED)
        return self._taken()

    def end(self) -> bytes:
        """The directory, which makes it whole."""
        self._zip.close()
        return self._taken()

    def _taken(self) -> bytes:
        ready = bytes(self._outlet.waiting)
        self._outlet.waiting.clear()
        return ready
