"""Fetching a file at the bootstrap door, in ranges and with the unit's own certificate (RFC 9110).

Blocking; call it in a thread. What a transfer that broke off had brought is kept, and the next one goes on from there.
"""

import http.client
import ssl
from typing import Final

from adapter_sim.partial import Partial
from protocol.wire.problems import read_problem

__all__ = ["DownloadFailed", "download"]

PIECE_BYTES: Final = 64 * 1024
ANSWER_DUE_S: Final = 30
_WHOLE: Final = 200
_PART: Final = 206


class DownloadFailed(Exception):
    """The file is not here yet. `reason` is a stable word or the host's own; what came before it is kept."""

    def __init__(self, reason: str, text: str) -> None:
        super().__init__(f"{reason}: {text}")
        self.reason = reason


def download(
    door: tuple[str, int],
    path: str,
    digest: str,
    partial: Partial,
    *,
    size_bytes: int,
    context: ssl.SSLContext,
    cut_after: int | None = None,
) -> None:
    """Append to `partial` until all of `size_bytes` are there, or it is stopped.

    With `cut_after` it hangs up after so many bytes. Raises DownloadFailed.
    """
    if len(partial.data) >= size_bytes:
        return
    connection = http.client.HTTPSConnection(*door, timeout=ANSWER_DUE_S, context=context)
    try:
        answer = _asked(connection, path, digest, partial)
        _take(answer, partial, size_bytes, cut_after)
    except (OSError, http.client.HTTPException) as error:
        raise DownloadFailed("transfer_broke_off", f"{door[0]}:{door[1]}{path}: {error}") from error
    finally:
        connection.close()


def _asked(
    connection: http.client.HTTPSConnection, path: str, digest: str, partial: Partial
) -> http.client.HTTPResponse:
    have = len(partial.data)
    etag = f'"{digest.removeprefix("sha256:")}"'
    connection.request("GET", path, headers={"Range": f"bytes={have}-", "If-Range": etag} if have else {})
    answer = connection.getresponse()
    if answer.status == _WHOLE:
        partial.data.clear()
    elif answer.status != _PART:
        problem = read_problem(answer.getheader("Content-Type", ""), answer.read(PIECE_BYTES))
        reason = (problem.code if problem is not None else None) or f"http_{answer.status}"
        raise DownloadFailed(reason, f"{path} was answered {answer.status}")
    return answer


def _take(answer: http.client.HTTPResponse, partial: Partial, size_bytes: int, cut_after: int | None) -> None:
    taken = 0
    while not partial.stopped and len(partial.data) < size_bytes:
        room = min(PIECE_BYTES, size_bytes - len(partial.data))
        if cut_after is not None:
            room = min(room, cut_after - taken)
            if room <= 0:
                raise DownloadFailed("transfer_broke_off", f"cut after {taken} bytes")
        piece = answer.read(room)
        if not piece:
            raise DownloadFailed("transfer_broke_off", f"the door ended after {len(partial.data)} bytes")
        partial.data += piece
        taken += len(piece)
