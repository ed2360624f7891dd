"""File transfer: what is too large for a frame, fetched by a unit in ranges (RFC 9110) under its own certificate."""

import asyncio
import errno
import os
import re
import stat
from base64 import b64encode
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Final

from servicehost.bootstrap.conditions import Part, Selected, etag_matches, range_applies, select_range
from servicehost.bootstrap.http import Request, Response, problem
from servicehost.bootstrap.identified import UnitOf, identified
from servicehost.ports.offered import Offered, OfferedFile

__all__ = ["FILES", "PIECE_BYTES", "FilesRoom"]

FILES: Final = "/files/"
PIECE_BYTES: Final = 64 * 1024
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{1,128}", re.ASCII)
_METHODS: Final = ("GET", "HEAD")
_RETRY: Final = (("retry-after", "60"),)


class FilesRoom:
    """Answers GET and HEAD of `/files/<token>`; keeps nothing between requests."""

    def __init__(self, offered: Offered, *, unit_of: UnitOf, now: Callable[[], datetime]) -> None:
        self._offered = offered
        self._unit_of = unit_of
        self._now = now

    async def respond(self, request: Request, *, remote_address: str) -> Response:
        """The file, a part of it, or a problem with a code. Raises only what is our own fault."""
        del remote_address  # a unit is known by its certificate and by nothing else
        unit = await identified(request.peer.certificate, self._unit_of, self._now())
        if isinstance(unit, Response):
            return unit
        if request.method not in _METHODS:
            detail = "files are fetched: GET and HEAD"
            return problem(405, "method_not_allowed", detail, headers=(("allow", ", ".join(_METHODS)),))
        token = request.target.partition("?")[0].removeprefix(FILES)
        file = await self._offered.find(unit, token) if _TOKEN.fullmatch(token) else None
        if file is None:
            return problem(404, "no_such_file", "nothing is offered to this unit under that name")
        return await _given(request, file)


async def _given(request: Request, file: OfferedFile) -> Response:
    etag = f'"{file.digest}"'
    if etag_matches(request.headers.get("if-none-match"), etag):
        return Response(status=304, content_type="", headers=(("etag", etag),))
    try:
        source = await asyncio.to_thread(OpenFile, file.path)
    except OSError as error:
        detail = f"the file cannot be read just now: {error.strerror}"
        return problem(503, "file_unreadable", detail, headers=_RETRY)
    return _opened(request, file, etag, source)


def _opened(request: Request, file: OfferedFile, etag: str, source: "OpenFile") -> Response:
    digest = b64encode(bytes.fromhex(file.digest)).decode()
    headers: tuple[tuple[str, str], ...] = (
        ("etag", etag),
        ("accept-ranges", "bytes"),
        ("cache-control", "private"),
        ("repr-digest", f"sha-256=:{digest}:"),
    )
    size = source.length
    match _wanted(request, etag, size):
        case Part(first=first, last=last):
            source.narrow(first, last - first + 1)
            headers = (*headers, ("content-range", f"bytes {first}-{last}/{size}"))
            return Response(status=206, content_type=file.media_type, headers=headers, stream=source)
        case "unsatisfiable":
            source.close()
            detail = f"the file has {size} bytes"
            return problem(416, "range_unsatisfiable", detail, headers=(("content-range", f"bytes */{size}"),))
        case _:
            return Response(status=200, content_type=file.media_type, headers=headers, stream=source)


def _wanted(request: Request, etag: str, size: int) -> Selected:
    if request.method != "GET" or not range_applies(request.headers.get("if-range"), etag):
        return "whole"
    return select_range(request.headers.get("range"), size)


class OpenFile:
    """A `Stream` over a regular file, read piece by piece in a thread."""

    def __init__(self, path: Path) -> None:
        """Raises OSError."""
        self._descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        self._path = path
        self._at = 0
        status = os.fstat(self._descriptor)
        if not stat.S_ISREG(status.st_mode):
            os.close(self._descriptor)
            raise OSError(errno.EINVAL, "it is no regular file", str(path))
        self.length = status.st_size
        self._left = self.length

    def narrow(self, first: int, length: int) -> None:
        """Give only `length` octets from `first` on."""
        self._at, self.length, self._left = first, length, length

    async def read(self) -> bytes:
        if not self._left:
            return b""
        # pread keeps no position, so a read that is still under way in its thread disturbs nobody.
        piece = await asyncio.to_thread(os.pread, self._descriptor, min(PIECE_BYTES, self._left), self._at)
        if not piece:
            raise EOFError(f"{self._path} has become shorter while it was sent")
        self._at += len(piece)
        self._left -= len(piece)
        return piece

    def close(self) -> None:
        os.close(self._descriptor)
