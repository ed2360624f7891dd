"""A person closes a fault that needs no exchange."""

from collections.abc import Mapping
from typing import Final

from servicehost.domain.audit import Action
from servicehost.domain.errors import Conflict, Forbidden, NotFound
from servicehost.domain.fault import Fault, FaultEnd, FaultNews, next_phase
from servicehost.domain.people import Actor, Role
from servicehost.operations.casework import Word, case_record, fault_moves
from servicehost.ports.clock import Clock
from servicehost.ports.store import Batch, Store

__all__ = ["close_fault"]

_MAY_CLOSE: Final[Mapping[Role, frozenset[FaultEnd]]] = {
    Role.OPERATION_MANAGER: frozenset({FaultEnd.WITHDRAWN}),
    Role.SUPPORT: frozenset({FaultEnd.NO_FAULT_FOUND}),
    Role.DISPATCHER: frozenset({FaultEnd.NO_FAULT_FOUND}),
}


async def close_fault(actor: Actor, fault: int, end: FaultEnd, *, store: Store, clock: Clock) -> Fault:
    """The fault, closed; closed again, as it stands.

    Raises Forbidden `no_right`; NotFound `fault_not_found`; Conflict `exchange_open`: end or cancel that first.
    """
    if end not in _MAY_CLOSE[actor.role]:
        raise Forbidden("no_right", f"{actor.master_id} ({actor.role}) has no right to close a fault as {end}")
    word = Word(by=actor.master_id, at=clock.wall(), actor=actor)

    def work(batch: Batch) -> Fault:
        standing = batch.fault(fault)
        if standing is None:
            raise NotFound("fault_not_found", f"There is no fault {fault}")
        phase = next_phase(standing, FaultNews.CLOSED)
        if phase is None:
            return standing
        exchange = batch.open_exchange_of(standing.service_code)
        if exchange is not None:
            raise Conflict("exchange_open", f"Exchange {exchange.exchange} is open; end or cancel it first")
        after = fault_moves(batch, standing, phase, word, end)
        entry = case_record(
            word,
            Action.CLOSE_FAULT,
            f"fault {fault}",
            after.management_code,
            before={"phase": standing.phase},
            after={"phase": after.phase, "end": end},
        )
        batch.append_audit([entry])
        return after

    return await store.batch(actor.scope, work)
