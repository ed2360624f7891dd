"""The charge of an exchange, judged again with what its return has brought, and what is proposed because of it."""

from typing import Final

import msgspec

from servicehost.domain.audit import Action
from servicehost.domain.charge import CHARGE_RULES, ChargeCode, Charging, charge
from servicehost.domain.charge_proposal import (
    ChargeEvidence,
    ChargeItem,
    ChargeProposal,
    ProposalState,
    ReturnPolicy,
    Tax,
    Wanted,
    difference,
    total,
    wanted,
)
from servicehost.domain.contract import EVERYTHING
from servicehost.domain.event import Event, EventClass, Severity
from servicehost.domain.exchange import Exchange, ExchangeState
from servicehost.domain.explanation import explain
from servicehost.domain.fact import Fact, Facts
from servicehost.domain.fact_kind import FactName, Source
from servicehost.domain.instant import as_datetime, from_datetime
from servicehost.domain.unit_return import OUTCOME_STATES, ReturnState, UnitReturn, return_facts
from servicehost.operations.casework import HOST, Word, case_record, tell, the_exchange
from servicehost.operations.returning import the_return
from servicehost.ports.clock import Clock
from servicehost.ports.store import Batch, Store

__all__ = ["charge_event", "price_charges", "settle_charge", "settle_charges", "settle_return"]

_OF_RETURNS: Final = frozenset({FactName.INSPECTION, FactName.ACCESSORIES})
_BY_RETURN: Final = frozenset(
    {
        ChargeCode.NO_FAULT_FOUND,
        ChargeCode.NEVER_RETURNED,
        ChargeCode.DAMAGE_FOUND,
        ChargeCode.MODIFICATION_FOUND,
        ChargeCode.ACCESSORIES,
    }
)
_OWED_AS_REPLACED: Final = frozenset({"exchange_arrived", "exchange_swapped"})
"""Why a unit that was replaced is owed; a replacement that was given up is owed for other reasons."""
_REPLACEMENT_RULES: Final = tuple(rule for rule in CHARGE_RULES if rule.code in _BY_RETURN)
"""Of a replacement that comes back: what triage found is about the unit that it was to replace."""


async def settle_charge(exchange: int, *, store: Store, clock: Clock, policy: ReturnPolicy) -> None:
    """Judge the charge of one exchange again and propose what follows. Harmless twice. Raises NotFound."""
    now = clock.wall()
    await store.batch(EVERYTHING, lambda batch: settle_charges(batch, the_exchange(batch, exchange), now, policy))


async def settle_return(number: int, *, store: Store, clock: Clock, policy: ReturnPolicy) -> None:
    """The same for a return that no exchange has brought about. Harmless twice. Raises NotFound `return_not_found`."""
    now = clock.wall()
    await store.batch(EVERYTHING, lambda batch: _settle_alone(batch, the_return(batch, number), now, policy))


async def price_charges(limit: int = 100, *, store: Store, clock: Clock, policy: ReturnPolicy) -> int:
    """The clock's door: proposals that wait for a price are made anew once the list has it. How many were looked at."""
    now = clock.wall()

    def work(batch: Batch) -> int:
        unpriced = batch.unpriced_proposals(limit)
        waiting = {one.exchange for one in unpriced if one.exchange is not None}
        alone = {one.evidence.unit_return for one in unpriced if one.exchange is None}
        for number in sorted(waiting):
            settle_charges(batch, the_exchange(batch, number), now, policy)
        for number in sorted(alone):
            _settle_alone(batch, the_return(batch, number), now, policy)
        return len(waiting) + len(alone)

    return await store.batch(EVERYTHING, work)


def settle_charges(batch: Batch, exchange: Exchange, now: int, policy: ReturnPolicy) -> Exchange:
    """The exchange with its charge as it stands now. What is proposed waits until the exchange is closed, or until it
    is known what became of the unit."""
    noted = exchange
    for returned in batch.returns_of_exchange(exchange.exchange):
        charging = _charging(batch, exchange, returned)
        if returned.unit_id == exchange.old_unit_id and returned.state is not ReturnState.CALLED_OFF:
            noted = _note(batch, noted, charging)
        ripe = exchange.state is ExchangeState.CLOSED or returned.state in OUTCOME_STATES
        if ripe or returned.state is ReturnState.CALLED_OFF:
            _settle(batch, returned, charging, now, policy)
    return noted


def _settle_alone(batch: Batch, returned: UnitReturn, now: int, policy: ReturnPolicy) -> None:
    if returned.state in OUTCOME_STATES or returned.state is ReturnState.CALLED_OFF:
        _settle(batch, returned, _by_return(batch, returned), now, policy)


def _charging(batch: Batch, exchange: Exchange, returned: UnitReturn) -> Charging:
    replaced = returned.unit_id == exchange.old_unit_id or returned.why in _OWED_AS_REPLACED
    if not replaced:
        return _by_return(batch, returned)
    stated = [fact for fact in batch.facts_of(exchange) if fact.name not in _OF_RETURNS]
    if returned.unit_id != exchange.old_unit_id and exchange.reopened_at is not None:
        # Of an earlier time round: what was found out since is about the unit after it.
        stated = [fact for fact in stated if from_datetime(fact.time) < exchange.reopened_at]
    return charge(Facts(statements=(*stated, *return_facts(returned))))


