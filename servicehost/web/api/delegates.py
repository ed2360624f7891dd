"""Delegates: whom operation managers have named to attend at their sites."""

from typing import Final

from msgspec import UnsetType

from servicehost.domain.errors import Invalid, NotFound
from servicehost.domain.instant import from_rfc3339
from servicehost.domain.people import Right
from servicehost.operations.add_delegate import Naming
from servicehost.web.call import Call, Reply
from servicehost.web.customer_answers import DelegateAnswer, Delegates
from servicehost.web.customer_orders import DelegateEndOrder, DelegateOrder
from servicehost.web.orders import ByNumber
from servicehost.web.route import Route

__all__ = ["ROUTES"]


async def _add(call: Call) -> Reply:
    order = call.body(DelegateOrder)
    naming = Naming(
        name=order.name,
        telephone=order.telephone,
        service_codes=tuple(order.service_codes),
        attends_from=_instant("attends_from", order.attends_from),
        attends_until=_instant("attends_until", order.attends_until),
    )
    added = await call.door.catalogue.contracts.add_delegate(call.actor, call.text("management_code"), naming)
    return Reply(value=DelegateAnswer.of(added, call.door.clock.wall()))


def _instant(name: str, text: str | UnsetType) -> int | None:
    if isinstance(text, UnsetType):
        return None
    try:
        return from_rfc3339(text)
    except (ValueError, OverflowError) as error:
        raise Invalid("time_malformed", f"{name}: {error}; write it like 2026-11-23T04:05:06Z") from error


async def _delegates(call: Call) -> Reply:
    query, code = call.query(ByNumber), call.text("management_code")
    reads, now = call.door.reads, call.door.clock.wall()
    found = await reads.delegates(call.scope, code, after=query.after, limit=query.limit + 1)
    if not found and await reads.contract(call.scope, code) is None:
        raise NotFound("contract_not_found", f"There is no management contract {code}")
    page = found[: query.limit]
    following = page[-1].number if len(found) > query.limit else None
    return Reply(value=Delegates(items=[DelegateAnswer.of(one, now) for one in page], next=following))


async def _end(call: Call) -> Reply:
    reason = call.body(DelegateEndOrder).reason
    ended = await call.door.catalogue.contracts.end_delegate(call.actor, call.number("delegate"), reason)
    return Reply(value=DelegateAnswer.of(ended, call.door.clock.wall()))


ROUTES: Final = (
    Route(
        method="POST",
        path="/api/v1/contracts/{management_code}/delegates",
        handler=_add,
        name="addDelegate",
        summary="Name somebody who may attend at some or all sites of the contract",
        tag="contracts",
        right=Right.LOOK_AFTER_SITES,
        body=DelegateOrder,
        example={"name": "佐藤 花子", "telephone": "06-0000-0000", "service_codes": ["nxe000000001"]},
        answer=DelegateAnswer,
        status=201,
        problems=(
            "bad_management_code",
            "contract_not_found",
            "adapter_not_found",
            "delegate_unnamed",
            "delegate_ends_before_it_begins",
            "too_many_delegates",
            "time_malformed",
        ),
    ),
    Route(
        method="GET",
        path="/api/v1/contracts/{management_code}/delegates",
        handler=_delegates,
        name="listDelegates",
        summary="Delegates of a contract, also those whose naming was ended",
        tag="contracts",
        query=ByNumber,
        answer=Delegates,
        problems=("bad_management_code", "contract_not_found"),
    ),
    Route(
        method="POST",
        path="/api/v1/delegates/{delegate}/end",
        handler=_end,
        name="endDelegate",
        summary="End the naming of a delegate, with the reason",
        tag="contracts",
        body=DelegateEndOrder,
        answer=DelegateAnswer,
        problems=("delegate_not_found", "no_reason"),
    ),
)
