"""Units: the boxes."""

from typing import Final

from servicehost.domain.errors import NotFound
from servicehost.domain.people import Right
from servicehost.web.api.moment import moment
from servicehost.web.call import Call, Reply
from servicehost.web.fleet_answers import EnrolmentTokenAnswer, UnitAnswer, Units
from servicehost.web.orders import ByNumber, UnitOrder
from servicehost.web.route import Route

__all__ = ["ROUTES"]


async def _register(call: Call) -> Reply:
    order = call.body(UnitOrder)
    unit = await call.door.catalogue.register_unit(call.actor, order.distribution_id, order.model, order.serial)
    return Reply(value=UnitAnswer.of_new(unit), location=f"/api/v1/units/{unit.distribution_id}")


async def _units(call: Call) -> Reply:
    query = call.query(ByNumber)
    found = await call.door.reads.units(call.scope, after=query.after, limit=query.limit + 1)
    now = await moment(call)
    page = found[: query.limit]
    following = page[-1].unit.unit_id if len(found) > query.limit else None
    return Reply(value=Units(items=[UnitAnswer.of(view, now) for view in page], next=following))


async def _unit(call: Call) -> Reply:
    distribution_id = call.text("distribution_id")
    view = await call.door.reads.unit(call.scope, distribution_id)
    if view is None:
        raise NotFound("unit_not_found", f"There is no unit {distribution_id}")
    return Reply(value=UnitAnswer.of(view, await moment(call)))


async def _issue_token(call: Call) -> Reply:
    issued = await call.door.catalogue.issue_enrolment_token(call.actor, call.text("distribution_id"))
    return Reply(value=EnrolmentTokenAnswer.of(issued))


ROUTES: Final = (
    Route(
        method="POST",
        path="/api/v1/units",
        handler=_register,
        name="registerUnit",
        summary="Enter a box by what is printed on it",
        tag="units",
        right=Right.REGISTER,
        body=UnitOrder,
        answer=UnitAnswer,
        status=201,
        problems=("distribution_id_malformed", "model_serial_malformed", "unit_exists"),
    ),
    Route(
        method="GET",
        path="/api/v1/units",
        handler=_units,
        name="listUnits",
        summary="Units in the order of their registration",
        tag="units",
        query=ByNumber,
        answer=Units,
    ),
    Route(
        method="GET",
        path="/api/v1/units/{distribution_id}",
        handler=_unit,
        name="readUnit",
        summary="One unit, its presence and what is known of it",
        tag="units",
        answer=UnitAnswer,
        problems=("distribution_id_malformed", "unit_not_found"),
    ),
    Route(
        method="POST",
        path="/api/v1/units/{distribution_id}/enrolment-tokens",
        handler=_issue_token,
        name="issueEnrolmentToken",
        summary="Make the single-use token for the unit's first certificate, shown once",
        tag="units",
        right=Right.REGISTER,
        answer=EnrolmentTokenAnswer,
        status=201,
        problems=("distribution_id_malformed", "unit_not_found"),
    ),
)
