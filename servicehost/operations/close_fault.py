"""A person closes a fault that needs no exchange."""

from collections.abc import Mapping
from typing import Final

from servicehost.domain.audit import Action
from servicehost.domain.errors import Conflict, Forbidden, NotFound
from servicehost.domain.fault import Fault, FaultEnd, FaultNews, next_phase
from servicehost.domain.people import Actor, Right
from servicehost.operations.casework import Word, case_record, fault_moves
from servicehost.operations.grounds import ground
from servicehost.ports.clock import Clock
from servicehost.ports.store import Batch, Store

__all__ = ["close_fault"]

_NEEDED: Final[Mapping[FaultEnd, Right]] = {
    FaultEnd.WITHDRAWN: Right.EXCHANGE,
    FaultEnd.NO_FAULT_FOUND: Right.TRIAGE,
}
"""Every other end is the host's to say."""


async def close_fault(actor: Actor, fault: int, end: FaultEnd, *, store: Store, clock: Clock) -> Fault:
    """The fault, closed; closed again, as it stands.

    To withdraw it is the customer's, and the provider's people do so under a consent; to find that there is none is the
    provider's. Raises Forbidden `no_right` or `consent_needed`; NotFound `fault_not_found`; Conflict `exchange_open`:
    end or cancel that first.
    """
    needed = _NEEDED.get(end)
    if needed is None:
        raise Forbidden("no_right", f"Nobody closes a fault as {end}: the host finds that out")
    now = clock.wall()

    def work(batch: Batch) -> Fault:
        standing = batch.fault(fault)
        if standing is None:
            raise NotFound("fault_not_found", f"There is no fault {fault}")
        closer = ground(batch, actor, needed, standing.service_code, now)
        word = Word(by=closer.author, at=now, actor=closer)
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
