"""When management contracts and options end: set ahead, changed until then, taken back."""

from typing import Final

from msgspec import UnsetType

from servicehost.domain.errors import Invalid
from servicehost.domain.instant import from_rfc3339
from servicehost.domain.people import Right
from servicehost.web.adapter_answers import AdapterAnswer
from servicehost.web.answers import Contract
from servicehost.web.api.adapters import read_adapter
from servicehost.web.call import Call, Reply
from servicehost.web.customer_orders import EndingOrder, ReasonQuery
from servicehost.web.route import Route

__all__ = ["ROUTES"]


async def _end_contract(call: Call) -> Reply:
    order = call.body(EndingOrder)
    ended = await call.door.catalogue.contracts.end_contract(
        call.actor, call.text("management_code"), _instant(order.ends_at), order.reason
    )
    return Reply(value=Contract.of(ended))


async def _continue_contract(call: Call) -> Reply:
    reason = call.query(ReasonQuery).reason
    await call.door.catalogue.contracts.continue_contract(call.actor, call.text("management_code"), reason)
    return Reply()


async def _end_option(call: Call) -> Reply:
    order = call.body(EndingOrder)
    await call.door.catalogue.contracts.end_option(
        call.actor, call.text("service_code"), _instant(order.ends_at), order.reason
    )
    return await read_adapter(call)


async def _continue_option(call: Call) -> Reply:
    reason = call.query(ReasonQuery).reason
    await call.door.catalogue.contracts.continue_option(call.actor, call.text("service_code"), reason)
    return Reply()


def _instant(text: str | UnsetType) -> int | None:
    if isinstance(text, UnsetType):
        return None
    try:
        return from_rfc3339(text)
    except (ValueError, OverflowError) as error:
        raise Invalid("time_malformed", f"ends_at: {error}; write it like 2026-11-23T04:05:06Z") from error


_OF_CONTRACT: Final = ("bad_management_code", "contract_not_found", "contract_ended", "no_reason")
_OF_OPTION: Final = ("bad_service_code", "adapter_not_found", "no_option", "no_reason")

ROUTES: Final = (
    Route(
        method="PUT",
        path="/api/v1/contracts/{management_code}/end",
        handler=_end_contract,
        name="endContract",
        summary="Set when a management contract ends, now or ahead; from then on its people have no right left",
        tag="contracts",
        right=Right.REGISTER,
        body=EndingOrder,
        example={"ends_at": "2027-03-31T15:00:00Z", "reason": "解約のお申し出"},
        answer=Contract,
        problems=(*_OF_CONTRACT, "end_in_the_past", "time_malformed"),
    ),
    Route(
        method="DELETE",
        path="/api/v1/contracts/{management_code}/end",
        handler=_continue_contract,
        name="continueContract",
        summary="Take the end of a management contract back, as long as it has not come",
        tag="contracts",
        right=Right.REGISTER,
        query=ReasonQuery,
        status=204,
        problems=_OF_CONTRACT,
    ),
    Route(
        method="PUT",
        path="/api/v1/adapters/{service_code}/option/end",
        handler=_end_option,
        name="endOption",
        summary="Set when an adapter's ultra-sendback option ends, now or ahead",
        tag="rights",
        body=EndingOrder,
        answer=AdapterAnswer,
        problems=(*_OF_OPTION, "end_in_the_past", "time_malformed"),
    ),
    Route(
        method="DELETE",
        path="/api/v1/adapters/{service_code}/option/end",
        handler=_continue_option,
        name="continueOption",
        summary="Take the end of an option back, as long as it has not come",
        tag="rights",
        query=ReasonQuery,
        status=204,
        problems=_OF_OPTION,
    ),
)
