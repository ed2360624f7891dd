"""The bodies that several steps of the story share: tell an event with what follows from it, move an exchange."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from servicehost.domain.audit import Action, AuditEntry
from servicehost.domain.contract import EVERYTHING, Scope
from servicehost.domain.errors import NotFound
from servicehost.domain.event import Event, EventClass, Severity
from servicehost.domain.exchange import Exchange, ExchangeState, Said, Step, next_state
from servicehost.domain.fault import Fault, FaultEnd, FaultPhase
from servicehost.domain.people import Actor
from servicehost.domain.reaction import follow
from servicehost.domain.spare import SpareState
from servicehost.operations.deed import of_person, recorded
from servicehost.ports.store import Batch

__all__ = [
    "HOST",
    "Word",
    "case_record",
    "exchange_event",
    "fault_event",
    "fault_moves",
    "move",
    "release",
    "tell",
    "the_exchange",
]

HOST: Final = "host"
_LOUD: Final[Mapping[str, Severity]] = {
    "exchange_failed": Severity.ERROR,
    "exchange_declined": Severity.NOTICE,
    "exchange_cancelled": Severity.NOTICE,
    "fault_opened": Severity.WARNING,
    "fault_suspected": Severity.WARNING,
}


_ACTIONS: Final[Mapping[Said, Action]] = {
    Said.UNDECIDE: Action.JUDGE_EXCHANGE,
    Said.DECLINE: Action.JUDGE_EXCHANGE,
    Said.GRANT: Action.JUDGE_EXCHANGE,
    Said.RESERVE: Action.RESERVE_UNIT,
    Said.ORDER: Action.ORDER_EXCHANGE,
    Said.ARRIVE: Action.TAKE_ARRIVAL,
    Said.SWAP: Action.SETTLE_SWAP,
    Said.ACCEPT: Action.CHECK_ACCEPTANCE,
    Said.CONFIRM: Action.CONFIRM_RECOVERY,
    Said.CLOSE: Action.CLOSE_EXCHANGE,
    Said.CANCEL: Action.CANCEL_EXCHANGE,
    Said.FAIL: Action.FAIL_EXCHANGE,
    Said.TAKE_OVER: Action.REPLACE_UNIT,
    Said.OVERRULE: Action.OVERRIDE_VERDICT,
    Said.REOPEN: Action.REOPEN_EXCHANGE,
}
_TOLD: Final[Mapping[Said, str]] = {
    Said.UNDECIDE: "undecided",
    Said.OVERRULE: "overruled",
    Said.REOPEN: "reopened",
}
"""What is told under another name than that of the state."""
_RECORDED: Final = ("state", "method", "charge", "old_unit_id", "new_unit_id", "expected_firmware", "binding")


class Word(msgspec.Struct, frozen=True, kw_only=True):
    """Who says something, when, and why. `actor` is set when it is a person who is logged in.

    `own_words` says that the reason is what that person wrote; else it is one of ours.
    """

    by: str
    at: int
    reason: str | None = None
    actor: Actor | None = None
    own_words: bool = False
    note: str = ""
    """What the person wrote beside a reason that is one of ours."""
    action: Action | None = None
    """What is recorded, where it is not what the table's word alone says."""


def tell(batch: Batch, events: Sequence[Event]) -> None:
    """Write events and, in the same transaction, the reactions to them."""
    batch.add_events(events)
    batch.add_reactions([reaction for event in events for reaction in follow(event)])


def the_exchange(batch: Batch, number: int, scope: Scope = EVERYTHING) -> Exchange:
    """Raises NotFound `exchange_not_found`, also for one outside `scope`.

    A step that a customer takes moves the provider's stock too, so it runs on a batch of everything and asks here.
    """
    exchange = batch.exchange(number)
    if exchange is None or not scope.sees(exchange.management_code):
        raise NotFound("exchange_not_found", f"There is no exchange {number}")
    return exchange


def move(
    batch: Batch, exchange: Exchange, said: Said, word: Word, detail: Mapping[str, Any] | None = None, **changes: Any
) -> Exchange | None:
    """The exchange after something was said of it, written with step, event and record; None when it changed nothing.

    Raises Conflict with an `ExchangeRefusal` as its code.
    """
    state = next_state(exchange, said)
    if state is None:
        return None
    # Only what is reserved and not ordered can be held.
    held = exchange.held if state is ExchangeState.RESERVED else None
    after = msgspec.structs.replace(exchange, **({"state": state, "changed_at": word.at, "held": held} | changes))
    step = Step(
        exchange=after.exchange,
        management_code=after.management_code,
        state=state,
        at=word.at,
        by=word.by[:255],
        reason=word.reason,
    )
    batch.save_exchange(after, step)
    batch.append_audit([_moved(exchange, after, said, word, detail or {})])
    told = _TOLD.get(said, state.value)
    tell(batch, [exchange_event(after, f"exchange_{told}", word, detail)])
    return after


