"""On-site rights: declared locations, the option, what is said of sites, and what would stand in the way now."""

from typing import Any, Final

import msgspec
from msgspec import UNSET, UnsetType

from servicehost.domain.address import PLACE_FAULTS, WrittenAddress
from servicehost.domain.declared_location import location_at
from servicehost.domain.errors import Invalid, NotFound
from servicehost.domain.instant import from_rfc3339
from servicehost.domain.option import DECLINES
from servicehost.domain.people import Right
from servicehost.domain.standing import Standing
from servicehost.operations.declare_location import Declaration
from servicehost.operations.state_site import SiteWord
from servicehost.web.call import Call, Reply
from servicehost.web.orders import ByNumber, ByText
from servicehost.web.right_answers import (
    DeclarationAnswer,
    Declarations,
    EligibilityAnswer,
    EligibilityList,
    OptionAnswer,
)
from servicehost.web.right_orders import (
    DeclarationOrder,
    DetachQuery,
    OptionDecisionOrder,
    OptionOrder,
    PlaceOrder,
    SiteOrder,
)
from servicehost.web.route import Route
from servicehost.web.standings import all_standings, standings_of

__all__ = ["ROUTES"]

_ADAPTER: Final = ("bad_service_code", "adapter_not_found")


async def _declare(call: Call) -> Reply:
    order, code = call.body(DeclarationOrder), call.text("service_code")
    declaration = Declaration(
        service_code=code,
        location=order.location,
        effective_at=None if order.effective_at is UNSET else _instant(str(order.effective_at)),
        coverage=None if order.coverage is UNSET else order.coverage,
        reason=order.reason,
        written=_written(order.place),
    )
    declared = await call.door.cases.declare_location(call.actor, declaration)
    standing = await _standing(call)
    in_force = location_at(standing.record.locations, call.door.clock.wall())
    return Reply(value=DeclarationAnswer.of(declared, in_force), location=f"/api/v1/adapters/{code}/declared-locations")


async def _declarations(call: Call) -> Reply:
    query, code = call.query(ByNumber), call.text("service_code")
    standing = await _standing(call)
    found = await call.door.reads.declared_locations(call.scope, code, after=query.after, limit=query.limit + 1)
    in_force = location_at(standing.record.locations, call.door.clock.wall())
    page = found[: query.limit]
    following = page[-1].number if len(found) > query.limit else None
    return Reply(value=Declarations(items=[DeclarationAnswer.of(one, in_force) for one in page], next=following))


async def _attach(call: Call) -> Reply:
    reason = call.body(OptionOrder).reason
    return Reply(
        value=OptionAnswer.of(await call.door.cases.attach_option(call.actor, call.text("service_code"), reason))
    )


async def _decide(call: Call) -> Reply:
    order = call.body(OptionDecisionOrder)
    decided = await call.door.cases.decide_option(call.actor, call.text("service_code"), order.accept, order.reason)
    return Reply(value=OptionAnswer.of(decided))


async def _detach(call: Call) -> Reply:
    await call.door.cases.detach_option(call.actor, call.text("service_code"), call.query(DetachQuery).reason)
    return Reply()


async def _site(call: Call) -> Reply:
    given: dict[str, Any] = msgspec.structs.asdict(call.body(SiteOrder))
    said = {name: value for name, value in given.items() if value is not UNSET}
    standing = await call.door.cases.state_site(call.actor, call.text("service_code"), SiteWord(**said))
    return Reply(value=EligibilityAnswer.of(standing, call.door.clock.wall()))


async def _eligibility(call: Call) -> Reply:
    return Reply(value=EligibilityAnswer.of(await _standing(call), call.door.clock.wall()))


async def _at_risk(call: Call) -> Reply:
    query = call.query(ByText)
    standings = await all_standings(call.door.reads, call.scope)
    return Reply(value=EligibilityList.of(standings, call.door.clock.wall(), query.after, query.limit))