def _by_return(batch: Batch, returned: UnitReturn) -> Charging:
    """By what became of the unit alone: no fault of its own is spoken of."""
    unit = batch.units_by_id([returned.unit_id])[returned.unit_id]
    owner = Fact(
        name=FactName.OWNERSHIP,
        value=unit.ownership,
        source=Source.CONTRACT,
        time=as_datetime(returned.opened_at),
        author=HOST,
    )
    return charge(Facts(statements=(owner, *return_facts(returned))), _REPLACEMENT_RULES)


def _note(batch: Batch, exchange: Exchange, charging: Charging) -> Exchange:
    if exchange.judged is None:
        return exchange
    judged = msgspec.structs.replace(exchange.judged, charge=charging.charge, charge_trace=explain(charging.trace))
    after = msgspec.structs.replace(exchange, charge=charging.charge, judged=judged)
    if after != exchange:
        batch.save_exchange(after, None)
    return after


def _settle(batch: Batch, returned: UnitReturn, charging: Charging, now: int, policy: ReturnPolicy) -> None:
    earlier = _of_return(batch.proposals_of(returned.exchange, returned.unit_id), returned)
    standing = [one for one in earlier if one.state is not ProposalState.WITHDRAWN]
    approved = [one for one in earlier if one.state is ProposalState.APPROVED]
    model = batch.units_by_id([returned.unit_id])[returned.unit_id].model
    called_off = returned.state is ReturnState.CALLED_OFF
    want = Wanted() if called_off else wanted(charging, returned, model, policy)
    items = difference(want.items, approved)
    rule = want.rule or (approved[-1].rule if approved else "")
    last = standing[-1] if standing else None
    if last is not None and last.state is not ProposalState.APPROVED and _same(last, rule, items, want):
        return
    if last is not None and last.state is ProposalState.PROPOSED:
        _withdraw(batch, last, now)
    if items:
        corrects = approved[-1].proposal if approved else None
        offer = _Offer(rule=rule, items=items, asks=want.asks, corrects=corrects, tax=policy.tax)
        _propose(batch, returned, charging, offer, now)


def _of_return(proposals: list[ChargeProposal], returned: UnitReturn) -> list[ChargeProposal]:
    """A unit may come back from one ended contract and, later, from another."""
    if returned.exchange is not None:
        return proposals
    return [one for one in proposals if one.evidence.unit_return == returned.number]


def _handovers(batch: Batch, returned: UnitReturn) -> tuple[int, ...]:
    every = [one for chain in batch.chains([returned.unit_id]).values() for one in chain]
    since = 0 if returned.exchange is not None else returned.opened_at
    return tuple(sorted(one.handover for one in every if one.exchange == returned.exchange and one.at >= since))


class _Offer(msgspec.Struct, frozen=True, kw_only=True):
    rule: str
    items: tuple[ChargeItem, ...]
    asks: bool
    corrects: int | None
    tax: Tax


def _same(one: ChargeProposal, rule: str, items: tuple[ChargeItem, ...], want: Wanted) -> bool:
    return (one.rule, one.items, one.asks) == (rule, items, want.asks)


def _withdraw(batch: Batch, one: ChargeProposal, now: int) -> None:
    gone = msgspec.structs.replace(one, state=ProposalState.WITHDRAWN, decided_at=now, decided_by=HOST)
    batch.save_proposal(gone)
    _record(batch, Action.WITHDRAW_CHARGE, gone, one.state, now)
    tell(batch, [charge_event(gone, "charge_withdrawn", HOST, now)])


def _propose(batch: Batch, returned: UnitReturn, charging: Charging, offer: _Offer, now: int) -> None:
    line = next(line for line in explain(charging.trace) if line.code == offer.rule)
    made = batch.add_proposal(
        ChargeProposal(
            proposal=0,
            exchange=returned.exchange,
            service_code=returned.service_code,
            management_code=returned.management_code,
            unit_id=returned.unit_id,
            rule=offer.rule,
            items=offer.items,
            total=total(offer.items),
            tax=offer.tax,
            asks=offer.asks,
            state=ProposalState.PROPOSED,
            proposed_at=now,
            evidence=ChargeEvidence(rule=line, unit_return=returned.number, handovers=_handovers(batch, returned)),
            corrects=offer.corrects,
        )
    )
    _record(batch, Action.PROPOSE_CHARGE, made, None, now)
    tell(batch, [charge_event(made, "charge_proposed", HOST, now)])


def _record(batch: Batch, action: Action, one: ChargeProposal, before: str | None, now: int) -> None:
    after = {"state": one.state, "exchange": one.exchange, "rule": one.rule, "total": one.total}
    word, subject = Word(by=HOST, at=now, reason=one.rule), f"charge {one.proposal}"
    batch.append_audit([case_record(word, action, subject, one.management_code, before={"state": before}, after=after)])


def charge_event(one: ChargeProposal, sub_type: str, by: str, at: int, note: str = "") -> Event:
    """An event about a proposal; `reason` is its rule, what a person wrote is a note."""
    detail = {"exchange": one.exchange, "charge": one.proposal, "amount": one.total, "note": note or None}
    return Event(
        at=at,
        class_=EventClass.OPERATION,
        sub_type=sub_type,
        severity=Severity.NOTICE if sub_type == "charge_proposed" else Severity.INFO,
        management_code=one.management_code,
        service_code=one.service_code,
        unit_id=one.unit_id,
        actor=by[:64],
        reason=one.rule,
        detail={name: value for name, value in detail.items() if value is not None},
    )
