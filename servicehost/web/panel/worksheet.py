"""The work sheet in a browser: the same file as the API's, for who is logged in at the page."""

from aiohttp import web

from servicehost.domain.errors import NotFound
from servicehost.web.door import DOOR
from servicehost.web.panel.shell import HTML_HEADERS
from servicehost.web.panel.visit import visitor_of
from servicehost.web.worksheet.paint import SHEET_POLICY, paint_sheet
from servicehost.web.worksheet.sheet import gather

__all__ = ["WORK_SHEET", "show_work_sheet"]

WORK_SHEET = "/panel/exchanges/{exchange}/worksheet"
_MOST_DIGITS = 15


async def show_work_sheet(request: web.Request) -> web.StreamResponse:
    """Who is not logged in, or has no right to it, gets the refusal that the API gives."""
    visitor = await visitor_of(request)
    number = request.match_info["exchange"]
    if not (number.isascii() and number.isdigit()) or len(number) > _MOST_DIGITS:
        raise NotFound("exchange_not_found", "There is no such exchange")
    door = request.app[DOOR]
    policy = door.cases.errands.sheets
    sheet = await gather(door.reads, visitor.actor, int(number), policy, door.clock.wall())
    headers = {**HTML_HEADERS, "Content-Security-Policy": SHEET_POLICY}
    return web.Response(text=paint_sheet(sheet), content_type="text/html", headers=headers)
