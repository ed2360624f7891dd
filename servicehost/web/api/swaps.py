"""Depots and stock, verdicts that people override, exchanges taken up again, and units that take another's place."""

from typing import Final

from servicehost.domain.exchange import ExchangeRefusal
from servicehost.domain.fact_kind import Item
from servicehost.domain.people import Right
from servicehost.operations.taking_over import AfterAction, Takeover
from servicehost.web.call import Call, Reply
from servicehost.web.case_answers import ExchangeAnswer
from servicehost.web.route import Route
from servicehost.web.stock_answers import SpareAnswer
from servicehost.web.stock_orders import (
    DepotOrder,
    ExchangeReopeningOrder,
    MoveOrder,
    OverrideEndOrder,
    OverrideOrder,
    PromotionOrder,
    ReplacementOrder,
    ThresholdOrder,
)
from servicehost.web.swap_answers import (
    Compatibility,
    DepotAnswer,
    Depots,
    PromotionAnswer,
    ReplacementAnswer,
    Stock,
    ThresholdAnswer,
)

__all__ = ["ROUTES"]

_TABLE: Final = ("exchange_not_found", *(refusal.value for refusal in ExchangeRefusal))
_TAKING_OVER: Final = (
    "adapter_not_found",
    "serves_already",
    "ordered_already",
    "wrong_model",
    "does_not_fit",
    "no_reason",
    "unit_returned",
    "unit_retired",
    "unit_lost",
    "unit_stolen",
)


async def _depots(call: Call) -> Reply:
    found = await call.door.reads.depots(call.scope)
    return Reply(value=Depots(items=[DepotAnswer.of(one) for one in found]))


async def _open_depot(call: Call) -> Reply:
    order = call.body(DepotOrder)
    depot = await call.door.cases.swaps.open_depot(call.actor, call.text("depot"), order.label, order.area)
    return Reply(value=DepotAnswer.of(depot))


async def _threshold(call: Call) -> Reply:
    order, swaps = call.body(ThresholdOrder), call.door.cases.swaps
    return Reply(
        value=ThresholdAnswer.of(
            await swaps.set_stock_threshold(call.actor, call.text("depot"), order.model, order.least)
        )
    )


async def _stock(call: Call) -> Reply:
    reads = call.door.reads
    counts, thresholds = await reads.stock_counts(call.scope), await reads.stock_thresholds(call.scope)
    return Reply(value=Stock.of(counts, thresholds))


async def _move(call: Call) -> Reply:
    order = call.body(MoveOrder)
    depot = order.depot if isinstance(order.depot, str) else "main"
    moved = await call.door.cases.swaps.move_spare(call.actor, call.text("distribution_id"), depot, order.reason)
    return Reply(value=SpareAnswer.of(moved))


async def _override(call: Call) -> Reply:
    order, number = call.body(OverrideOrder), call.number("exchange")
    exchange = await call.door.cases.swaps.override_verdict(call.actor, number, order.verdict, order.reason)
    return Reply(value=ExchangeAnswer.of(exchange))


async def _withdraw(call: Call) -> Reply:
    reason = call.body(OverrideEndOrder).reason
    exchange = await call.door.cases.swaps.withdraw_override(call.actor, call.number("exchange"), reason)
    return Reply(value=ExchangeAnswer.of(exchange))


async def _reopen(call: Call) -> Reply:
    saw = call.body(ExchangeReopeningOrder).saw
    exchange = await call.door.cases.swaps.reopen_exchange(call.actor, call.number("exchange"), saw)
    return Reply(value=ExchangeAnswer.of(exchange))


async def _replace(call: Call) -> Reply:
    order, code = call.body(ReplacementOrder), call.text("service_code")
    taken = await call.door.cases.swaps.replace_unit(call.actor, code, order.unit, _how(order))
    answer = ReplacementAnswer.of(taken)
    return Reply(value=answer, location=f"/api/v1/exchanges/{answer.exchange}")


async def _promote(call: Call) -> Reply:
    order, code, swaps = call.body(PromotionOrder), call.text("service_code"), call.door.cases.swaps
    if not isinstance(order.takes_over, str):
        adapter = await swaps.promote_adapter(call.actor, code, order.reason)
        return Reply(value=PromotionAnswer(service_code=code, item=adapter.item, replacement=None))
    taken = await swaps.swap_in_standby(call.actor, code, order.takes_over, _how(order))
    answer = ReplacementAnswer.of(taken)
    return Reply(value=PromotionAnswer(service_code=code, item=Item.STANDBY, replacement=answer))


def _how(order: ReplacementOrder | PromotionOrder) -> Takeover:
    return Takeover(
        reason=order.reason,
        discard=tuple(order.discard),
        after_action=order.after_action if isinstance(order.after_action, AfterAction) else None,
        override=order.override,
    )


