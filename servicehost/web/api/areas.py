"""Closed areas: where drivers cannot go, what is proposed of the orders inside, and what their customers are told."""

from typing import Final

from msgspec import UNSET, UnsetType

from servicehost.domain.errors import Invalid
from servicehost.domain.instant import from_rfc3339
from servicehost.domain.people import Right
from servicehost.operations.close_area import Closing
from servicehost.operations.decide_area import AreaDecision
from servicehost.web.area_answers import (
    AreaAnswer,
    AreaProposalAnswer,
    AreaProposals,
    AreaProposalsDecided,
    Areas,
    FaultsInAreas,
    FaultsInMunicipality,
)
from servicehost.web.area_orders import (
    AreaDecisionOrder,
    AreaProposalsQuery,
    AreasQuery,
    ClosingOrder,
    ReopeningOrder,
    TogetherOrder,
)
from servicehost.web.call import Call, Reply
from servicehost.web.route import Route

__all__ = ["ROUTES"]


async def _close(call: Call) -> Reply:
    order = call.body(ClosingOrder)
    closing = Closing(
        code=order.code,
        reason=order.reason,
        state=order.state,
        until=_instant(order.until, "until"),
        review_at=_instant(order.review_at, "review_at"),
    )
    area = await call.door.cases.areas.close_area(call.actor, closing)
    return Reply(value=AreaAnswer.of(area, call.door.clock.wall()))


async def _areas(call: Call) -> Reply:
    query, now = call.query(AreasQuery), call.door.clock.wall()
    found = await call.door.reads.closed_areas(
        after=query.after, limit=query.limit + 1, now=now if query.closed else None
    )
    page = found[: query.limit]
    following = page[-1].number if len(found) > query.limit else None
    return Reply(value=Areas(items=[AreaAnswer.of(one, now) for one in page], next=following))


async def _reopen(call: Call) -> Reply:
    reason = call.body(ReopeningOrder).reason
    area = await call.door.cases.areas.reopen_area(call.actor, call.number("area"), reason)
    return Reply(value=AreaAnswer.of(area, call.door.clock.wall()))


async def _faults(call: Call) -> Reply:
    policy = call.door.cases.areas.policy
    counts = await call.door.reads.area_faults(call.scope)
    items = [
        FaultsInMunicipality.of(one, policy.places.words_for(one.municipality), policy.many_faults) for one in counts
    ]
    return Reply(value=FaultsInAreas(items=items, many_faults=policy.many_faults))


async def _proposals(call: Call) -> Reply:
    query = call.query(AreaProposalsQuery)
    found = await call.door.reads.area_proposals(
        call.scope,
        area=None if query.area is UNSET else query.area,
        states=() if query.state is UNSET else (query.state,),
        after=query.after,
        limit=query.limit + 1,
    )
    page = found[: query.limit]
    following = page[-1].number if len(found) > query.limit else None
    return Reply(value=AreaProposals(items=[AreaProposalAnswer.of(one) for one in page], next=following))


async def _decide(call: Call) -> Reply:
    order = call.body(AreaDecisionOrder)
    decision = AreaDecision(accept=order.accept, reason=order.reason)
    decided = await call.door.cases.areas.decide_area_proposal(call.actor, call.number("area_proposal"), decision)
    return Reply(value=AreaProposalAnswer.of(decided))


async def _decide_together(call: Call) -> Reply:
    order = call.body(TogetherOrder)
    decision = AreaDecision(accept=order.accept, reason=order.reason)
    decided = await call.door.cases.areas.decide_area_proposals(call.actor, call.number("area"), order.kind, decision)
    return Reply(value=AreaProposalsDecided(items=[AreaProposalAnswer.of(one) for one in decided]))


def _instant(text: str | UnsetType, name: str) -> int | None:
    if text is UNSET:
        return None
    try:
        return from_rfc3339(str(text))
    except (ValueError, OverflowError) as error:
        raise Invalid("time_malformed", f"{name}: {error}; write it like 2026-11-23T04:05:06Z") from error


ROUTES: Final = (
    Route(
        method="POST",
        path="/api/v1/areas",
        handler=_close,
        name="closeArea",
        summary="Close a prefecture or municipality to on-site swaps; orders inside are proposed to be downgraded",
        tag="areas",
        right=Right.DISPATCH,
        body=ClosingOrder,
        example={"code": "17204", "reason": "地震により道路が寸断", "review_at": "2026-12-01T00:00:00Z"},
        answer=AreaAnswer,
        status=201,
        problems=(
            "area_unknown",
            "area_state_open",
            "review_missing",
            "ends_in_the_past",
            "no_reason",
            "time_malformed",
        ),
    ),
    Route(
        method="GET",
        path="/api/v1/areas",
        handler=_areas,
        name="listAreas",
        summary="Closed areas, ended ones too",
        tag="areas",
        query=AreasQuery,
        answer=Areas,
    ),
    Route(
        method="GET",
        path="/api/v1/areas/faults",
        handler=_faults,
        name="countFaultsInAreas",
        summary="Open faults by municipality: many in one are a hint that its area may have to be closed",
        tag="areas",
        answer=FaultsInAreas,
    ),
    Route(
        method="POST",
        path="/api/v1/areas/{area}/reopening",
        handler=_reopen,
        name="reopenArea",
        summary="Open an area again; orders it downgraded that have not gone out are proposed to be restored",
        tag="areas",
        right=Right.DISPATCH,
        body=ReopeningOrder,
        example={"reason": "道路が復旧"},
        answer=AreaAnswer,
        problems=("area_not_found", "no_reason"),
    ),
    Route(
        method="POST",
        path="/api/v1/areas/{area}/decisions",
        handler=_decide_together,
        name="decideAreaProposals",
        summary="Decide all proposals of one kind that wait in an area",
        tag="areas",
        right=Right.DISPATCH,
        body=TogetherOrder,
        example={"kind": "downgrade", "accept": True, "reason": "復旧の見込みが立たないため"},
        answer=AreaProposalsDecided,
        problems=("area_not_found", "no_reason"),
    ),
    Route(
        method="GET",
        path="/api/v1/area-proposals",
        handler=_proposals,
        name="listAreaProposals",
        summary="What is proposed of orders in closed areas, what was decided, and what customers are told",
        tag="areas",
        query=AreaProposalsQuery,
        answer=AreaProposals,
    ),
    Route(
        method="POST",
        path="/api/v1/area-proposals/{area_proposal}/decision",
        handler=_decide,
        name="decideAreaProposal",
        summary="Decide one proposal, with the reason",
        tag="areas",
        right=Right.DISPATCH,
        body=AreaDecisionOrder,
        example={"accept": True, "reason": "復旧の見込みが立たないため"},
        answer=AreaProposalAnswer,
        problems=("proposal_not_found", "proposal_decided", "proposal_withdrawn", "proposal_overtaken", "no_reason"),
    ),
)
