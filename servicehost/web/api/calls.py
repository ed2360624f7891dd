"""Calls: support records who called, whether they are registered, and what came of it."""

from typing import Final

from msgspec import UNSET

from servicehost.domain.errors import Invalid, NotFound
from servicehost.domain.instant import from_rfc3339
from servicehost.domain.people import Right
from servicehost.domain.phone_call import Caller
from servicehost.operations.record_call import CallReport
from servicehost.web.call import Call, Reply
from servicehost.web.consent_answers import CallAnswer, Calls
from servicehost.web.consent_orders import CallOrder, CallsQuery, ConclusionOrder
from servicehost.web.route import Route

__all__ = ["ROUTES"]


async def _record(call: Call) -> Reply:
    order = call.body(CallOrder)
    caller = Caller(
        name="" if order.caller_name is UNSET else order.caller_name,
        master_id="" if order.master_id is UNSET else order.master_id,
        number=order.calling_number,
    )
    report = CallReport(
        caller=caller,
        service_code=None if order.service_code is UNSET else order.service_code,
        at=None if order.at is UNSET else _instant(str(order.at)),
        said=order.said,
        answered=order.answered,
    )
    recorded = await call.door.catalogue.consents.record_call(call.actor, report)
    return Reply(value=CallAnswer.of(recorded), location=f"/api/v1/calls/{recorded.call}")


def _instant(text: str) -> int:
    try:
        return from_rfc3339(text)
    except (ValueError, OverflowError) as error:
        raise Invalid("time_malformed", f"at: {error}; write it like 2026-11-23T04:05:06Z") from error


async def _calls(call: Call) -> Reply:
    query = call.query(CallsQuery)
    found = await call.door.reads.calls(
        call.scope,
        management_code=None if query.management_code is UNSET else query.management_code,
        service_code=None if query.service_code is UNSET else query.service_code,
        match=None if query.match is UNSET else query.match,
        open_only=query.open_only,
        after=query.after,
        limit=query.limit + 1,
        newest_first=query.newest_first,
    )
    return Reply(value=Calls.of(found, query.limit))


async def _call(call: Call) -> Reply:
    number = call.number("call")
    found = await call.door.reads.call(call.scope, number)
    if found is None:
        raise NotFound("call_not_found", f"There is no call {number}")
    return Reply(value=CallAnswer.of(found))


async def _conclude(call: Call) -> Reply:
    order = call.body(ConclusionOrder)
    reference = None if order.reference is UNSET else order.reference
    concluded = await call.door.catalogue.consents.conclude_call(
        call.actor, call.number("call"), order.outcome, reference, order.answered
    )
    return Reply(value=CallAnswer.of(concluded))


ROUTES: Final = (
    Route(
        method="POST",
        path="/api/v1/calls",
        handler=_record,
        name="recordCall",
        summary="Record a call: the answer says whether the caller is registered, and so whether they are served",
        tag="calls",
        right=Right.ANSWER_CALLS,
        body=CallOrder,
        example={
            "caller_name": "山田 花子",
            "calling_number": "03-0000-0000",
            "said": "拠点のアダプタの電源が入らないとのこと",
        },
        answer=CallAnswer,
        status=201,
        problems=("adapter_not_found", "caller_unnamed", "words_too_long", "call_in_the_future", "time_malformed"),
    ),
    Route(
        method="GET",
        path="/api/v1/calls",
        handler=_calls,
        name="listCalls",
        summary="Calls, oldest or newest first; operation managers see those of their own contract",
        tag="calls",
        query=CallsQuery,
        answer=Calls,
    ),
    Route(
        method="GET",
        path="/api/v1/calls/{call}",
        handler=_call,
        name="readCall",
        summary="One call",
        tag="calls",
        answer=CallAnswer,
        problems=("call_not_found",),
    ),
    Route(
        method="POST",
        path="/api/v1/calls/{call}/conclusion",
        handler=_conclude,
        name="concludeCall",
        summary="Record what a call led to",
        tag="calls",
        right=Right.ANSWER_CALLS,
        body=ConclusionOrder,
        answer=CallAnswer,
        problems=(
            "call_not_found",
            "call_concluded",
            "caller_not_registered",
            "caller_registered",
            "reference_missing",
            "reference_meaningless",
            "fault_not_found",
            "exchange_not_found",
            "consent_not_found",
            "words_too_long",
        ),
    ),
)