async def _compare(call: Call) -> Reply:
    unit, code = call.text("distribution_id"), call.text("service_code")
    old, new, found = await call.door.cases.swaps.compare_unit(call.actor, code, unit)
    return Reply(value=Compatibility.of(code, old, new, found))


ROUTES: Final = (
    Route(
        method="GET",
        path="/api/v1/depots",
        handler=_depots,
        name="listDepots",
        summary="Where the provider's stock lies, and what each depot serves",
        tag="spares",
        right=Right.INSPECT,
        answer=Depots,
    ),
    Route(
        method="PUT",
        path="/api/v1/depots/{depot}",
        handler=_open_depot,
        name="openDepot",
        summary="Open a depot, or change what is recorded of it",
        tag="spares",
        right=Right.DISPATCH,
        body=DepotOrder,
        answer=DepotAnswer,
    ),
    Route(
        method="PUT",
        path="/api/v1/depots/{depot}/threshold",
        handler=_threshold,
        name="setStockThreshold",
        summary="Say below how many free units of a model a depot is low",
        tag="spares",
        right=Right.DISPATCH,
        body=ThresholdOrder,
        answer=ThresholdAnswer,
        problems=("depot_not_found",),
    ),
    Route(
        method="GET",
        path="/api/v1/stock",
        handler=_stock,
        name="readStock",
        summary="How many spares there are by depot, model and firmware, and where they run low",
        tag="spares",
        right=Right.INSPECT,
        answer=Stock,
    ),
    Route(
        method="POST",
        path="/api/v1/spares/{distribution_id}/move",
        handler=_move,
        name="moveSpare",
        summary="Have a free spare carried to another depot; custody follows",
        tag="spares",
        right=Right.DISPATCH,
        body=MoveOrder,
        answer=SpareAnswer,
        problems=("distribution_id_malformed", "spare_not_found", "depot_not_found", "unit_reserved", "spare_is_out"),
    ),
    Route(
        method="POST",
        path="/api/v1/exchanges/{exchange}/override",
        handler=_override,
        name="overrideVerdict",
        summary="Decide otherwise than the rules, with a reason; both stay in the trace",
        tag="exchanges",
        right=Right.DISPATCH,
        body=OverrideOrder,
        answer=ExchangeAnswer,
        problems=("stranger_asks", "exchange_open", *_TABLE),
    ),
    Route(
        method="POST",
        path="/api/v1/exchanges/{exchange}/override/withdrawal",
        handler=_withdraw,
        name="withdrawOverride",
        summary="Let the rules decide after all; possible until the exchange is ordered",
        tag="exchanges",
        right=Right.DISPATCH,
        body=OverrideEndOrder,
        answer=ExchangeAnswer,
        problems=("no_override", "exchange_open", *_TABLE),
    ),
    Route(
        method="POST",
        path="/api/v1/exchanges/{exchange}/reopening",
        handler=_reopen,
        name="reopenExchange",
        summary="Take a closed or failed exchange up again: the next replacement, in the same case",
        tag="exchanges",
        body=ExchangeReopeningOrder,
        answer=ExchangeAnswer,
        problems=("reopen_too_late", "exchange_open", "exchange_settling", *_TABLE),
    ),
    Route(
        method="POST",
        path="/api/v1/adapters/{service_code}/replace",
        handler=_replace,
        name="replaceUnit",
        summary="Let a unit at hand take the place of the adapter's unit at once; the config goes on",
        tag="adapters",
        right=Right.DISPATCH,
        body=ReplacementOrder,
        answer=ReplacementAnswer,
        status=201,
        problems=(
            "bad_service_code",
            "distribution_id_malformed",
            "unit_not_found",
            "unit_bound",
            "unit_reserved",
            *_TAKING_OVER,
        ),
    ),
    Route(
        method="POST",
        path="/api/v1/adapters/{service_code}/promote",
        handler=_promote,
        name="promoteAdapter",
        summary="Promote a standby adapter to the entry item, or let its unit take a failed entry adapter's place",
        tag="adapters",
        body=PromotionOrder,
        answer=PromotionAnswer,
        problems=(
            "bad_service_code",
            "not_standby",
            "not_entry_item",
            "other_contract",
            "standby_silent",
            "standby_has_exchange",
            "no_unit_bound",
            *_TAKING_OVER,
        ),
    ),
    Route(
        method="GET",
        path="/api/v1/adapters/{service_code}/compatibility/{distribution_id}",
        handler=_compare,
        name="compareUnit",
        summary="What would not fit if a unit took the place of the adapter's unit",
        tag="adapters",
        answer=Compatibility,
        problems=("bad_service_code", "distribution_id_malformed", "adapter_not_found", "unit_not_found"),
    ),
)
