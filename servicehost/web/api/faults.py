"""Faults: what was noticed of an adapter's unit, and what people found out about it."""

from typing import Final

from msgspec import UNSET

from servicehost.domain.errors import NotFound
from servicehost.web.call import Call, Reply
from servicehost.web.case_answers import FaultAnswer, FaultCase, Faults
from servicehost.web.case_orders import CloseOrder, FaultsQuery
from servicehost.web.route import Route

__all__ = ["ROUTES"]


async def _faults(call: Call) -> Reply:
    query = call.query(FaultsQuery)
    found = await call.door.reads.faults(
        call.scope,
        service_code=None if query.service_code is UNSET else query.service_code,
        after=query.after,
        limit=query.limit + 1,
        newest_first=query.newest_first,
        open_only=query.open_only,
    )
    page = found[: query.limit]
    following = page[-1].fault if len(found) > query.limit else None
    return Reply(value=Faults(items=[FaultAnswer.of(fault) for fault in page], next=following))


async def _fault(call: Call) -> Reply:
    number = call.number("fault")
    view = await call.door.reads.fault(call.scope, number)
    if view is None:
        raise NotFound("fault_not_found", f"There is no fault {number}")
    return Reply(value=FaultCase.of_view(view))


async def _close(call: Call) -> Reply:
    fault = await call.door.cases.close_fault(call.actor, call.number("fault"), call.body(CloseOrder).end)
    return Reply(value=FaultAnswer.of(fault))


ROUTES: Final = (
    Route(
        method="GET",
        path="/api/v1/faults",
        handler=_faults,
        name="listFaults",
        summary="Faults, oldest or newest first, of one adapter or all",
        tag="faults",
        query=FaultsQuery,
        answer=Faults,
    ),
    Route(
        method="GET",
        path="/api/v1/faults/{fault}",
        handler=_fault,
        name="readFault",
        summary="One fault with its symptoms, the facts stated about it and its exchanges",
        tag="faults",
        answer=FaultCase,
        problems=("fault_not_found",),
    ),
    Route(
        method="POST",
        path="/api/v1/faults/{fault}/close",
        handler=_close,
        name="closeFault",
        summary="Close a fault that needs no exchange: withdrawn by its manager, or no fault found by the provider",
        tag="faults",
        body=CloseOrder,
        answer=FaultAnswer,
        problems=("consent_needed", "fault_not_found", "exchange_open"),
    ),
)
