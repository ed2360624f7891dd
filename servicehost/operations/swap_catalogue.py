"""The use cases of stock, overridden verdicts and units that take over, bound to their ports."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from servicehost.domain.compatibility import Misfit
from servicehost.domain.depot import Depot, StockThreshold
from servicehost.domain.exchange import Exchange
from servicehost.domain.people import Actor
from servicehost.domain.rules import Verdict
from servicehost.domain.spare import Spare
from servicehost.domain.swap import SwapPolicy
from servicehost.domain.unit import Adapter, Unit
from servicehost.operations.move_spare import move_spare
from servicehost.operations.open_depot import open_depot, set_stock_threshold
from servicehost.operations.override_verdict import override_verdict, withdraw_override
from servicehost.operations.promote_adapter import promote_adapter, swap_in_standby
from servicehost.operations.reopen_exchange import reopen_exchange
from servicehost.operations.replace_unit import compare_unit, replace_unit
from servicehost.operations.taking_over import TakenOver, Takeover
from servicehost.ports.clock import Clock
from servicehost.ports.store import Store

__all__ = ["SwapCatalogue", "open_swap_catalogue"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SwapCatalogue:
    """Each field is the use case of that name; arguments go by position, as written there."""

    open_depot: Callable[[Actor, str, str, str], Awaitable[Depot]]
    set_stock_threshold: Callable[[Actor, str, str, int], Awaitable[StockThreshold]]
    move_spare: Callable[[Actor, str, str, str], Awaitable[Spare]]
    override_verdict: Callable[[Actor, int, Verdict, str], Awaitable[Exchange]]
    withdraw_override: Callable[[Actor, int, str], Awaitable[Exchange]]
    reopen_exchange: Callable[[Actor, int, str], Awaitable[Exchange]]
    promote_adapter: Callable[[Actor, str, str], Awaitable[Adapter]]
    swap_in_standby: Callable[[Actor, str, str, Takeover], Awaitable[TakenOver]]
    replace_unit: Callable[[Actor, str, str, Takeover], Awaitable[TakenOver]]
    compare_unit: Callable[[Actor, str, str], Awaitable[tuple[Unit | None, Unit, tuple[Misfit, ...]]]]


def open_swap_catalogue(*, store: Store, clock: Clock, policy: SwapPolicy) -> SwapCatalogue:
    """The catalogue of one host."""
    return SwapCatalogue(
        open_depot=partial(open_depot, store=store, clock=clock),
        set_stock_threshold=partial(set_stock_threshold, store=store, clock=clock),
        move_spare=partial(move_spare, store=store, clock=clock),
        override_verdict=partial(override_verdict, store=store, clock=clock),
        withdraw_override=partial(withdraw_override, store=store, clock=clock),
        reopen_exchange=partial(reopen_exchange, store=store, clock=clock, policy=policy),
        promote_adapter=partial(promote_adapter, store=store, clock=clock),
        swap_in_standby=partial(swap_in_standby, store=store, clock=clock, policy=policy),
        replace_unit=partial(replace_unit, store=store, clock=clock, policy=policy),
        compare_unit=partial(compare_unit, store=store, policy=policy),
    )
