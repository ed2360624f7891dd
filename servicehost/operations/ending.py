"""What follows when an adapter's contract, or its option, has ended: the bodies that the clock's door runs.

Each runs in one transaction with the mark that it was done, so a host that is killed runs it whole or not at all.
"""

from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from servicehost.domain.audit import Action, AuditEntry
from servicehost.domain.charge_proposal import ReturnPolicy
from servicehost.domain.contract import ManagementContract
from servicehost.domain.event import Event, EventClass, Severity
from servicehost.domain.exchange import Exchange, ExchangeState, Said
from servicehost.domain.fact_kind import Ownership
from servicehost.domain.fault import FaultEnd, FaultPhase
from servicehost.domain.option import OptionState
from servicehost.domain.unit import Adapter
from servicehost.domain.unit_return import OWED_STATES, ReturnSaid, ReturnState, UnitReturn
from servicehost.operations.casework import HOST, Word, fault_moves, move, release, tell
from servicehost.operations.ending_work import CONTRACT_ENDED, end_work_of_adapter, end_work_of_contract
from servicehost.operations.entitling import option_event, standing_of
from servicehost.operations.returning import move_return, return_event
from servicehost.ports.store import Batch

__all__ = ["call_off_returns", "carry_out_adapter", "carry_out_contract", "carry_out_option"]

OPTION_ENDED: Final = "option_ended"
_SWAPPED: Final = frozenset({ExchangeState.SWAPPED, ExchangeState.ACCEPTED})


def carry_out_contract(batch: Batch, contract: ManagementContract, now: int) -> None:
    """Its adapters end with it, its rollouts and what waits for its time stop, its delegates attend no more, its
    people's tokens and links end.
    """
    code = contract.management_code
    ends_at = now if contract.ends_at is None else contract.ends_at
    adapters = batch.adapters_of(code)
    for adapter in adapters:
        if adapter.out_of_service_at is None or adapter.out_of_service_at > ends_at:
            batch.set_out_of_service(adapter.service_code, ends_at)
    delegates = batch.delegates_of(code)
    for one in delegates:
        batch.end_delegate(msgspec.structs.replace(one, ended_at=now, ended_by=HOST, end_reason=CONTRACT_ENDED))
    stopped = end_work_of_contract(batch, code, now)
    batch.mark_contract_ended(code, now)
    batch.add_events([_event("contract_ended", now, code, adapters=len(adapters))])
    after = {"ended_at": now, "adapters": len(adapters), "delegates": len(delegates), **stopped}
    done = _record(Action.CARRY_OUT_CONTRACT_END, code, code, now)
    batch.append_audit([msgspec.structs.replace(done, before={"ended_at": None}, after=after)])


def carry_out_option(batch: Batch, adapter: Adapter, now: int) -> None:
    """The option is taken off, and a request for it is taken back; without either only its end is forgotten."""
    batch.set_option_end(adapter.service_code, None)
    if _take_off(batch, adapter, now, OPTION_ENDED):
        code = adapter.management_code
        done = _record(Action.CARRY_OUT_OPTION_END, adapter.service_code, code, now)
        before, after = {"option": adapter.option}, {"option": False}
        batch.append_audit([msgspec.structs.replace(done, before=before, after=after, reason=OPTION_ENDED)])


def carry_out_adapter(batch: Batch, adapter: Adapter, now: int, policy: ReturnPolicy) -> None:
    """What is under way for the adapter ends by name, and a unit that was lent falls due.

    Its session is the fences' matter; its binding stays until the unit is back, so that it is told why.
    """
    code, tenant = adapter.service_code, adapter.management_code
    word = Word(by=HOST, at=now, reason=CONTRACT_ENDED)
    ended = end_work_of_adapter(batch, adapter, now)
    exchange = batch.open_exchange_of(code)
    if exchange is not None:
        _end_exchange(batch, exchange, word)
    fault = batch.open_faults([code]).get(code)
    if fault is not None:
        fault_moves(batch, fault, FaultPhase.CLOSED, word, FaultEnd.CONTRACT_ENDED)
    _take_off(batch, adapter, now, CONTRACT_ENDED)
    owed = _owe(batch, adapter, word, policy)
    batch.mark_adapter_ended(code, now)
    tell(batch, [_event("adapter_contract_ended", now, tenant, service_code=code)])
    after = {
        **ended,
        "exchange": None if exchange is None else exchange.exchange,
        "fault": None if fault is None else fault.fault,
        "return": None if owed is None else owed.number,
    }
    before = {"out_of_service_at": adapter.out_of_service_at}
    done = _record(Action.CARRY_OUT_ADAPTER_END, code, tenant, now)
    batch.append_audit([msgspec.structs.replace(done, before=before, after=after)])


