"""Problem documents (RFC 9457): how a host says no before a WebSocket stands, and how a unit reads it."""

import http

import msgspec

CONTENT_TYPE = "application/problem+json"
_TYPE = "urn:servicehost:problem:"


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`code` is the name that programs go by; `title` and `detail` are for people."""

    type: str = "about:blank"
    title: str = ""
    status: int = 0
    detail: str = ""
    code: str | None = None


_decoder = msgspec.json.Decoder(Problem)


def problem(status: int, code: str, detail: str) -> bytes:
    """The document for one refusal. Raises `ValueError` for a status that HTTP does not know."""
    title = http.HTTPStatus(status).phrase
    return msgspec.json.encode(Problem(type=_TYPE + code, title=title, status=status, detail=detail, code=code))


def read_problem(content_type: str, body: bytes) -> Problem | None:
    """The problem document in `body`; None if it is none."""
    if content_type.split(";", maxsplit=1)[0].strip().lower() != CONTENT_TYPE:
        return None
    try:
        return _decoder.decode(body)
    except (msgspec.DecodeError, RecursionError):
        return None


def read_code(content_type: str, body: bytes) -> str | None:
    """The name in a problem document; None if the body is no such document or names nothing."""
    problem = read_problem(content_type, body)
    return None if problem is None else problem.code
