"""Exchanges: asked for, judged, carried out and confirmed. Every step is read with `readExchange`."""

from typing import Final, TypeVar

from msgspec import UNSET, UnsetType

from servicehost.domain.errors import NotFound
from servicehost.domain.exchange import ExchangeRefusal
from servicehost.domain.people import Right
from servicehost.operations.request_exchange import ExchangeRequest
from servicehost.operations.reserve_unit import Choice
from servicehost.operations.state_fact import Statement
from servicehost.web.call import Call, Reply
from servicehost.web.case_answers import ExchangeAnswer, ExchangeCase, Exchanges
from servicehost.web.case_orders import (
    CancelOrder,
    ExchangeOrder,
    ExchangesQuery,
    FactOrder,
    FailureOrder,
    ReservationOrder,
    SwapOrder,
)
from servicehost.web.enquiry_answers import ExchangeRequested
from servicehost.web.route import Route

__all__ = ["ROUTES"]

_T = TypeVar("_T")
_TABLE: Final = ("exchange_not_found", *(refusal.value for refusal in ExchangeRefusal))


_DELEGATE: Final = ("delegate_not_found", "delegate_may_not_attend")


def _given(value: _T | UnsetType) -> _T | None:
    return None if isinstance(value, UnsetType) else value


async def _request(call: Call) -> Reply:
    order = call.body(ExchangeOrder)
    request = ExchangeRequest(
        service_code=order.service_code,
        attendee=_given(order.attendee) or "",
        delegate=_given(order.delegate),
        attended=_given(order.attended),
        site=_given(order.site),
        location=_given(order.location),
        reason=order.reason,
        former=_given(order.former),
    )
    exchange = await call.door.cases.request_exchange(call.actor, request)
    view = await call.door.reads.adapter(call.scope, exchange.service_code)
    option = view is not None and view.adapter.option
    answer = ExchangeRequested.of_asked(exchange, option, call.door.hours, call.door.clock.wall())
    return Reply(value=answer, location=f"/api/v1/exchanges/{exchange.exchange}")


async def _exchanges(call: Call) -> Reply:
    query = call.query(ExchangesQuery)
    found = await call.door.reads.exchanges(
        call.scope,
        service_code=None if query.service_code is UNSET else query.service_code,
        after=query.after,
        limit=query.limit + 1,
        newest_first=query.newest_first,
    )
    page = found[: query.limit]
    following = page[-1].exchange if len(found) > query.limit else None
    return Reply(value=Exchanges(items=[ExchangeAnswer.of(one) for one in page], next=following))


async def _exchange(call: Call) -> Reply:
    number = call.number("exchange")
    view = await call.door.reads.exchange(call.scope, number)
    if view is None:
        raise NotFound("exchange_not_found", f"There is no exchange {number}")
    return Reply(value=ExchangeCase.of_view(view))


async def _state(call: Call) -> Reply:
    order = call.body(FactOrder)
    statement = Statement(
        name=order.name,
        value=order.value,
        source=_given(order.source),
        settles=order.settles,
        attendee=_given(order.attendee) or "",
        reason=order.reason,
        delegate=_given(order.delegate),
    )
    exchange = await call.door.cases.state_fact(call.actor, call.number("exchange"), statement)
    return Reply(value=ExchangeAnswer.of(exchange))


async def _reserve(call: Call) -> Reply:
    order = call.body(ReservationOrder)
    choice = Choice(
        distribution_id=order.distribution_id,
        override=order.override,
        expected_firmware=_given(order.expected_firmware),
        reason=order.reason,
    )
    exchange = await call.door.cases.reserve_unit(call.actor, call.number("exchange"), choice)
    return Reply(value=ExchangeAnswer.of(exchange))


async def _swap(call: Call) -> Reply:
    attendee = _given(call.body(SwapOrder).attendee) or ""
    return Reply(
        value=ExchangeAnswer.of(await call.door.cases.swap_unit(call.actor, call.number("exchange"), attendee))
    )


async def _confirm(call: Call) -> Reply:
    return Reply(value=ExchangeAnswer.of(await call.door.cases.confirm_recovery(call.actor, call.number("exchange"))))


