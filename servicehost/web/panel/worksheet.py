"""The work sheet in a browser: the same file as the API's, for who is logged in at the page."""

from aiohttp import web

from servicehost.domain.errors import Refused, Unauthenticated
from servicehost.web.door import DOOR
from servicehost.web.panel.shell import HTML_HEADERS, Look, look_of, painted, refused_view, to_log_in
from servicehost.web.worksheet.paint import SHEET_POLICY, paint_sheet
from servicehost.web.worksheet.sheet import gather

__all__ = ["WORK_SHEET", "show_work_sheet"]

WORK_SHEET = "/panel/exchanges/{exchange}/worksheet"


async def show_work_sheet(request: web.Request) -> web.StreamResponse:
    """Who is not logged in is led to the log-in; why there is no sheet, or none for them, is said on a page."""
    try:
        look = await look_of(request)
    except Unauthenticated as refused:
        return to_log_in(refused)
    try:
        return await _sheet(look)
    except Refused as refused:
        return await painted(look, refused_view(refused))


async def _sheet(look: Look) -> web.Response:
    door = look.request.app[DOOR]
    sheet = await gather(door.reads, look.actor, look.number("exchange"), door.cases.errands.sheets, look.now)
    headers = {**HTML_HEADERS, "Content-Security-Policy": SHEET_POLICY}
    return web.Response(text=paint_sheet(sheet), content_type="text/html", headers=headers)
