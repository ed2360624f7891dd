"""The application: the route table made into handlers, each call read and judged before its handler sees it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import msgspec
from aiohttp import HttpVersion11, hdrs, web

from servicehost.domain.acting import actor_of
from servicehost.domain.enquiry_hours import EnquiryHours
from servicehost.domain.errors import Unauthenticated
from servicehost.domain.people import Actor, demand_at_door
from servicehost.domain.token import hash_token
from servicehost.operations.case_catalogue import CaseCatalogue
from servicehost.operations.catalogue import Catalogue
from servicehost.ports.clock import Clock
from servicehost.ports.reads import Reads
from servicehost.settings.operators_door import OperatorsDoor
from servicehost.web.call import Call, Reply, Stream, read_body, read_query, read_raw
from servicehost.web.door import DOOR, ROUTE, STREAMS, Door
from servicehost.web.errors import answer_every_request
from servicehost.web.event_stream import EventStreams
from servicehost.web.panel.routes import add_panel
from servicehost.web.problems import Malformed
from servicehost.web.route import PATH_PARAMETERS, Route
from servicehost.web.table import route_table

__all__ = ["make_app"]

_PATIENCE_S: Final = 10.0
_NEVER_KEPT: Final = {hdrs.CACHE_CONTROL: "no-store", "X-Accel-Buffering": "no", "X-Content-Type-Options": "nosniff"}
_FIXED = frozenset(route.path for route in route_table() if not route.path_parameters)


def make_app(
    catalogue: Catalogue,
    cases: CaseCatalogue,
    reads: Reads,
    clock: Clock,
    settings: OperatorsDoor,
    *,
    ready: Callable[[], bool],
    metrics: Callable[[], bytes],
    observe: Callable[[str, str, int, float], None] | None = None,
    hours: EnquiryHours | None = None,
) -> web.Application:
    """The operators' API and the live page. Serve it with `make_runner`, which sets the bounds that this cannot.

    Every answer is JSON, or a problem (RFC 9457) with a stable code, and names the request in `X-Request-Id`; none
    may be cached, and none may be read by a page of another origin.
    """
    app = web.Application(middlewares=[answer_every_request], client_max_size=settings.max_body_bytes)
    app[DOOR] = Door(
        catalogue=catalogue,
        cases=cases,
        reads=reads,
        clock=clock,
        settings=settings,
        hours=hours or EnquiryHours(),
        ready=ready,
        metrics=metrics,
        observe=observe or _unobserved,
    )
    for route in route_table():
        app.router.add_route(route.method, route.pattern(_FIXED), _handler(route), expect_handler=_expect)
    add_panel(app)
    streams = app[STREAMS] = EventStreams(reads, clock, limit=settings.max_event_streams)

    async def end_streams(_app: web.Application) -> None:
        await streams.close()

    app.on_shutdown.append(end_streams)
    return app


def _unobserved(method: str, path: str, status: int, seconds: float) -> None:
    pass


def _handler(route: Route) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def handle(request: web.Request) -> web.StreamResponse:
        request[ROUTE] = route.path
        call = await _read(route, request)
        reply = await route.handler(call)
        return _response(route, reply) if reply.stream is None else await _streamed(request, reply, reply.stream)

    return handle


async def _read(route: Route, request: web.Request) -> Call:
    if request.headers.get(hdrs.EXPECT, "100-continue").lower() != "100-continue":
        raise Malformed("expectation_failed", "The only expectation known here is 100-continue")
    actor, token = await _authenticate(request) if route.token else (None, "")
    if actor is not None and route.right is not None:
        demand_at_door(actor, route.right)
    path = {name: PATH_PARAMETERS[name].read(request.match_info[name]) for name in route.path_parameters}
    query = read_query(request, route.query)
    deadline_s = request.app[DOOR].settings.body_deadline_s
    media_type = "application/json" if route.signed else route.raw
    body = None if route.body is None or route.signed else await read_body(request, route.body, deadline_s)
    larger = request.clone(client_max_size=route.max_body_bytes) if route.max_body_bytes else request
    raw = None if media_type is None else await read_raw(larger, media_type, deadline_s)
    return Call(request, actor=actor, token=token, path=path, query=query, body=body, raw=raw)


async def _authenticate(request: web.Request) -> tuple[Actor, str]:
    scheme, _, token = request.headers.get(hdrs.AUTHORIZATION, "").partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated("no_token", "Log in with POST /api/v1/tokens; send its token as Authorization: Bearer …")
    door = request.app[DOOR]
    person = await door.reads.person_by_token(hash_token(token), door.clock.wall())
    if person is None:
        raise Unauthenticated("token_invalid", "The token is unknown or has expired; log in again")
    return actor_of(person, source=request.remote or "", token=token), token


def _response(route: Route, reply: Reply) -> web.StreamResponse:
    headers = dict(reply.headers)
    if reply.etag is not None:
        headers[hdrs.ETAG] = f'"{reply.etag}"'
    if reply.location is not None:
        headers[hdrs.LOCATION] = reply.location
    if reply.file is not None:
        headers[hdrs.CONTENT_TYPE] = reply.media_type
        return web.FileResponse(reply.file, headers=headers)
    whole = reply.raw if reply.value is None else msgspec.json.encode(reply.value)
    body = whole if reply.parts is None else reply.parts
    if body is not None:
        headers[hdrs.CONTENT_TYPE] = reply.media_type
    return web.Response(status=route.status, body=body, headers=headers)


async def _streamed(request: web.Request, reply: Reply, stream: Stream) -> web.StreamResponse:
    response = web.StreamResponse(headers={hdrs.CONTENT_TYPE: reply.media_type, **_NEVER_KEPT})

    async def send(data: bytes) -> None:
        async with asyncio.timeout(_PATIENCE_S):
            await response.write(data)

    try:
        await response.prepare(request)
        await stream.run(send)
    except TimeoutError:
        if request.transport is not None:
            request.transport.abort()  # it takes nothing, so it would not take the end of the stream either
    except ConnectionError:
        pass  # it has gone, as followers do
    finally:
        stream.leave()
    return response


async def _expect(request: web.Request) -> web.StreamResponse | None:
    """Any other expectation is refused where the answer becomes a problem like every other."""
    if request.version >= HttpVersion11 and request.headers.get(hdrs.EXPECT, "").lower() == "100-continue":
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        # The writer must not count these bytes as the start of the answer.
        request.writer.output_size = 0
    return None
