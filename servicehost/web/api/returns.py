"""Where units and their accessories are, and the returns of those that were replaced."""

from typing import Final

from msgspec import UNSET

from servicehost.domain.custody import CustodyRefusal
from servicehost.domain.errors import NotFound
from servicehost.domain.fact_kind import Inspection
from servicehost.domain.people import Right
from servicehost.domain.unit_return import ReturnRefusal, UnitReturn
from servicehost.operations.inspect_return import InspectionReport
from servicehost.operations.returning import Receipt, Shipment
from servicehost.web.call import Call, Reply
from servicehost.web.custody_answers import CustodyAnswer, ReturnAnswer, Returns
from servicehost.web.custody_orders import (
    EXAMPLES,
    InspectionOrder,
    LossOrder,
    ReceiptOrder,
    ReturnsQuery,
    ShipmentOrder,
)
from servicehost.web.route import Route

__all__ = ["ROUTES"]

_TABLE: Final = (
    "return_not_found",
    *(refusal.value for refusal in ReturnRefusal),
    *(refusal.value for refusal in CustodyRefusal),
)


async def _of_exchange(call: Call) -> Reply:
    number = call.number("exchange")
    view = await call.door.reads.custody_of_exchange(call.scope, number)
    if view is None:
        raise NotFound("exchange_not_found", f"There is no exchange {number}")
    return Reply(value=CustodyAnswer.of(view))


async def _of_unit(call: Call) -> Reply:
    distribution_id = call.text("distribution_id")
    view = await call.door.reads.custody_of_unit(call.scope, distribution_id)
    if view is None:
        raise NotFound("unit_not_found", f"There is no unit {distribution_id}")
    return Reply(value=CustodyAnswer.of(view))


async def _returns(call: Call) -> Reply:
    query = call.query(ReturnsQuery)
    state = None if query.state is UNSET else query.state
    found = await call.door.reads.returns(call.scope, state=state, after=query.after, limit=query.limit + 1)
    page = found[: query.limit]
    following = page[-1].unit_return.number if len(found) > query.limit else None
    return Reply(value=Returns(items=[ReturnAnswer.of_view(view) for view in page], next=following))


async def _return(call: Call) -> Reply:
    number = call.number("return")
    view = await call.door.reads.unit_return(call.scope, number)
    if view is None:
        raise NotFound("return_not_found", f"There is no return {number}")
    return Reply(value=ReturnAnswer.of_view(view))


async def _now(call: Call, one: UnitReturn) -> Reply:
    """The return as it stands after the caller's word."""
    view = await call.door.reads.unit_return(call.scope, one.number)
    if view is None:
        raise NotFound("return_not_found", f"There is no return {one.number}")
    return Reply(value=ReturnAnswer.of_view(view))


async def _ship(call: Call) -> Reply:
    order = call.body(ShipmentOrder)
    shipment = Shipment(
        by_driver=order.by == "service_driver", carrier=order.name, reference=order.reference, note=order.note
    )
    return await _now(call, await call.door.cases.note_shipped(call.actor, call.number("return"), shipment))


async def _receive(call: Call) -> Reply:
    order = call.body(ReceiptOrder)
    receipt = Receipt(place=order.place, missing=tuple(order.missing), note=order.note)
    return await _now(call, await call.door.cases.receive_return(call.actor, call.number("return"), receipt))


async def _inspect(call: Call) -> Reply:
    order = call.body(InspectionOrder)
    report = InspectionReport(
        result=Inspection(order.result),
        by=order.by,
        damaged=tuple(order.damaged),
        erased=None if order.erased is UNSET else order.erased,
        place=order.place,
        note=order.note,
    )
    return await _now(call, await call.door.cases.inspect_return(call.actor, call.number("return"), report))


async def _write_off(call: Call) -> Reply:
    order = call.body(LossOrder)
    number = call.number("return")
    return await _now(call, await call.door.cases.write_off_return(call.actor, number, order.loss, order.reason))


ROUTES: Final = (
    Route(
        method="GET",
        path="/api/v1/exchanges/{exchange}/custody",
        handler=_of_exchange,
        name="readExchangeCustody",
        summary="Where both units of an exchange and their accessories are, how they got there, and what is due back",
        tag="custody",
        answer=CustodyAnswer,
        problems=("exchange_not_found",),
    ),
    Route(
        method="GET",
        path="/api/v1/units/{distribution_id}/custody",
        handler=_of_unit,
        name="readUnitCustody",
        summary="Where a unit and its accessories are and how they got there; a customer sees their own part of it",
        tag="custody",
        answer=CustodyAnswer,
        problems=("distribution_id_malformed", "unit_not_found"),
    ),
    Route(
        method="GET",
        path="/api/v1/returns",
        handler=_returns,
        name="listReturns",
        summary="Returns in the order in which they fell due, in one state or all",
        tag="custody",
        query=ReturnsQuery,
        answer=Returns,
    ),
    Route(
        method="GET",
        path="/api/v1/returns/{return}",
        handler=_return,
        name="readReturn",
        summary="One return",
        tag="custody",
        answer=ReturnAnswer,
        problems=("return_not_found",),
    ),
    Route(
        method="POST",
        path="/api/v1/returns/{return}/shipment",
        handler=_ship,
        name="noteShipped",
        summary="Note that a unit is on its way back; it is then not overdue",
        tag="custody",
        right=Right.DISPATCH,
        body=ShipmentOrder,
        example=EXAMPLES[ShipmentOrder],
        answer=ReturnAnswer,
        problems=_TABLE,
    ),
    Route(
        method="POST",
        path="/api/v1/returns/{return}/receipt",
        handler=_receive,
        name="receiveReturn",
        summary="Record that a unit came back, whole or without some accessories; later without fewer of them",
        tag="custody",
        right=Right.DISPATCH,
        body=ReceiptOrder,
        example=EXAMPLES[ReceiptOrder],
        answer=ReturnAnswer,
        problems=(*_TABLE, "no_such_accessory", "accessory_here_already"),
    ),
    Route(
        method="POST",
        path="/api/v1/returns/{return}/inspection",
        handler=_inspect,
        name="inspectReturn",
        summary="Record what the inspection found; the charge is judged again with it",
        tag="custody",
        right=Right.DISPATCH,
        body=InspectionOrder,
        example=EXAMPLES[InspectionOrder],
        answer=ReturnAnswer,
        problems=(*_TABLE, "no_such_accessory", "bad_inspection"),
    ),
    Route(
        method="POST",
        path="/api/v1/returns/{return}/loss",
        handler=_write_off,
        name="writeOffReturn",
        summary="Give up a unit that has not come back",
        tag="custody",
        right=Right.DISPATCH,
        body=LossOrder,
        example=EXAMPLES[LossOrder],
        answer=ReturnAnswer,
        problems=(*_TABLE, "no_reason"),
    ),
)
