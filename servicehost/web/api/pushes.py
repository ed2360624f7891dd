"""Pushes."""

from typing import Final

from msgspec import UNSET

from servicehost.domain.errors import NotFound
from servicehost.domain.people import Right
from servicehost.operations.push_config import PushOrder
from servicehost.web.answers import PushAnswer, PushCounts, Pushes, PushesOrdered
from servicehost.web.call import Call, Reply
from servicehost.web.orders import PushBody, PushesQuery
from servicehost.web.route import Route

__all__ = ["ROUTES"]


async def _order(call: Call) -> Reply:
    body = call.body(PushBody)
    order = PushOrder(
        service_codes=body.service_codes,
        revision=None if body.revision is UNSET else body.revision,
        body=None if body.body is UNSET else body.body,
        target=body.target,
        reason=body.reason,
        confirm_timeout_s=None if body.confirm_timeout_s is UNSET else body.confirm_timeout_s,
        life_s=None if body.life_s is UNSET else body.life_s,
        through_acknowledged=body.through_acknowledged,
    )
    return Reply(value=PushesOrdered.of(await call.door.catalogue.push_config(call.actor, order)))


async def _pushes(call: Call) -> Reply:
    query = call.query(PushesQuery)
    service_code = None if query.service_code is UNSET else query.service_code
    found = await call.door.reads.pushes(
        call.scope, service_code=service_code, after=query.after, limit=query.limit + 1
    )
    page = found[: query.limit]
    following = page[-1].push if len(found) > query.limit else None
    return Reply(value=Pushes(items=[PushAnswer.of(push) for push in page], next=following))


async def _counts(call: Call) -> Reply:
    return Reply(value=PushCounts.of(await call.door.reads.push_counts(call.scope)))


async def _push(call: Call) -> Reply:
    number = call.number("push")
    push = await call.door.reads.push(call.scope, number)
    if push is None:
        raise NotFound("push_not_found", f"There is no push {number}")
    return Reply(value=PushAnswer.of(push))


async def _cancel(call: Call) -> Reply:
    return Reply(value=PushAnswer.of(await call.door.catalogue.cancel_push(call.actor, call.number("push"))))


ROUTES: Final = (
    Route(
        method="POST",
        path="/api/v1/pushes",
        handler=_order,
        name="orderPushes",
        summary="Order that adapters run a config: one result for each adapter",
        tag="pushes",
        right=Right.PUSH_CONFIG,
        body=PushBody,
        answer=PushesOrdered,
        status=202,
        problems=(
            "masked_value",
            "config_empty",
            "config_too_large",
            "config_not_utf8",
            "no_adapters",
            "too_many_adapters",
            "service_code_twice",
            "revision_and_body",
            "operating_through_adapter",
            "standby_adapter",
        ),
    ),
    Route(
        method="GET",
        path="/api/v1/pushes",
        handler=_pushes,
        name="listPushes",
        summary="Pushes in the order of their numbers, of one adapter or all",
        tag="pushes",
        query=PushesQuery,
        answer=Pushes,
    ),
    Route(
        method="GET",
        path="/api/v1/pushes/counts",
        handler=_counts,
        name="countPushes",
        summary="How many pushes stand in each phase",
        tag="pushes",
        answer=PushCounts,
    ),
    Route(
        method="GET",
        path="/api/v1/pushes/{push}",
        handler=_push,
        name="readPush",
        summary="One push and where it stands",
        tag="pushes",
        answer=PushAnswer,
        problems=("push_not_found",),
    ),
    Route(
        method="POST",
        path="/api/v1/pushes/{push}/cancel",
        handler=_cancel,
        name="cancelPush",
        summary="Take back a push that no unit tries yet",
        tag="pushes",
        right=Right.PUSH_CONFIG,
        answer=PushAnswer,
        problems=("push_not_found", "push_on_trial", "push_ended"),
    ),
)
