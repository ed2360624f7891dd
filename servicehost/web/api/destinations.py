"""Where the units of an exchange go, when that is not the shipping address: a dispatcher's word, with a reason."""

from typing import Final

from msgspec import UNSET

from servicehost.domain.address import AddressFault
from servicehost.domain.people import Right
from servicehost.operations.choose_destination import DestinationChoice
from servicehost.web.call import Call, Reply
from servicehost.web.destination_answers import DestinationWordAnswer
from servicehost.web.place_orders import DestinationOrder
from servicehost.web.route import Route

__all__ = ["ROUTES"]


async def _choose(call: Call) -> Reply:
    order = call.body(DestinationOrder)
    choice = DestinationChoice(
        kind=order.kind,
        reason=order.reason,
        stand_in=None if order.stand_in is UNSET else order.stand_in.written(),
        word=order.word,
    )
    said = await call.door.cases.areas.choose_destination(call.actor, call.number("exchange"), choice)
    return Reply(value=DestinationWordAnswer.of(said))


ROUTES: Final = (
    Route(
        method="POST",
        path="/api/v1/exchanges/{exchange}/destination",
        handler=_choose,
        name="chooseDestination",
        summary="Send the units of an exchange to the declared location or a stand-in address, with a reason",
        tag="exchanges",
        right=Right.DISPATCH,
        body=DestinationOrder,
        answer=DestinationWordAnswer,
        problems=(
            "exchange_not_found",
            "bad_destination",
            "ordered_already",
            "exchange_ended",
            "goes_on_site",
            "no_declared_location",
            *(fault.value for fault in AddressFault),
        ),
    ),
)
