"""Units that wait for a certificate, and a dispatcher's yes or no."""

from typing import Final

from msgspec import UNSET

from servicehost.domain.enrolment_request import BARRED
from servicehost.domain.errors import NotFound
from servicehost.domain.people import Right
from servicehost.web.call import Call, Reply
from servicehost.web.enrolment_answers import (
    DenialOrder,
    EnrolmentRequestAnswer,
    EnrolmentRequests,
    EnrolmentRequestsQuery,
)
from servicehost.web.route import Route

__all__ = ["ROUTES"]


async def _requests(call: Call) -> Reply:
    query = call.query(EnrolmentRequestsQuery)
    state = None if query.state is UNSET else query.state
    found = await call.door.reads.enrolment_requests(call.scope, state=state, after=query.after, limit=query.limit + 1)
    page = found[: query.limit]
    following = page[-1].request if len(found) > query.limit else None
    return Reply(value=EnrolmentRequests(items=[EnrolmentRequestAnswer.of(one) for one in page], next=following))


async def _request(call: Call) -> Reply:
    number = call.number("request")
    found = await call.door.reads.enrolment_request(call.scope, number)
    if found is None:
        raise NotFound("request_not_found", f"There is no enrolment request {number}")
    return Reply(value=EnrolmentRequestAnswer.of(found))


async def _approve(call: Call) -> Reply:
    decided = await call.door.catalogue.approve_enrolment(call.actor, call.number("request"))
    return Reply(value=EnrolmentRequestAnswer.of(decided))


async def _deny(call: Call) -> Reply:
    reason = call.body(DenialOrder).reason
    decided = await call.door.catalogue.deny_enrolment(call.actor, call.number("request"), reason)
    return Reply(value=EnrolmentRequestAnswer.of(decided))


ROUTES: Final = (
    Route(
        method="GET",
        path="/api/v1/enrolment-requests",
        handler=_requests,
        name="listEnrolmentRequests",
        summary="Units that wait for a certificate, or were told",
        tag="enrolments",
        query=EnrolmentRequestsQuery,
        answer=EnrolmentRequests,
    ),
    Route(
        method="GET",
        path="/api/v1/enrolment-requests/{request}",
        handler=_request,
        name="readEnrolmentRequest",
        summary="One request: which unit, which key, how it proved itself, and what was decided",
        tag="enrolments",
        answer=EnrolmentRequestAnswer,
        problems=("request_not_found",),
    ),
    Route(
        method="POST",
        path="/api/v1/enrolment-requests/{request}/approval",
        handler=_approve,
        name="approveEnrolment",
        summary="Say yes: the unit's next try with this key gets a certificate, once",
        tag="enrolments",
        right=Right.REGISTER,
        answer=EnrolmentRequestAnswer,
        problems=(
            "request_not_found",
            "request_decided",
            "unit_revoked",
            "unit_held",
            *(refusal.value for refusal in BARRED.values()),
        ),
    ),
    Route(
        method="POST",
        path="/api/v1/enrolment-requests/{request}/denial",
        handler=_deny,
        name="denyEnrolment",
        summary="Say no: the unit's next try with this key is refused, and told why",
        tag="enrolments",
        right=Right.REGISTER,
        body=DenialOrder,
        answer=EnrolmentRequestAnswer,
        problems=("request_not_found", "request_decided"),
    ),
)
