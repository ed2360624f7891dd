"""Units: the boxes."""

from typing import Final

from servicehost.domain.enrolment_request import BARRED
from servicehost.domain.errors import NotFound
from servicehost.domain.life import LifeSaid
from servicehost.domain.people import Right
from servicehost.web.adapter_answers import Bindings
from servicehost.web.api.moment import moment
from servicehost.web.call import Call, Reply
from servicehost.web.fleet_answers import EnrolmentTokenAnswer, ImportAnswer, UnitAnswer, Units
from servicehost.web.orders import ByNumber, ImportQuery, LifeOrder, UnitOrder
from servicehost.web.route import Route

__all__ = ["ROUTES"]


async def _register(call: Call) -> Reply:
    order = call.body(UnitOrder)
    unit = await call.door.catalogue.register_unit(
        call.actor,
        order.distribution_id,
        order.model,
        order.serial,
        ownership=order.ownership,
        channel=order.channel,
    )
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


async def _import(call: Call) -> Reply:
    imported = await call.door.catalogue.import_units(call.actor, call.raw, call.query(ImportQuery).dry_run)
    return Reply(value=ImportAnswer.of(imported))


async def _change_life(call: Call) -> Reply:
    order = call.body(LifeOrder)
    distribution_id = call.text("distribution_id")
    await call.door.catalogue.change_unit_life(call.actor, distribution_id, LifeSaid(order.life), order.reason)
    return await _unit(call)


async def _bindings(call: Call) -> Reply:
    distribution_id, query, reads = call.text("distribution_id"), call.query(ByNumber), call.door.reads
    found = await reads.bindings_of_unit(call.scope, distribution_id, after=query.after, limit=query.limit + 1)
    if not found and await reads.unit(call.scope, distribution_id) is None:
        raise NotFound("unit_not_found", f"There is no unit {distribution_id}")
    return Reply(value=Bindings.of(found, query.limit))


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
        path="/api/v1/units/imports",
        handler=_import,
        name="importUnits",
        summary="Enter many boxes at once from a table (CSV, UTF-8): all of them or none; try a dry run first",
        tag="units",
        right=Right.REGISTER,
        query=ImportQuery,
        raw="text/csv",
        answer=ImportAnswer,
        problems=(
            "csv_is_cp932",
            "csv_not_utf8",
            "csv_header",
            "csv_malformed",
            "csv_empty",
            "too_many_rows",
            "rows_invalid",
        ),
    ),
    Route(
        method="PUT",
        path="/api/v1/units/{distribution_id}/life",
        handler=_change_life,
        name="changeUnitLife",
        summary="Say what has become of a unit: returned, retired, lost, stolen, found, or to be used again",
        tag="units",
        body=LifeOrder,
        answer=UnitAnswer,
        problems=(
            "distribution_id_malformed",
            "no_reason",
            "unit_not_found",
            "unit_reserved",
            "unit_bound",
            "unit_replaced",
            "unit_returned",
            "unit_retired",
            "unit_lost",
            "unit_stolen",
            "unit_not_missing",
        ),
    ),
    Route(
        method="GET",
        path="/api/v1/units/{distribution_id}/bindings",
        handler=_bindings,
        name="listBindingsOfUnit",
        summary="The adapters that the unit has served, each from when, until when and why",
        tag="units",
        query=ByNumber,
        answer=Bindings,
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
        problems=(
            "distribution_id_malformed",
            "unit_not_found",
            *(refusal.value for refusal in BARRED.values()),
        ),
    ),
)