async def _cancel(call: Call) -> Reply:
    reason = call.body(CancelOrder).reason
    exchange = await call.door.cases.cancel_exchange(call.actor, call.number("exchange"), reason)
    return Reply(value=ExchangeAnswer.of(exchange))


async def _fail(call: Call) -> Reply:
    failure = call.body(FailureOrder).failure
    exchange = await call.door.cases.fail_exchange(call.actor, call.number("exchange"), failure)
    return Reply(value=ExchangeAnswer.of(exchange))


ROUTES: Final = (
    Route(
        method="POST",
        path="/api/v1/exchanges",
        handler=_request,
        name="requestExchange",
        summary="Ask for an exchange; who asks is judged with the rest, and the verdict follows within moments",
        tag="exchanges",
        body=ExchangeOrder,
        answer=ExchangeRequested,
        status=201,
        problems=(
            "adapter_not_found",
            "exchange_open",
            "attendance_contradicts",
            "not_a_former_exchange",
            *_DELEGATE,
        ),
    ),
    Route(
        method="GET",
        path="/api/v1/exchanges",
        handler=_exchanges,
        name="listExchanges",
        summary="Exchanges, oldest or newest first, of one adapter or all",
        tag="exchanges",
        query=ExchangesQuery,
        answer=Exchanges,
    ),
    Route(
        method="GET",
        path="/api/v1/exchanges/{exchange}",
        handler=_exchange,
        name="readExchange",
        summary="One exchange: verdict, charge and every rule in words, both units, steps, checks and missing facts",
        tag="exchanges",
        answer=ExchangeCase,
        problems=("exchange_not_found",),
    ),
    Route(
        method="POST",
        path="/api/v1/exchanges/{exchange}/facts",
        handler=_state,
        name="stateFact",
        summary="State a fact; what is not ordered yet is judged again",
        tag="exchanges",
        body=FactOrder,
        answer=ExchangeAnswer,
        problems=(
            "consent_needed",
            "exchange_not_found",
            "not_yours_to_state",
            "bad_fact",
            "no_reason",
            "exchange_ended",
            "attendance_contradicts",
            *_DELEGATE,
        ),
    ),
    Route(
        method="POST",
        path="/api/v1/exchanges/{exchange}/reservation",
        handler=_reserve,
        name="reserveUnit",
        summary="Set a named spare aside; without this the host takes the nearest that fits",
        tag="exchanges",
        right=Right.DISPATCH,
        body=ReservationOrder,
        answer=ExchangeAnswer,
        problems=(
            "distribution_id_malformed",
            "unit_not_found",
            "not_in_stock",
            "wrong_model",
            "does_not_fit",
            "served_before",
            "no_reason",
            "reserved_already",
            *_TABLE,
        ),
    ),
    Route(
        method="POST",
        path="/api/v1/exchanges/{exchange}/swap",
        handler=_swap,
        name="swapUnit",
        summary='Say "swap now": the units change places as soon as the new one has said hello',
        tag="exchanges",
        body=SwapOrder,
        answer=ExchangeAnswer,
        problems=("consent_needed", "not_the_attendee", *_TABLE),
    ),
    Route(
        method="POST",
        path="/api/v1/exchanges/{exchange}/confirmation",
        handler=_confirm,
        name="confirmRecovery",
        summary="Confirm that the network works again; the case closes within moments",
        tag="exchanges",
        right=Right.EXCHANGE,
        answer=ExchangeAnswer,
        problems=_TABLE,
    ),
    Route(
        method="POST",
        path="/api/v1/exchanges/{exchange}/cancellation",
        handler=_cancel,
        name="cancelExchange",
        summary="Call an exchange off while the old unit still has its place",
        tag="exchanges",
        body=CancelOrder,
        answer=ExchangeAnswer,
        problems=("consent_needed", "no_reason", *_TABLE),
    ),
    Route(
        method="POST",
        path="/api/v1/exchanges/{exchange}/failure",
        handler=_fail,
        name="failExchange",
        summary="Report that it cannot go on; after a swap the old unit serves again if it is still free",
        tag="exchanges",
        body=FailureOrder,
        answer=ExchangeAnswer,
        problems=_TABLE,
    ),
)
