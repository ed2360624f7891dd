"""Uploads: what is too large for a frame, sent by a unit in pieces (RFC 9110, section 14.5) under its own certificate.

`HEAD` asks how many bytes are held; `PUT` with `Content-Range` adds those that follow. Each answer says in
`upload-offset` how many are held now, for good.
"""

import re
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final

from servicehost.bootstrap.http import Request, Response, problem
from servicehost.bootstrap.identified import UnitOf, identified
from servicehost.domain.certificate import UnitIdentity
from servicehost.domain.errors import Conflict, Invalid, NotFound, Refused
from servicehost.ports.uploads import Held, Piece, ResultFile, ResultsFull, WrongOffset

__all__ = ["RESULTS", "ResultsRoom", "TakePiece"]

RESULTS: Final = "/results/"
_METHODS: Final = "HEAD, PUT"
_NAME: Final = re.compile(r"(\d{1,16})-(\d{1,16})-(\d{1,3})", re.ASCII)
_RANGE: Final = re.compile(r"bytes (\d{1,16})-(\d{1,16})/(\d{1,16})", re.ASCII)
_RETRY: Final = (("retry-after", "60"),)
_STATUS: Final[tuple[tuple[type[Refused], int], ...]] = (
    (NotFound, 404),
    (Invalid, 413),
    (ResultsFull, 507),
    (Conflict, 409),
)

_LATER: Final = (503, 507)

TakePiece = Callable[[UnitIdentity, ResultFile, Piece | None], Awaitable[Held]]
"""`operations.upload_result`, bound to its ports."""


class ResultsRoom:
    """Answers HEAD and PUT of `/results/<task>-<issued_ms>-<module>`; keeps nothing between requests."""

    def __init__(self, take: TakePiece, *, unit_of: UnitOf, now: Callable[[], datetime]) -> None:
        self._take = take
        self._unit_of = unit_of
        self._now = now

    async def respond(self, request: Request, *, remote_address: str) -> Response:
        """204, or a problem with a code. Raises only what is our own fault."""
        del remote_address  # a unit is known by its certificate and by nothing else
        unit = await identified(request.peer.certificate, self._unit_of, self._now())
        if isinstance(unit, Response):
            return unit
        if request.method not in _METHODS.split(", "):
            return problem(405, "method_not_allowed", "results are sent: HEAD and PUT", headers=(("allow", _METHODS),))
        named = _NAME.fullmatch(request.target.partition("?")[0].removeprefix(RESULTS))
        piece = _piece(request) if request.method == "PUT" else None
        if named is None:
            return problem(404, "no_such_task", "a result is named as its task's upload_path and a module say")
        if piece is None and request.method == "PUT":
            return problem(400, "content_range_needed", "say which bytes these are: Content-Range: bytes 0-99/1000")
        file = ResultFile(task=int(named[1]), issued_ms=int(named[2]), module=int(named[3]))
        return await self._answer(unit, file, piece)

    async def _answer(self, unit: UnitIdentity, file: ResultFile, piece: Piece | None) -> Response:
        try:
            held = await self._take(unit, file, piece)
        except WrongOffset as refused:
            return problem(409, refused.code, refused.text, headers=_offset(refused.held))
        except Refused as refused:
            status = next((status for kind, status in _STATUS if isinstance(refused, kind)), 503)
            return problem(status, refused.code, refused.text, headers=_RETRY if status in _LATER else ())
        except OSError as error:
            return problem(503, "results_unwritable", f"nothing can be kept just now: {error.strerror}", headers=_RETRY)
        return Response(status=204, content_type="", headers=_offset(held))


def _piece(request: Request) -> Piece | None:
    """None when it does not say which bytes these are, or says it wrongly."""
    match = _RANGE.fullmatch(request.headers.get("content-range", "").strip())
    if match is None:
        return None
    first, last, total = (int(number) for number in match.groups())
    fits = first <= last < total and last - first + 1 == len(request.body)
    return Piece(first=first, total=total, data=request.body) if fits else None


def _offset(held: Held) -> tuple[tuple[str, str], ...]:
    return (("upload-offset", str(held.size_bytes)),)
