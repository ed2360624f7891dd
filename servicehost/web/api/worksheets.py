"""The work sheet of an exchange, to print: HTML in Japanese with English beside it."""

from typing import Final

from servicehost.web.call import Call, Reply
from servicehost.web.route import Route
from servicehost.web.worksheet.paint import paint_sheet
from servicehost.web.worksheet.sheet import gather

__all__ = ["ROUTES"]


async def _sheet(call: Call) -> Reply:
    door = call.door
    policy = door.cases.errands.sheets
    sheet = await gather(door.reads, call.actor, call.number("exchange"), policy, door.clock.wall())
    return Reply(raw=paint_sheet(sheet).encode(), media_type="text/html; charset=utf-8")


ROUTES: Final = (
    Route(
        method="GET",
        path="/api/v1/exchanges/{exchange}/worksheet",
        handler=_sheet,
        name="readWorkSheet",
        summary="The work sheet to print, one HTML file for A4; for dispatchers and the customer's operation managers",
        tag="errands",
        media_type="text/html; charset=utf-8",
        problems=("exchange_not_found", "adapter_not_found", "no_work_sheet"),
    ),
)
