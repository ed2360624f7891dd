"""Adapters, the units that serve them, and the fleet as a whole."""

from collections import Counter
from typing import Final

from msgspec import UNSET, UnsetType

from servicehost.domain.errors import Invalid, NotFound
from servicehost.domain.exchange import ExchangeState
from servicehost.domain.fault import FaultPhase
from servicehost.domain.instant import from_rfc3339
from servicehost.domain.people import Right
from servicehost.domain.presence import Presence
from servicehost.domain.query_text import parse_query
from servicehost.operations.add_adapter import AdapterOrder as Ordered
from servicehost.ports.groups import UNSORTED
from servicehost.web.adapter_answers import AdapterAnswer, Adapters, BindingAnswer, Bindings
from servicehost.web.answers import PushCounts
from servicehost.web.api.moment import moment
from servicehost.web.call import Call, Reply
from servicehost.web.case_answers import counted
from servicehost.web.customer_orders import MemoOrder
from servicehost.web.fleet_answers import Fleet
from servicehost.web.group_orders import AdaptersQuery
from servicehost.web.orders import AdapterOrder, BindingOrder, ByNumber, EndOrder, UnbindQuery
from servicehost.web.route import Route

__all__ = ["ROUTES", "read_adapter"]

_PAGE: Final = 500
_NO_UNIT: Final = "no_unit"


async def _add(call: Call) -> Reply:
    order = call.body(AdapterOrder)
    code = order.service_code if isinstance(order.service_code, str) else None
    ordered = Ordered(
        memo=None if order.memo is UNSET else order.memo,
        brought_in=None if order.brought_in is UNSET else order.brought_in,
    )
    site = order.site_name
    adapter = await call.door.catalogue.add_adapter(call.actor, order.management_code, code, site, ordered)
    return Reply(value=AdapterAnswer.of_new(adapter), location=f"/api/v1/adapters/{adapter.service_code}")


async def _adapters(call: Call) -> Reply:
    query, reads = call.query(AdaptersQuery), call.door.reads
    now = await moment(call)
    if isinstance(query.query, UnsetType):
        found = await reads.adapters(call.scope, after=query.after, limit=query.limit + 1)
    else:
        asked = parse_query(query.query)
        found = await reads.adapters_found(call.scope, asked, now.now, after=query.after, limit=query.limit + 1)
    page = found[: query.limit]
    following = page[-1].adapter.service_code if len(found) > query.limit else None
    sorted_into = await reads.sorted_into(call.scope, [view.adapter.service_code for view in page])
    items = [AdapterAnswer.of(view, now, sorted_into.get(view.adapter.service_code, UNSORTED)) for view in page]
    return Reply(value=Adapters(items=items, next=following))


async def read_adapter(call: Call) -> Reply:
    """The adapter of the path. Raises NotFound `adapter_not_found`."""
    service_code = call.text("service_code")
    view = await call.door.reads.adapter(call.scope, service_code)
    if view is None:
        raise NotFound("adapter_not_found", f"There is no adapter {service_code}")
    sorted_into = await call.door.reads.sorted_into(call.scope, [service_code])
    return Reply(value=AdapterAnswer.of(view, await moment(call), sorted_into.get(service_code, UNSORTED)))


async def _write_memo(call: Call) -> Reply:
    memo = call.body(MemoOrder).memo
    await call.door.catalogue.contracts.write_memo(call.actor, call.text("service_code"), memo)
    return await read_adapter(call)


async def _bind(call: Call) -> Reply:
    order = call.body(BindingOrder)
    binding = await call.door.catalogue.bind_unit(
        call.actor, call.text("service_code"), order.distribution_id, order.reason, order.override
    )
    return Reply(value=BindingAnswer.of(binding, order.distribution_id.upper()))


async def _unbind(call: Call) -> Reply:
    await call.door.catalogue.unbind_unit(call.actor, call.text("service_code"), call.query(UnbindQuery).reason)
    return Reply()


async def _bindings(call: Call) -> Reply:
    service_code, query, reads = call.text("service_code"), call.query(ByNumber), call.door.reads
    found = await reads.bindings_of_adapter(call.scope, service_code, after=query.after, limit=query.limit + 1)
    if not found and await reads.adapter(call.scope, service_code) is None:
        raise NotFound("adapter_not_found", f"There is no adapter {service_code}")
    return Reply(value=Bindings.of(found, query.limit))


async def _end(call: Call) -> Reply:
    order = call.body(EndOrder)
    at = _instant(order.out_of_service_at) if isinstance(order.out_of_service_at, str) else call.door.clock.wall()
    await call.door.catalogue.end_adapter(call.actor, call.text("service_code"), at, order.reason)
    return await read_adapter(call)


async def _go_on(call: Call) -> Reply:
    await call.door.catalogue.end_adapter(call.actor, call.text("service_code"), None, call.query(UnbindQuery).reason)
    return Reply()


def _instant(text: str) -> int:
    try:
        return from_rfc3339(text)
    except (ValueError, OverflowError) as error:
        raise Invalid("time_malformed", f"out_of_service_at: {error}; write it like 2026-11-23T04:05:06Z") from error


