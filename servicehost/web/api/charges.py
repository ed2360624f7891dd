"""Charges: proposed by the rules, approved or waived by a dispatcher, exported for billing."""

from typing import Final

from msgspec import UNSET

from servicehost.domain.errors import NotFound
from servicehost.domain.people import Right
from servicehost.web.call import Call, Reply
from servicehost.web.charges_csv import charges_csv, span
from servicehost.web.custody_answers import ChargeAnswer, Charges
from servicehost.web.custody_orders import EXAMPLES, ApprovalOrder, ChargesCsvQuery, ChargesQuery, WaiverOrder
from servicehost.web.route import Route

__all__ = ["ROUTES"]


async def _charges(call: Call) -> Reply:
    query = call.query(ChargesQuery)
    found = await call.door.reads.charges(
        call.scope,
        state=None if query.state is UNSET else query.state,
        exchange=None if query.exchange is UNSET else query.exchange,
        after=query.after,
        limit=query.limit + 1,
    )
    return Reply(value=Charges.of(found, query.limit))


async def _csv(call: Call) -> Reply:
    query = call.query(ChargesCsvQuery)
    since, before = span(None if query.since is UNSET else query.since, None if query.until is UNSET else query.until)
    parts = await charges_csv(call.door.reads, call.scope, since, before)
    return Reply(parts=parts, media_type="text/csv; charset=utf-8")


async def _charge(call: Call) -> Reply:
    number = call.number("charge")
    found = await call.door.reads.charge(call.scope, number)
    if found is None:
        raise NotFound("charge_not_found", f"There is no charge {number}")
    return Reply(value=ChargeAnswer.of(found))


async def _approve(call: Call) -> Reply:
    reason = call.body(ApprovalOrder).reason
    decided = await call.door.cases.approve_charge(call.actor, call.number("charge"), reason)
    return Reply(value=ChargeAnswer.of(decided))


async def _waive(call: Call) -> Reply:
    reason = call.body(WaiverOrder).reason
    return Reply(value=ChargeAnswer.of(await call.door.cases.waive_charge(call.actor, call.number("charge"), reason)))


ROUTES: Final = (
    Route(
        method="GET",
        path="/api/v1/charges",
        handler=_charges,
        name="listCharges",
        summary="Charges with their rule, evidence and items, oldest first",
        tag="charges",
        query=ChargesQuery,
        answer=Charges,
    ),
    Route(
        method="GET",
        path="/api/v1/charges.csv",
        handler=_csv,
        name="exportCharges",
        summary="Approved charges for billing as CSV (UTF-8 with a byte order mark), one line an item: charge, "
        "approved_at, management_code, customer, service_code, exchange, distribution_id, model_serial, rule, part, "
        "part_ja, why, amount, currency, tax, approved_by, reason, corrects",
        tag="charges",
        query=ChargesCsvQuery,
        media_type="text/csv",
    ),
    Route(
        method="GET",
        path="/api/v1/charges/{charge}",
        handler=_charge,
        name="readCharge",
        summary="One charge",
        tag="charges",
        answer=ChargeAnswer,
        problems=("charge_not_found",),
    ),
    Route(
        method="POST",
        path="/api/v1/charges/{charge}/approval",
        handler=_approve,
        name="approveCharge",
        summary="Approve a proposed charge: from then on it is billed",
        tag="charges",
        right=Right.DISPATCH,
        body=ApprovalOrder,
        example=EXAMPLES[ApprovalOrder],
        answer=ChargeAnswer,
        problems=("charge_not_found", "charge_withdrawn", "charge_decided", "no_price", "no_reason"),
    ),
    Route(
        method="POST",
        path="/api/v1/charges/{charge}/waiver",
        handler=_waive,
        name="waiveCharge",
        summary="Waive a proposed charge; it is not proposed again from the same facts",
        tag="charges",
        right=Right.DISPATCH,
        body=WaiverOrder,
        example=EXAMPLES[WaiverOrder],
        answer=ChargeAnswer,
        problems=("charge_not_found", "charge_withdrawn", "charge_decided", "no_reason"),
    ),
)
