"""An archive of a contract, read from memory and believed in nothing: names, sizes, digests and shapes are checked."""

import hashlib
import io
import zipfile
import zlib
from collections.abc import Sequence
from functools import cached_property
from typing import Final, TypeVar

import msgspec

from servicehost.domain.config import Revision
from servicehost.domain.contract import check_service_code
from servicehost.domain.delegate import Delegate
from servicehost.domain.errors import Conflict
from servicehost.domain.group import Group, SavedQuery
from servicehost.domain.preset import MAX_LINE, MAX_LINES, Preset
from servicehost.domain.tenant_archive import (
    MANIFEST,
    AdapterEntry,
    ArchiveLimits,
    Manifest,
    PersonEntry,
    PlacesEntry,
    RevisionsEntry,
    SnapshotEntry,
    body_name,
    check_entry,
    check_manifest,
    check_texts,
    hex_of,
)

__all__ = ["ArchiveReader"]

T = TypeVar("T")
_LIMITS: Final = ArchiveLimits()
_PRESET_TEXT: Final = MAX_LINES * (MAX_LINE + 1)
_SEALED: Final = b"servicehost sealed stream"
_UNREADABLE: Final = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError)


class ArchiveReader:
    """Raises Conflict at its making for what is no archive of ours, and by each method for what is not as it says."""

    def __init__(self, raw: bytes, limits: ArchiveLimits = _LIMITS) -> None:
        if raw.startswith(_SEALED):
            text = "It is sealed: open it with its private key (servicehost tenant import --key), not here"
            raise Conflict("archive_sealed", text)
        self._zip = _opened(raw)
        self._entries = _entries(self._zip, limits)
        self.manifest = self._manifest()
        self._check_whole()

    def _manifest(self) -> Manifest:
        manifest = self._decoded(MANIFEST, self._read(MANIFEST), Manifest)
        check_manifest(manifest)
        return manifest

    def _check_whole(self) -> None:
        json = {name for name in self._entries if name.endswith(".json") and name != MANIFEST}
        if json != set(self.manifest.files):
            odd = min(json ^ set(self.manifest.files))
            raise Conflict("archive_damaged", f"{odd[:80]}: the manifest and the files do not agree about it")

    @property
    def codes(self) -> list[str]:
        """Service codes of the adapters, in their order."""
        return self._codes

    @cached_property
    def _codes(self) -> list[str]:
        names = [name.removeprefix("adapters/").removesuffix(".json") for name in self._entries]
        return sorted(check_service_code(one) for one in names if len(one) == len("nxe000000000") and one[:3] == "nxe")

    @cached_property
    def people(self) -> list[PersonEntry]:
        """Operation managers."""
        return self._json("people.json", list[PersonEntry])

    @cached_property
    def groups(self) -> list[Group]:
        """Without their members."""
        return self._json("groups.json", list[Group])

    @cached_property
    def queries(self) -> list[SavedQuery]:
        """Saved queries."""
        return self._json("queries.json", list[SavedQuery])

    @cached_property
    def delegates(self) -> list[Delegate]:
        """With those whose naming was ended."""
        return self._bounded("delegates.json", list[Delegate], [])

    @cached_property
    def presets(self) -> list[Preset]:
        """Preset commands; their texts are checked as when they are saved."""
        return self._bounded("presets.json", list[Preset], [], _PRESET_TEXT)

    def places(self, code: str) -> PlacesEntry:
        """Where the adapter was said to stand and to be shipped to."""
        return self._bounded(f"adapters/{code}/places.json", PlacesEntry, PlacesEntry())

    @property
    def snapshots(self) -> Sequence[str]:
        """Names of the files, oldest first."""
        return sorted(name for name in self._entries if name.startswith("snapshots/"))

    def snapshot(self, name: str) -> SnapshotEntry:
        """The snapshot of that file."""
        return self._json(name, SnapshotEntry)

    def adapter(self, code: str) -> AdapterEntry:
        """Its terms."""
        entry = self._json(f"adapters/{code}.json", AdapterEntry)
        if entry.adapter.service_code != code:
            raise Conflict("archive_damaged", f"adapters/{code}.json is about {entry.adapter.service_code[:12]}")
        return entry

    def revisions(self, code: str, count: int) -> list[Revision]:
        """All of its rows, oldest first: revisions 1 to `count`, each whole."""
        rows: list[Revision] = []
        names = sorted(name for name in self._entries if name.startswith(f"adapters/{code}/revisions-"))
        for name in names:
            rows += [row.revision_of(code) for row in self._json(name, RevisionsEntry).rows]
        main = [row.revision for row in rows if row.module == 0]
        keys = {(row.revision, row.module) for row in rows}
        if main != list(range(1, count + 1)) or len(keys) != len(rows) or {one for one, _ in keys} != set(main):
            raise Conflict("archive_damaged", f"The revisions of {code} are not whole")
        return rows

    def body(self, row: Revision) -> bytes:
        """The module's own bytes."""
        for kind in (row.kind, "text", "binary"):
            name = body_name(row.digest, kind)
            if name in self._entries:
                raw = self._read(name)
                if len(raw) != row.size_bytes or hashlib.sha256(raw).hexdigest() != hex_of(row.digest):
                    raise Conflict("archive_damaged", f"{name} is not what its name says")
                return raw
        text = f"The body of revision {row.revision}, module {row.module} of {row.service_code} is missing"
        raise Conflict("archive_damaged", text)

    def _bounded(self, name: str, kind: type[T], nothing: T, longest: int = 255) -> T:
        """What an older archive, or one of a contract that has none, does not hold is `nothing`."""
        if name not in self.manifest.files:
            return nothing
        found = self._json(name, kind)
        check_texts(name, msgspec.to_builtins(found), longest)
        return found

    def _json(self, name: str, kind: type[T]) -> T:
        raw = self._read(name)
        if hashlib.sha256(raw).hexdigest() != self.manifest.files.get(name):
            raise Conflict("archive_damaged", f"{name} is not what the manifest says")
        return self._decoded(name, raw, kind)

    @staticmethod
    def _decoded(name: str, raw: bytes, kind: type[T]) -> T:
        try:
            return msgspec.json.decode(raw, type=kind)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise Conflict("archive_damaged", f"{name} cannot be read: {error}") from error

    def _read(self, name: str) -> bytes:
        entry = self._entries.get(name)
        if entry is None:
            raise Conflict("archive_damaged", f"{name} is missing: the archive was cut off, or is none of ours")
        try:
            return self._zip.read(entry)
        except _UNREADABLE as error:
            raise Conflict("archive_damaged", f"{name} cannot be read: {error}") from error


def _opened(raw: bytes) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(io.BytesIO(raw))
    except _UNREADABLE as error:
        text = f"It is no whole ZIP archive ({error}): was the export cut off?"
        raise Conflict("archive_damaged", text) from error


def _entries(archive: zipfile.ZipFile, limits: ArchiveLimits) -> dict[str, zipfile.ZipInfo]:
    """By name. zipfile gives out no more of a file than it says it holds, so what they say can be summed up."""
    found = archive.infolist()
    if len(found) > limits.files or sum(one.file_size for one in found) > limits.bytes:
        raise Conflict("archive_too_large", f"It has {len(found)} files, or unpacks to more than {limits.bytes} bytes")
    for one in found:
        check_entry(one.filename, one.file_size, one.compress_size, limits)
    entries = {one.filename: one for one in found}
    if len(entries) != len(found):
        raise Conflict("archive_damaged", "It holds two files of one name")
    return entries