async def _fleet(call: Call) -> Reply:
    now = await moment(call)
    counts = Counter(dict.fromkeys((*(presence.value for presence in Presence), _NO_UNIT), 0))
    after = ""
    while page := await call.door.reads.adapters(call.scope, after=after, limit=_PAGE):
        counts.update(_NO_UNIT if view.unit is None else now.presence(view.unit.session).value for view in page)
        after = page[-1].adapter.service_code
    reads = call.door.reads
    fleet = Fleet(
        adapters=counts.total(),
        presence=dict(counts),
        pushes=PushCounts.of(await reads.push_counts(call.scope)).phases,
        faults=counted(FaultPhase, await reads.fault_counts(call.scope)),
        exchanges=counted(ExchangeState, await reads.exchange_counts(call.scope)),
    )
    return Reply(value=fleet)


ROUTES: Final = (
    Route(
        method="POST",
        path="/api/v1/adapters",
        handler=_add,
        name="addAdapter",
        summary="Take up a service adapter of a contract",
        tag="adapters",
        right=Right.REGISTER,
        body=AdapterOrder,
        answer=AdapterAnswer,
        status=201,
        problems=(
            "contract_not_found",
            "contract_ended",
            "adapter_exists",
            "unit_ordered_already",
            "model_serial_malformed",
            "no_free_code",
        ),
    ),
    Route(
        method="GET",
        path="/api/v1/adapters",
        handler=_adapters,
        name="listAdapters",
        summary="Adapters in the order of their service codes, each with its unit and newest push; all, or those found",
        tag="adapters",
        query=AdaptersQuery,
        answer=Adapters,
        problems=("query_malformed",),
    ),
    Route(
        method="GET",
        path="/api/v1/adapters/{service_code}",
        handler=read_adapter,
        name="readAdapter",
        summary="One adapter with its unit and newest push",
        tag="adapters",
        answer=AdapterAnswer,
        problems=("bad_service_code", "adapter_not_found"),
    ),
    Route(
        method="PUT",
        path="/api/v1/adapters/{service_code}/memo",
        handler=_write_memo,
        name="writeMemo",
        summary="Write the memo that stands beside the adapter; the site name of the order stays",
        tag="adapters",
        right=Right.LOOK_AFTER_SITES,
        body=MemoOrder,
        answer=AdapterAnswer,
        problems=("bad_service_code", "adapter_not_found"),
    ),
    Route(
        method="PUT",
        path="/api/v1/adapters/{service_code}/unit",
        handler=_bind,
        name="bindUnit",
        summary="Let a unit serve the adapter; it is told to dial again",
        tag="adapters",
        right=Right.REGISTER,
        body=BindingOrder,
        answer=BindingAnswer,
        problems=(
            "bad_service_code",
            "distribution_id_malformed",
            "adapter_not_found",
            "unit_not_found",
            "adapter_bound",
            "unit_bound",
            "other_unit_brought_in",
            "unit_returned",
            "unit_retired",
            "unit_lost",
            "unit_stolen",
        ),
    ),
    Route(
        method="DELETE",
        path="/api/v1/adapters/{service_code}/unit",
        handler=_unbind,
        name="unbindUnit",
        summary="Take the unit off the adapter; it is told to dial again and is then on stand-by",
        tag="adapters",
        right=Right.REGISTER,
        query=UnbindQuery,
        status=204,
        problems=("bad_service_code", "adapter_not_found", "no_unit_bound"),
    ),
    Route(
        method="GET",
        path="/api/v1/adapters/{service_code}/bindings",
        handler=_bindings,
        name="listBindingsOfAdapter",
        summary="The units that have served the adapter, each from when, until when and why",
        tag="adapters",
        query=ByNumber,
        answer=Bindings,
        problems=("bad_service_code", "adapter_not_found"),
    ),
    Route(
        method="PUT",
        path="/api/v1/adapters/{service_code}/end",
        handler=_end,
        name="endAdapter",
        summary="Set when the adapter's contract ends; its unit is then out of service and dials slowly",
        tag="adapters",
        right=Right.REGISTER,
        body=EndOrder,
        answer=AdapterAnswer,
        problems=("bad_service_code", "adapter_not_found", "contract_ended", "time_malformed"),
    ),
    Route(
        method="DELETE",
        path="/api/v1/adapters/{service_code}/end",
        handler=_go_on,
        name="continueAdapter",
        summary="Take the end of the adapter's contract back; its unit is admitted again when it next dials",
        tag="adapters",
        right=Right.REGISTER,
        query=UnbindQuery,
        status=204,
        problems=("bad_service_code", "adapter_not_found", "contract_ended"),
    ),
    Route(
        method="GET",
        path="/api/v1/fleet",
        handler=_fleet,
        name="readFleet",
        summary="How many adapters are reachable, and where pushes, faults and exchanges stand",
        tag="adapters",
        answer=Fleet,
    ),
)