async def _standing(call: Call) -> Standing:
    """Raises NotFound `adapter_not_found`."""
    code = call.text("service_code")
    view = await call.door.reads.adapter(call.scope, code)
    if view is None:
        raise NotFound("adapter_not_found", f"There is no adapter {code}")
    return (await standings_of(call.door.reads, call.scope, [view]))[0]


def _written(order: PlaceOrder | UnsetType) -> WrittenAddress | None:
    if order is UNSET:
        return None
    assert isinstance(order, PlaceOrder)  # noqa: S101 - the schema has no third
    return WrittenAddress(postal_code=order.postal_code, prefecture=order.prefecture, municipality=order.municipality)


def _instant(text: str) -> int:
    try:
        return from_rfc3339(text)
    except (ValueError, OverflowError) as error:
        raise Invalid("time_malformed", f"effective_at: {error}; write it like 2026-11-23T04:05:06Z") from error


ROUTES: Final = (
    Route(
        method="POST",
        path="/api/v1/adapters/{service_code}/declared-locations",
        handler=_declare,
        name="declareLocation",
        summary="Declare where the unit is installed, from now or later on, at any hour; nothing else is blocked by it",
        tag="rights",
        body=DeclarationOrder,
        example={
            "location": "東京都千代田区富士見 1-1",
            "place": {"postal_code": "102-0071", "prefecture": "東京都", "municipality": "千代田区"},
        },
        answer=DeclarationAnswer,
        status=201,
        problems=(
            *_ADAPTER,
            "location_empty",
            "location_too_long",
            "effective_in_the_past",
            "not_yours_to_state",
            "time_malformed",
            *PLACE_FAULTS,
        ),
    ),
    Route(
        method="GET",
        path="/api/v1/adapters/{service_code}/declared-locations",
        handler=_declarations,
        name="listDeclaredLocations",
        summary="Every declaration of the adapter, in the order in which they were made",
        tag="rights",
        query=ByNumber,
        answer=Declarations,
        problems=_ADAPTER,
    ),
    Route(
        method="PUT",
        path="/api/v1/adapters/{service_code}/option",
        handler=_attach,
        name="attachOption",
        summary="Ask for the ultra-sendback option: attached, waiting for a dispatcher, or declined by its rule",
        tag="rights",
        body=OptionOrder,
        answer=OptionAnswer,
        problems=(*_ADAPTER, *DECLINES),
    ),
    Route(
        method="DELETE",
        path="/api/v1/adapters/{service_code}/option",
        handler=_detach,
        name="detachOption",
        summary="Take the option off, or a request for it back",
        tag="rights",
        query=DetachQuery,
        status=204,
        problems=_ADAPTER,
    ),
    Route(
        method="POST",
        path="/api/v1/adapters/{service_code}/option/decision",
        handler=_decide,
        name="decideOption",
        summary="Decide on an option that waits, with the reason",
        tag="rights",
        right=Right.DISPATCH,
        body=OptionDecisionOrder,
        answer=OptionAnswer,
        problems=(*_ADAPTER, "option_not_waiting", *DECLINES),
    ),
    Route(
        method="POST",
        path="/api/v1/adapters/{service_code}/site",
        handler=_site,
        name="stateSite",
        summary="Say what is the case at the site outside any case; answers what stands in the way of a swap now",
        tag="rights",
        body=SiteOrder,
        answer=EligibilityAnswer,
        problems=(*_ADAPTER, "nothing_stated", "not_yours_to_state"),
    ),
    Route(
        method="GET",
        path="/api/v1/adapters/{service_code}/eligibility",
        handler=_eligibility,
        name="readEligibility",
        summary="What would stand in the way of an on-site swap if the unit failed of itself now, and what to do",
        tag="rights",
        answer=EligibilityAnswer,
        problems=_ADAPTER,
    ),
    Route(
        method="GET",
        path="/api/v1/eligibility",
        handler=_at_risk,
        name="listEligibility",
        summary="Adapters whose on-site right is at risk now, and how many they are of each contract",
        tag="rights",
        query=ByText,
        answer=EligibilityList,
    ),
)
