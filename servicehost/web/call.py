"""One request, read and checked against its route before any handler sees it."""

import asyncio
import math
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any, Final, Protocol, TypeVar

import msgspec
from aiohttp import web

from servicehost.domain.contract import Scope
from servicehost.domain.errors import Invalid
from servicehost.domain.people import Actor
from servicehost.web.door import DOOR, Door
from servicehost.web.problems import Malformed

__all__ = ["MAX_NUMBER", "Call", "Reply", "Stream", "read_body", "read_query", "read_raw"]

_T = TypeVar("_T")

MAX_NUMBER: Final = 2**53 - 1
"""The largest integer that every JSON reader keeps whole."""


class Stream(Protocol):
    """An answer without a foreseen end."""

    async def run(self, send: Callable[[bytes], Awaitable[None]]) -> None:
        """Until there is a reason to end. `send` raises ConnectionError, and TimeoutError when nothing is taken."""
        ...

    def leave(self) -> None:
        """Called once, however it ended."""
        ...


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """What a handler answers: a struct for JSON, or bytes of a media type of their own, whole or in parts."""

    value: msgspec.Struct | None = None
    raw: bytes | None = None
    parts: AsyncIterator[bytes] | None = None
    file: str | None = None
    """The path of a file, sent piece by piece, or in the range that was asked for."""
    stream: Stream | None = None
    """What goes on until one side ends it."""
    media_type: str = "application/json"
    etag: str | None = None
    location: str | None = None
    headers: Mapping[str, str] = {}


class Call:
    """What a handler is given. The getters return what the route has declared and its reader has checked."""

    __slots__ = ("_actor", "_body", "_path", "_query", "_raw", "request", "token")

    def __init__(
        self,
        request: web.Request,
        *,
        actor: Actor | None,
        token: str,
        path: dict[str, str | int],
        query: msgspec.Struct | None,
        body: msgspec.Struct | None,
        raw: bytes | None = None,
    ) -> None:
        self.request = request
        self.token = token
        self._actor = actor
        self._path = path
        self._query = query
        self._body = body
        self._raw = raw

    @property
    def door(self) -> Door:
        return self.request.app[DOOR]

    @property
    def actor(self) -> Actor:
        """Who calls. Only on routes that ask for a token."""
        if self._actor is None:
            raise LookupError("this route takes no token, so nobody is known")
        return self._actor

    @property
    def scope(self) -> Scope:
        """How far the caller sees."""
        return self.actor.scope

    @property
    def address(self) -> str:
        """The peer's address as the socket has it: no header is believed."""
        return self.request.remote or "unknown"

    def text(self, name: str) -> str:
        """A parameter of the path."""
        return _as(str, self._path[name])

    def number(self, name: str) -> int:
        """A number in the path."""
        return _as(int, self._path[name])

    def query(self, kind: type[_T]) -> _T:
        """The query, as the struct its route names."""
        return _as(kind, self._query)

    def body(self, kind: type[_T]) -> _T:
        """The body, as the struct its route names."""
        return _as(kind, self._body)

    @property
    def raw(self) -> bytes:
        """The body's own bytes, of a route that takes another media type than JSON, or a signature over them."""
        return _as(bytes, self._raw)


def _as(kind: type[_T], value: object) -> _T:
    if not isinstance(value, kind):
        raise TypeError(f"the route declares {type(value).__name__}, its handler takes {kind.__name__}")
    return value


async def read_raw(request: web.Request, media_type: str, deadline_s: float) -> bytes:
    """Raises Malformed for another media type, or what comes too slowly."""
    if request.content_type != media_type or request.headers.get("Content-Encoding"):
        raise Malformed("media_type_unsupported", f"Send the body as {media_type}, not compressed")
    try:
        async with asyncio.timeout(deadline_s):
            return await request.read()
    except TimeoutError as error:
        raise Malformed("body_too_slow", f"The body did not arrive within {deadline_s:g} seconds") from error


async def read_body(request: web.Request, kind: type[msgspec.Struct], deadline_s: float) -> msgspec.Struct:
    """Raises Malformed for what is not JSON or comes too slowly, Invalid `body_invalid` naming the field."""
    raw = await read_raw(request, "application/json", deadline_s)
    try:
        return msgspec.convert(_whole(msgspec.json.decode(raw)), kind)
    except msgspec.ValidationError as error:
        raise Invalid("body_invalid", f"The body does not fit: {error}") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Malformed("body_not_json", f"The body is not JSON: {error}") from error
    except RecursionError as error:
        raise Malformed("body_not_json", "The body is nested too deeply") from error


def read_query(request: web.Request, kind: type[msgspec.Struct] | None) -> msgspec.Struct | None:
    """Raises Invalid `query_invalid` naming the parameter, also for one that the route does not know."""
    given: dict[str, str] = {}
    for name, value in request.query.items():
        if name in given:
            raise Invalid("query_invalid", f"The parameter {name!r} is given twice")
        given[name] = value
    if kind is None:
        if given:
            raise Invalid("query_invalid", f"This address takes no parameter {next(iter(given))!r}")
        return None
    try:
        return msgspec.convert(given, kind, strict=False)
    except msgspec.ValidationError as error:
        raise Invalid("query_invalid", f"The query does not fit: {error}") from error


def _whole(value: Any) -> Any:
    """The same value with 59.0 as 59: JSON knows one kind of number, and to JSON Schema both are integers."""
    if isinstance(value, float):
        return int(value) if value.is_integer() and math.fabs(value) <= MAX_NUMBER else value
    if isinstance(value, list):
        return [_whole(item) for item in value]
    if isinstance(value, dict):
        return {name: _whole(item) for name, item in value.items()}
    return value