def call_off_returns(batch: Batch, adapter: Adapter, word: Word) -> None:
    """The adapter goes on after its end was carried out: what was to come back because of that is owed no more."""
    binding = batch.binding_of_adapter(adapter.service_code)
    if binding is not None:
        for one in _of_ended_contracts(batch.returns_of_units([binding.unit_id])):
            move_return(batch, one, ReturnSaid.CALL_OFF, word)
    batch.mark_adapter_ended(adapter.service_code, None)


def _end_exchange(batch: Batch, exchange: Exchange, word: Word) -> None:
    """Before the swap it is cancelled, after the manager's word it is closed, in between it has failed: the new unit
    has its place, and stays in it until it goes back like any other."""
    if exchange.state is ExchangeState.CONFIRMED:
        move(batch, exchange, Said.CLOSE, word)
    elif exchange.state in _SWAPPED:
        move(batch, exchange, Said.FAIL, word, reason=CONTRACT_ENDED)
    else:
        release(batch, exchange)
        move(batch, exchange, Said.CANCEL, word, reason=CONTRACT_ENDED)


def _take_off(batch: Batch, adapter: Adapter, now: int, reason: str) -> bool:
    """Whether there was an option, or a request for one."""
    request = standing_of(batch, adapter.service_code).record.request
    waits = request is not None and request.state is OptionState.WAITING
    if not adapter.option and not waits:
        return False
    (standing,) = batch.adapters([adapter.service_code])
    batch.set_adapter_terms(msgspec.structs.replace(standing, option=False))
    if request is not None:
        ended = msgspec.structs.replace(
            request, state=OptionState.DETACHED, decided_at=now, decided_by=HOST, reason=reason
        )
        batch.save_option_request(ended)
        tell(batch, [option_event(ended, "option_detached", HOST, now)])
    return True


def _owe(batch: Batch, adapter: Adapter, word: Word, policy: ReturnPolicy) -> UnitReturn | None:
    """The return of the unit that serves the adapter; None for one that the customer has brought, or without one."""
    binding = batch.binding_of_adapter(adapter.service_code)
    unit = None if binding is None else batch.units_by_id([binding.unit_id]).get(binding.unit_id)
    if unit is None or unit.ownership is not Ownership.RENTAL:
        return None
    before = next(_of_ended_contracts(batch.returns_of_units([unit.unit_id])), None)
    if before is not None:
        return before
    owed = batch.add_return(
        UnitReturn(
            number=0,
            exchange=None,
            service_code=adapter.service_code,
            management_code=adapter.management_code,
            unit_id=unit.unit_id,
            state=ReturnState.DUE,
            opened_at=word.at,
            due_at=word.at + policy.due_ms,
            changed_at=word.at,
            changed_by=word.by,
            why=CONTRACT_ENDED,
        )
    )
    tell(batch, [return_event(owed, "return_due", word, {"due_at": owed.due_at})])
    return owed


def _of_ended_contracts(returns: Iterable[UnitReturn]) -> Iterator[UnitReturn]:
    return (one for one in returns if one.exchange is None and one.state in OWED_STATES)


def _event(sub_type: str, at: int, management_code: str, *, service_code: str | None = None, **detail: int) -> Event:
    return Event(
        at=at,
        class_=EventClass.OPERATION,
        sub_type=sub_type,
        severity=Severity.NOTICE,
        management_code=management_code,
        service_code=service_code,
        actor=HOST,
        reason=CONTRACT_ENDED,
        detail=detail,
    )


def _record(action: Action, subject: str, management_code: str, at: int) -> AuditEntry:
    return AuditEntry(
        management_code=management_code, at=at, action=action, subject=subject, actor=HOST, reason=CONTRACT_ENDED
    )
