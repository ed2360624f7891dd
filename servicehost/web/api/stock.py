"""What exchanges need of the provider: contract terms, spares in stock, and steps that were parked."""

from typing import Any, Final

import msgspec
from msgspec import UNSET

from servicehost.domain.depot import MAIN_STOCK
from servicehost.domain.errors import NotFound
from servicehost.domain.option import DECLINES
from servicehost.domain.people import Right
from servicehost.operations.set_terms import Terms
from servicehost.web.adapter_answers import TermsAnswer
from servicehost.web.call import Call, Reply
from servicehost.web.case_orders import ReactionsQuery, SpareOrder, TermsOrder
from servicehost.web.route import Route
from servicehost.web.stock_answers import ReactionAnswer, Reactions, SpareAnswer, Spares
from servicehost.web.stock_orders import SparesQuery

__all__ = ["ROUTES"]


async def _terms(call: Call) -> Reply:
    service_code = call.text("service_code")
    given: dict[str, Any] = msgspec.structs.asdict(call.body(TermsOrder))
    said = {name: value for name, value in given.items() if value is not UNSET}
    await call.door.cases.set_terms(call.actor, service_code, Terms(**said))
    view = await call.door.reads.adapter(call.scope, service_code)
    if view is None:
        raise NotFound("adapter_not_found", f"There is no adapter {service_code}")
    return Reply(value=TermsAnswer.of(view.adapter, None if view.unit is None else view.unit.unit))


async def _stock(call: Call) -> Reply:
    order = call.body(SpareOrder)
    where = order.depot if isinstance(order.depot, str) else MAIN_STOCK
    firmware = order.firmware if isinstance(order.firmware, str) else ""
    spare = await call.door.cases.stock_unit(call.actor, order.distribution_id, where, firmware)
    return Reply(value=SpareAnswer.of(spare))


async def _spares(call: Call) -> Reply:
    query = call.query(SparesQuery)
    asked = {name: getattr(query, name) for name in ("depot", "model", "firmware", "state")}
    wanted: dict[str, Any] = {name: value for name, value in asked.items() if value is not UNSET}
    found = await call.door.reads.spares(call.scope, **wanted, after=query.after, limit=query.limit + 1)
    page = found[: query.limit]
    following = page[-1].unit_id if len(found) > query.limit else None
    return Reply(value=Spares(items=[SpareAnswer.of(spare) for spare in page], next=following))


async def _reactions(call: Call) -> Reply:
    query = call.query(ReactionsQuery)
    parked = None if query.parked is UNSET else query.parked
    found = await call.door.reads.reactions(call.scope, parked=parked, after=query.after, limit=query.limit + 1)
    page = found[: query.limit]
    following = page[-1].number if len(found) > query.limit else None
    return Reply(value=Reactions(items=[ReactionAnswer.of(one) for one in page], next=following))


async def _resend(call: Call) -> Reply:
    return Reply(value=ReactionAnswer.of(await call.door.cases.resend_reaction(call.actor, call.number("reaction"))))


ROUTES: Final = (
    Route(
        method="PUT",
        path="/api/v1/adapters/{service_code}/terms",
        handler=_terms,
        name="setTerms",
        summary="Record what the contract says of the adapter and of its unit; what is left out stays",
        tag="adapters",
        right=Right.DISPATCH,
        body=TermsOrder,
        answer=TermsAnswer,
        problems=(
            "bad_service_code",
            "adapter_not_found",
            "no_unit_bound",
            "location_too_long",
            "location_empty",
            *DECLINES,
        ),
    ),
    Route(
        method="POST",
        path="/api/v1/spares",
        handler=_stock,
        name="stockUnit",
        summary="Take a unit that serves nobody into stock",
        tag="spares",
        right=Right.DISPATCH,
        body=SpareOrder,
        answer=SpareAnswer,
        problems=(
            "distribution_id_malformed",
            "unit_not_found",
            "depot_not_found",
            "stocked_elsewhere",
            "unit_bound",
            "unit_reserved",
            "unit_may_return",
            "return_open",
            "unit_replaced",
            "unit_returned",
            "unit_retired",
            "unit_lost",
            "unit_stolen",
        ),
    ),
    Route(
        method="GET",
        path="/api/v1/spares",
        handler=_spares,
        name="listSpares",
        summary="Stock in the order of registration; a customer sees what is set aside for them",
        tag="spares",
        query=SparesQuery,
        answer=Spares,
    ),
    Route(
        method="GET",
        path="/api/v1/reactions",
        handler=_reactions,
        name="listReactions",
        summary="Steps still to be run, parked ones included",
        tag="reactions",
        query=ReactionsQuery,
        answer=Reactions,
    ),
    Route(
        method="POST",
        path="/api/v1/reactions/{reaction}/resend",
        handler=_resend,
        name="resendReaction",
        summary="Send a parked step again",
        tag="reactions",
        right=Right.DISPATCH,
        answer=ReactionAnswer,
        problems=("reaction_not_found",),
    ),
)
