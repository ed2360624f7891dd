"""The bodies that begin an exchange: the fault that it is about, and the exchange itself."""

import msgspec

from servicehost.domain.exchange import Exchange, ExchangeState, Step
from servicehost.domain.fault import Fault, FaultNews, FaultPhase, next_phase, opened
from servicehost.domain.unit import Adapter
from servicehost.operations.casework import Word, fault_event, fault_moves, tell
from servicehost.ports.store import Batch

__all__ = ["add_requested", "fault_of_request"]


def fault_of_request(batch: Batch, adapter: Adapter, word: Word, *, registered: bool) -> Fault | None:
    """The fault it is about. A stranger's word neither opens a case nor makes more of a suspicion."""
    fault = batch.open_faults([adapter.service_code]).get(adapter.service_code)
    if not registered:
        return fault
    phase = next_phase(fault, FaultNews.REPORTED)
    if fault is not None:
        return fault if phase is None else fault_moves(batch, fault, phase, word)
    binding = batch.binding_of_adapter(adapter.service_code)
    unit_id = None if binding is None else binding.unit_id
    new = opened(adapter.service_code, adapter.management_code, unit_id, phase or FaultPhase.OPEN, word.at)
    fault = batch.add_fault(new)
    tell(batch, [fault_event(fault, "fault_opened", msgspec.structs.replace(word, reason="reported"))])
    return fault


def add_requested(
    batch: Batch, adapter: Adapter, fault: Fault | None, word: Word, *, attendee: str = "", former: int | None = None
) -> Exchange:
    """The exchange with its number and its first step."""
    binding = batch.binding_of_adapter(adapter.service_code)
    exchange = batch.add_exchange(
        Exchange(
            exchange=0,
            service_code=adapter.service_code,
            management_code=adapter.management_code,
            fault=None if fault is None else fault.fault,
            state=ExchangeState.REQUESTED,
            requested_by=word.by,
            requested_at=word.at,
            changed_at=word.at,
            attendee=attendee[:100],
            former=former,
            old_unit_id=None if binding is None else binding.unit_id,
        )
    )
    step = Step(
        exchange=exchange.exchange,
        management_code=exchange.management_code,
        state=exchange.state,
        at=word.at,
        by=word.by,
        reason=word.reason,
    )
    batch.save_exchange(exchange, step)
    return exchange
