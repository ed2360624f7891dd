"""Runs what follows from what: the table is `domain.reaction.FOLLOWS`, this is its machine.

Each round takes the first waiting reaction of every adapter. It is dropped after it has run, so a host that is killed
in between runs it again: every operation here is harmless twice.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Final, TypeAlias

import structlog

from protocol.codes import CloseCode
from servicehost.domain.charge_proposal import ReturnPolicy
from servicehost.domain.contract import EVERYTHING
from servicehost.domain.errand import ErrandPolicy
from servicehost.domain.errors import Conflict, Refused
from servicehost.domain.event import Event, EventClass, Severity
from servicehost.domain.exchange import ExchangeRefusal
from servicehost.domain.reaction import Operation, Reaction, Retry, after_failure
from servicehost.domain.swap import SwapPolicy
from servicehost.operations.casework import HOST
from servicehost.operations.check_acceptance import check_acceptance
from servicehost.operations.close_exchange import close_exchange
from servicehost.operations.collect_return import call_off_collection, collect_returns
from servicehost.operations.judge_exchange import judge_exchange
from servicehost.operations.keep_custody import keep_custody
from servicehost.operations.order_exchange import call_off_order, change_order, order_exchange
from servicehost.operations.recall_order import recall_order
from servicehost.operations.reserve_unit import reserve_unit
from servicehost.operations.settle_charge import settle_charge, settle_return
from servicehost.operations.swap_unit import settle_swap
from servicehost.ports.carrier import Carrier, CarrierUnreachable
from servicehost.ports.clock import Clock
from servicehost.ports.line import Line
from servicehost.ports.store import Batch, Store

__all__ = ["Handler", "Reactions", "handlers"]

Handler: TypeAlias = Callable[[Reaction], Awaitable[object]]
MAX_ROUND: Final = 100
_MOOT: Final = frozenset(ExchangeRefusal)
_log = structlog.get_logger("reactions")


def handlers(
    *,
    store: Store,
    clock: Clock,
    line: Line,
    carrier: Carrier,
    policy: ReturnPolicy | None = None,
    errands: ErrandPolicy | None = None,
    replacing: SwapPolicy | None = None,
) -> Mapping[Operation, Handler]:
    """What runs for each operation of the table."""
    returns, targets = policy or ReturnPolicy(), errands or ErrandPolicy()
    swapping = replacing or SwapPolicy(returns=returns)

    async def tell_units(reaction: Reaction) -> None:
        for unit_id, below_epoch, *code in reaction.detail.get("end_sessions", ()):
            line.end(unit_id, below_epoch=below_epoch, code=CloseCode(code[0]) if code else CloseCode.UNBOUND)

    async def collect(reaction: Reaction) -> None:
        # After the end of a contract the customer sends the unit back: there is no errand that a driver could join.
        if "exchange" in reaction.detail:
            number = reaction.detail["exchange"]
            await collect_returns(number, store=store, clock=clock, carrier=carrier, policy=returns)

    async def settle(reaction: Reaction) -> None:
        if "exchange" in reaction.detail:
            await settle_charge(reaction.detail["exchange"], store=store, clock=clock, policy=returns)
        else:
            await settle_return(reaction.detail["return"], store=store, clock=clock, policy=returns)

    return {
        Operation.JUDGE_EXCHANGE: lambda r: judge_exchange(r.service_code, store=store, clock=clock),
        Operation.RESERVE_UNIT: lambda r: reserve_unit(r.detail["exchange"], store=store, clock=clock, policy=swapping),
        Operation.ORDER_EXCHANGE: lambda r: order_exchange(
            r.detail["exchange"], store=store, clock=clock, carrier=carrier, policy=targets
        ),
        Operation.CHANGE_ORDER: lambda r: change_order(
            r.detail["exchange"], store=store, carrier=carrier, policy=targets
        ),
        Operation.SETTLE_SWAP: lambda r: settle_swap(r.detail["exchange"], store=store, clock=clock),
        Operation.TELL_UNITS: tell_units,
        Operation.CHECK_ACCEPTANCE: lambda r: check_acceptance(r.detail["exchange"], store=store, clock=clock),
        Operation.CLOSE_EXCHANGE: lambda r: close_exchange(
            r.detail["exchange"], store=store, clock=clock, policy=returns
        ),
        Operation.CALL_OFF_ORDER: lambda r: call_off_order(r.detail["exchange"], store=store, carrier=carrier),
        Operation.KEEP_CUSTODY: lambda r: keep_custody(
            r.detail["exchange"], r.cause, r.caused_at, store=store, policy=returns
        ),
        Operation.COLLECT_RETURN: collect,
        Operation.CALL_OFF_COLLECTION: lambda r: call_off_collection(r.detail["return"], carrier=carrier),
        Operation.SETTLE_CHARGE: settle,
        Operation.RECALL_ORDER: lambda r: recall_order(
            r.detail["exchange"], r.detail["proposal"], store=store, clock=clock, carrier=carrier
        ),
    }


class Reactions:
    """The machine. One of a host runs at a time; two hosts that run the same reaction do no harm."""

    def __init__(
        self, *, store: Store, clock: Clock, handlers: Mapping[Operation, Handler], retry: Retry | None = None
    ) -> None:
        self._store = store
        self._clock = clock
        self._handlers = handlers
        self._retry = retry or Retry()

    async def run_due(self) -> int:
        """Run what is due until nothing is; how many were run. Raises StoreFull; a failing reaction raises nothing."""
        ran = 0
        while done := await self.run_round():
            ran += done
        return ran

    async def run_round(self) -> int:
        """The first waiting reaction of each adapter, at most 100; how many were run."""
        now = self._clock.wall()
        due = await self._store.batch(EVERYTHING, lambda batch: batch.due_reactions(now, MAX_ROUND))
        outcomes = await asyncio.gather(*(self._run(reaction) for reaction in due))
        if due:
            await self._store.batch(EVERYTHING, lambda batch: self._write(batch, list(zip(due, outcomes, strict=True))))
        return len(due)

    async def _run(self, reaction: Reaction) -> tuple[str, str] | None:
        """None once it has run, or has nothing to do any more; else the code and the text of the failure."""
        try:
            await self._handlers[reaction.operation](reaction)
        except Conflict as conflict:
            # The exchange has moved on or ended meanwhile: there is nothing left to follow.
            return None if conflict.code in _MOOT else (conflict.code, conflict.text)
        except Refused as refused:
            return refused.code, refused.text
        except CarrierUnreachable as unreachable:
            return unreachable.code, str(unreachable)
        except Exception as error:
            _log.exception("reaction_failed", number=reaction.number, operation=reaction.operation)
            return "host_fault", repr(error)
        return None

    def _write(self, batch: Batch, ran: list[tuple[Reaction, tuple[str, str] | None]]) -> None:
        now = self._clock.wall()
        for reaction, failure in ran:
            if failure is None:
                batch.drop_reaction(reaction.number)
                continue
            after = after_failure(reaction, *failure, now, self._retry)
            batch.save_reaction(after)
            if after.parked_at is not None:
                batch.add_events([_parked(after, now)])


def _parked(reaction: Reaction, now: int) -> Event:
    return Event(
        at=now,
        class_=EventClass.OPERATION,
        sub_type="reaction_parked",
        severity=Severity.ERROR,
        management_code=reaction.management_code,
        service_code=reaction.service_code,
        actor=HOST,
        reason=reaction.failure,
        detail={"reaction": reaction.number, "operation": reaction.operation, "text": reaction.text},
    )
