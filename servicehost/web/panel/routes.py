"""The page's addresses, hung into the application beside the API's."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

import structlog
from aiohttp import hdrs, web

from servicehost.domain.errors import Busy, NotFound
from servicehost.web.door import DOOR, ROUTE
from servicehost.web.notice_page import FIRST_PASSWORD
from servicehost.web.panel.chains import Chains
from servicehost.web.panel.files import BUILD, page_files
from servicehost.web.panel.first_password import choose_first_password, show_first_password
from servicehost.web.panel.forms import read_number
from servicehost.web.panel.menu import Waiting
from servicehost.web.panel.pages import log_in, log_out, show_log_in, show_menu, show_panel, to_home
from servicehost.web.panel.search import read_wish
from servicehost.web.panel.shell import HTML_HEADERS, MENUS, WATCH
from servicehost.web.panel.stream import Telling, Viewing
from servicehost.web.panel.views.audit import CHAINS
from servicehost.web.panel.views.table import VIEWS
from servicehost.web.panel.visit import language_of_request, still_there, visitor_of
from servicehost.web.panel.watch import Watch
from servicehost.web.panel.worksheet import WORK_SHEET, show_work_sheet

__all__ = ["PANEL_ROUTES", "add_panel"]

_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
_log: Final[Any] = structlog.get_logger("servicehost.panel")
_STREAM_HEADERS: Final = {
    hdrs.CONTENT_TYPE: "text/event-stream",
    hdrs.CACHE_CONTROL: "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Accel-Buffering": "no",
    "Cross-Origin-Resource-Policy": "same-origin",
    hdrs.SERVER: "servicehost",
}
_RETRY_S: Final = 2
_FOR_GOOD: Final = "public, max-age=31536000, immutable"


async def _asset(request: web.Request) -> web.StreamResponse:
    file = page_files().get(request.match_info["name"])
    if file is None or request.match_info["build"] != BUILD:
        raise NotFound("not_found", "There is no such file in this build of the page")
    headers = {**HTML_HEADERS, hdrs.CACHE_CONTROL: _FOR_GOOD}
    return web.Response(body=file.content, content_type=file.media_type, charset="utf-8", headers=headers)


async def _stream(request: web.Request) -> web.StreamResponse:
    door, watch = request.app[DOOR], request.app[WATCH]
    visitor = await visitor_of(request)
    if not door.ready():
        raise Busy("not_ready", "This host starts or drains; ask again soon", _RETRY_S)
    async with watch.seat(visitor.actor.scope) as room:
        response = web.StreamResponse(headers=_STREAM_HEADERS)
        await response.prepare(request)

        async def may_look() -> bool:
            return await still_there(request, visitor)

        telling = Telling(
            room,
            _viewing(request),
            door.clock,
            send=response.write,
            there=lambda: request.transport is not None and not request.transport.is_closing(),
            may_look=may_look,
            leaving=lambda: watch.closing or not door.ready(),
        )
        ending = await telling.run()
    _log.info("viewer_gone", ending=ending, person=visitor.actor.master_id)
    if ending == "viewer_too_slow" and request.transport is not None:
        request.transport.abort()  # it takes nothing, so it would not take the end of the stream either
    return response


def _viewing(request: web.Request) -> Viewing:
    seen = request.headers.get("Last-Event-ID") or request.query.get("seen", "")
    return Viewing(
        wish=read_wish(request.query),
        language=language_of_request(request),
        build=BUILD,
        seen=read_number(seen),
    )


PANEL_ROUTES: Final[tuple[tuple[str, str, _Handler], ...]] = (
    ("GET", "/", to_home),
    ("GET", "/panel", to_home),
    ("GET", "/panel/", show_panel),
    ("GET", "/panel/login", show_log_in),
    ("POST", "/panel/login", log_in),
    ("POST", "/panel/logout", log_out),
    ("GET", "/panel/menu", show_menu),
    ("GET", FIRST_PASSWORD, show_first_password),
    ("POST", FIRST_PASSWORD, choose_first_password),
    ("GET", WORK_SHEET, show_work_sheet),
    ("GET", "/panel/stream", _stream),
    ("GET", "/panel/assets/{build}/{name}", _asset),
    *VIEWS,
)
"""Method, path, handler. None of them is part of the API."""


def add_panel(app: web.Application) -> None:
    """Serve the page with `app`, whose door is set. Streams end when the application shuts down."""
    app[MENUS] = Waiting()
    app[CHAINS] = Chains()
    watch = app[WATCH] = Watch(app[DOOR].reads, app[DOOR].clock, triage=lambda: app[DOOR].cases.triage.policy)
    for method, path, handler in PANEL_ROUTES:
        app.router.add_route(method, path, _named(path, handler))

    async def close(_app: web.Application) -> None:
        await watch.close()

    app.on_shutdown.append(close)


def _named(path: str, handler: _Handler) -> _Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        request[ROUTE] = path
        return await handler(request)

    return handle
