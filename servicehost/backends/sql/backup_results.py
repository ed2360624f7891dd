"""Files of large results in a backup: those that the database speaks of, piece by piece, each with its digest.

    {"file": name}, {"piece": base64, at most 64 KiB} …, {"whole": true or false} for each; then {"files": how many}

What was found to be gone or damaged while it was carried out is said to be not whole, and is left out of the rest.
"""

import hashlib
import os
import sqlite3
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, TypeAlias

import msgspec

from servicehost.backends.stream_fault import StreamFault

__all__ = ["LeftOut", "carried_out", "filed_results", "taken_in"]

LeftOut: TypeAlias = Callable[[str, str], None]
_PIECE: Final = 65_536
_FILED: Final = """
    SELECT task_upload.task || '-' || task.ordered_at || '-' || task_upload.module, task_upload.digest
    FROM task_upload JOIN task ON task.task = task_upload.task
    LEFT JOIN task_result ON task_result.task = task_upload.task AND task_result.module = task_upload.module
    WHERE task_result.removed_at IS NULL ORDER BY task_upload.task, task_upload.module
"""


def filed_results(connection: sqlite3.Connection) -> dict[str, str]:
    """The digests of the files that uploads made and no policy has removed, by their names."""
    return dict(connection.execute(_FILED).fetchall())


def carried_out(folder: Path, filed: Mapping[str, str], left_out: LeftOut) -> Iterator[bytes]:
    """The lines of these files, in parts. Raises OSError for what cannot be read."""
    files = 0
    for name, digest in filed.items():
        try:
            read = (folder / name).open("rb")
        except FileNotFoundError:
            left_out(name, "removed")  # swept since the instant of the backup: nothing speaks of it any more
            continue
        yield _line(file=name)
        measured = hashlib.sha256()
        with read:
            while piece := read.read(_PIECE):
                measured.update(piece)
                yield _line(piece=b64encode(piece).decode())
        whole = f"sha256:{measured.hexdigest()}" == digest
        files += whole
        if not whole:
            left_out(name, "damaged")
        yield _line(whole=whole)
    yield _line(files=files)


def taken_in(lines: Iterator[bytes], folder: Path, filed: Mapping[str, str]) -> int:
    """Write the files into an empty folder; how many. `filed` is what the database that came with them speaks of.

    Raises StreamFault `not_a_backup`, `damaged`, `cut_off`; OSError.
    """
    files = 0
    for line in lines:
        told = _read(line)
        if told.keys() == {"files"}:
            if told["files"] != files:
                raise StreamFault("cut_off", "results of it are missing")
            _sync(folder)
            return files
        name = told.get("file")
        if name not in filed or (folder / str(name)).exists():
            raise StreamFault("not_a_backup", "it holds a file that its database does not speak of")
        files += _written(lines, folder / str(name), filed[str(name)])
    raise StreamFault("cut_off", "its end is missing")


def _written(lines: Iterator[bytes], file: Path, digest: str) -> bool:
    """Whether it was whole when it was carried out."""
    measured = hashlib.sha256()
    number = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(number, "wb") as out:
        for line in lines:
            told = _read(line)
            if "whole" in told:
                break
            piece = _piece(told)
            measured.update(piece)
            out.write(piece)
        else:
            raise StreamFault("cut_off", f"the end of {file.name} is missing")
        out.flush()
        os.fsync(out.fileno())
    if told["whole"] is not True:
        file.unlink()
        return False
    if f"sha256:{measured.hexdigest()}" != digest:
        raise StreamFault("damaged", f"{file.name} is not what its database says of it")
    return True


def _piece(told: Mapping[str, Any]) -> bytes:
    try:
        return b64decode(told["piece"], validate=True)
    except (KeyError, TypeError, ValueError) as error:
        raise StreamFault("not_a_backup", "a piece of a result cannot be read") from error


def _read(line: bytes) -> dict[str, Any]:
    try:
        return msgspec.json.decode(line, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise StreamFault("not_a_backup", "a line of it cannot be read") from error


def _line(**told: object) -> bytes:
    return msgspec.json.encode(told) + b"\n"


def _sync(folder: Path) -> None:
    """So that the disk knows the names too."""
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