def _moved(before: Exchange, after: Exchange, said: Said, word: Word, detail: Mapping[str, Any]) -> AuditEntry:
    """Only what changed stands in it, and the state in any case."""
    changed = [name for name in _RECORDED if name == "state" or getattr(before, name) != getattr(after, name)]
    told = {name: value for name, value in detail.items() if name not in ("end_sessions", "charge")}
    return case_record(
        word,
        word.action or _ACTIONS[said],
        f"exchange {after.exchange}",
        after.management_code,
        before={name: getattr(before, name) for name in changed},
        after={name: getattr(after, name) for name in changed} | told,
    )


def case_record(
    word: Word,
    action: Action,
    subject: str,
    management_code: str,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> AuditEntry:
    """The record of a word about a case, for its contract's chain: a person's, or the host's, a unit's, a carrier's."""
    person = word.actor
    if person is not None:
        entry = recorded(person, word.at, action, subject, management_code=management_code, before=before, after=after)
        own = of_person(person, word.reason) if word.own_words and word.reason else word.reason
        return msgspec.structs.replace(entry, reason=own)
    return AuditEntry(
        management_code=management_code,
        at=word.at,
        action=action,
        subject=subject,
        actor=word.by,
        before=before or {},
        after=after or {},
        reason=word.reason,
    )


def exchange_event(exchange: Exchange, sub_type: str, word: Word, detail: Mapping[str, Any] | None = None) -> Event:
    """An event about an exchange; its detail names it, for people and for reactions."""
    known = {"exchange": exchange.exchange, "fault": exchange.fault, "method": exchange.method}
    return Event(
        at=word.at,
        class_=EventClass.OPERATION,
        sub_type=sub_type,
        severity=_LOUD.get(sub_type, Severity.INFO),
        management_code=exchange.management_code,
        service_code=exchange.service_code,
        unit_id=exchange.new_unit_id if exchange.swapped_at is not None else exchange.old_unit_id,
        actor=word.by[:64],
        reason=word.reason[:64] if word.reason else None,
        detail={name: value for name, value in (known | dict(detail or {})).items() if value is not None},
    )


def fault_event(fault: Fault, sub_type: str, word: Word, detail: Mapping[str, Any] | None = None) -> Event:
    """An event about a fault."""
    return Event(
        at=word.at,
        class_=EventClass.MONITOR,
        sub_type=sub_type,
        severity=_LOUD.get(sub_type, Severity.INFO),
        management_code=fault.management_code,
        service_code=fault.service_code,
        unit_id=fault.unit_id,
        actor=word.by[:64],
        reason=word.reason[:64] if word.reason else None,
        detail={"fault": fault.fault} | dict(detail or {}),
    )


def fault_moves(batch: Batch, fault: Fault, phase: FaultPhase, word: Word, end: FaultEnd | None = None) -> Fault:
    """The fault in its new phase, written and told; `end` names why it is closed."""
    closed_at = word.at if phase is FaultPhase.CLOSED else None
    after = msgspec.structs.replace(fault, phase=phase, changed_at=word.at, closed_at=closed_at, reason=end)
    batch.save_fault(after)
    told = {FaultPhase.OPEN: "fault_opened", FaultPhase.CLOSED: "fault_closed"}.get(phase, f"fault_{phase}")
    told = "fault_reopened" if fault.phase is FaultPhase.CLOSED else told
    named = word if end is None else msgspec.structs.replace(word, reason=end)
    tell(batch, [fault_event(after, told, named)])
    return after


def release(batch: Batch, exchange: Exchange) -> None:
    """The unit set aside is wanted no more: back into stock, or out of the house until a dispatcher has it back."""
    spare = None if exchange.new_unit_id is None else batch.spare(exchange.new_unit_id)
    if spare is None or spare.exchange != exchange.exchange:
        return
    at_home = exchange.state is ExchangeState.RESERVED
    state = SpareState.FREE if at_home else SpareState.OUT
    batch.put_spare(msgspec.structs.replace(spare, state=state, exchange=None, management_code=None))
