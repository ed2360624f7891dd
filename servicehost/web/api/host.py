"""What the host says of itself, to anybody: no tenant's data is in it."""

from collections.abc import Awaitable, Callable
from typing import Final

import msgspec
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from servicehost.domain.errors import Busy
from servicehost.web.call import Call, Reply
from servicehost.web.route import Route

__all__ = ["HealthAnswer", "host_routes"]

_RETRY_S: Final = 5


class HealthAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """`status` is `ok`."""

    status: str


async def _alive(call: Call) -> Reply:
    return Reply(value=HealthAnswer(status="ok"))


async def _ready(call: Call) -> Reply:
    if not call.door.ready():
        raise Busy("not_ready", "This host starts or drains; ask another one, or again later", _RETRY_S)
    return Reply(value=HealthAnswer(status="ok"))


async def _metrics(call: Call) -> Reply:
    return Reply(raw=call.door.metrics(), media_type=CONTENT_TYPE_PLAIN_0_0_4)


def host_routes(document: Callable[[], bytes]) -> tuple[Route, ...]:
    """The routes; `document` gives the OpenAPI document of the whole table, these routes included."""

    async def openapi(call: Call) -> Reply:
        return Reply(raw=document(), media_type="application/json")

    return (
        _open(
            path="/api/v1/openapi.json",
            handler=openapi,
            name="readOpenApi",
            summary="This API as an OpenAPI 3.1 document",
            media_type="application/json",
        ),
        _open(path="/healthz", handler=_alive, name="isAlive", summary="Whether the process answers"),
        _open(
            path="/readyz",
            handler=_ready,
            name="isReady",
            summary="Whether this host takes work: not while it starts or drains",
            problems=("not_ready",),
        ),
        _open(
            path="/metrics",
            handler=_metrics,
            name="readMetrics",
            summary="Metrics in Prometheus' text format",
            media_type="text/plain",
        ),
    )


def _open(
    *,
    path: str,
    handler: Callable[[Call], Awaitable[Reply]],
    name: str,
    summary: str,
    media_type: str | None = None,
    problems: tuple[str, ...] = (),
) -> Route:
    return Route(
        method="GET",
        path=path,
        handler=handler,
        name=name,
        summary=summary,
        tag="host",
        token=False,
        right=None,
        answer=HealthAnswer if media_type is None else None,
        media_type=media_type,
        problems=problems,
    )
