"""When a person answers: for everybody who is logged in."""

from typing import Final

from servicehost.web.call import Call, Reply
from servicehost.web.enquiry_answers import EnquiryHoursAnswer
from servicehost.web.route import Route

__all__ = ["ROUTES"]


async def _hours(call: Call) -> Reply:
    return Reply(value=EnquiryHoursAnswer.of(call.door.hours, call.door.clock.wall()))


ROUTES: Final = (
    Route(
        method="GET",
        path="/api/v1/enquiry-hours",
        handler=_hours,
        name="readEnquiryHours",
        summary="Whether a person answers now, and else from when on, for each kind of enquiry",
        tag="calls",
        answer=EnquiryHoursAnswer,
    ),
)
