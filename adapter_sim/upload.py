"""Sending a large result to the bootstrap door, piece by piece and with the unit's own certificate (RFC 9110).

Blocking; call it in a thread. Where a transfer broke off, the next one goes on from what the host says it holds.
"""

import http.client
import ssl
from typing import Final

from protocol.wire.problems import read_problem

__all__ = ["PIECE_BYTES", "Sending", "UploadFailed", "upload"]

PIECE_BYTES: Final = 128 * 1024
ANSWER_DUE_S: Final = 60
_HELD: Final = 204
_ELSEWHERE: Final = 409
_PROBLEM_BYTES: Final = 64 * 1024


class UploadFailed(Exception):
    """The file is not with the host yet. `reason` is a stable word or the host's own."""

    def __init__(self, reason: str, text: str) -> None:
        super().__init__(f"{reason}: {text}")
        self.reason = reason


class Sending:
    """How far one file has come; `stopped` ends its transfer at the next piece."""

    __slots__ = ("held", "stopped")

    def __init__(self) -> None:
        self.held = 0
        self.stopped = False


def upload(
    door: tuple[str, int],
    path: str,
    body: bytes,
    sending: Sending,
    *,
    context: ssl.SSLContext,
    cut_after: int | None = None,
) -> None:
    """Send what the host does not hold yet, or until it is stopped.

    With `cut_after` it hangs up in the middle of the piece after so many bytes. Raises UploadFailed.
    """
    connection = http.client.HTTPSConnection(*door, timeout=ANSWER_DUE_S, context=context)
    try:
        connection.request("HEAD", path)
        sending.held = first = _held(connection.getresponse(), path)
        while sending.held < len(body) and not sending.stopped:
            if cut_after is not None and sending.held - first >= cut_after:
                _cut(connection, path, body, sending.held)
            _send(connection, path, body, sending.held)
            sending.held = _held(connection.getresponse(), path)
    except (OSError, http.client.HTTPException) as error:
        raise UploadFailed("transfer_broke_off", f"{door[0]}:{door[1]}{path}: {error}") from error
    finally:
        connection.close()


def _send(connection: http.client.HTTPSConnection, path: str, body: bytes, first: int) -> None:
    piece = body[first : first + PIECE_BYTES]
    headers = {"Content-Range": f"bytes {first}-{first + len(piece) - 1}/{len(body)}"}
    connection.request("PUT", path, body=piece, headers=headers)


def _cut(connection: http.client.HTTPSConnection, path: str, body: bytes, first: int) -> None:
    """Half a piece, and then nothing."""
    piece = body[first : first + PIECE_BYTES]
    connection.putrequest("PUT", path)
    connection.putheader("Content-Range", f"bytes {first}-{first + len(piece) - 1}/{len(body)}")
    connection.putheader("Content-Length", str(len(piece)))
    connection.endheaders(piece[: len(piece) // 2])
    raise UploadFailed("transfer_broke_off", "the line was cut in the middle of a piece")


def _held(answer: http.client.HTTPResponse, path: str) -> int:
    said = answer.read(_PROBLEM_BYTES)
    offset = answer.getheader("Upload-Offset", "")
    if answer.status in (_HELD, _ELSEWHERE) and offset.isdigit():
        return int(offset)
    problem = read_problem(answer.getheader("Content-Type", ""), said)
    reason = (problem.code if problem is not None else None) or f"http_{answer.status}"
    raise UploadFailed(reason, f"{path} was answered {answer.status}")
