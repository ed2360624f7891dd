"""A dispatcher decides what is proposed of orders in closed areas, one by one or a whole area together."""

from typing import Final

import msgspec

from servicehost.domain.area_notice import customer_notice
from servicehost.domain.area_proposal import (
    AreaOrder,
    AreaProposal,
    AreaProposalState,
    ProposalKind,
    Withdraw,
    due,
    last_word,
)
from servicehost.domain.audit import Action, AuditEntry
from servicehost.domain.closed_area import ClosedArea
from servicehost.domain.errors import Conflict, NotFound
from servicehost.domain.fact_kind import Area, FactName
from servicehost.domain.people import Actor, Right, demand
from servicehost.domain.rule import Text
from servicehost.operations.area_orders import area_word, order_in_area
from servicehost.operations.casework import Word, exchange_event, tell
from servicehost.operations.deed import recorded
from servicehost.ports.clock import Clock
from servicehost.ports.store import Batch, Store

__all__ = ["AreaDecision", "decide_area_proposal", "decide_area_proposals"]

_AT_ONCE: Final = 200
_SILENT: Final = Text(ja="", en="")


class AreaDecision(msgspec.Struct, frozen=True, kw_only=True):
    """Yes or no, and why."""

    accept: bool
    reason: str


async def decide_area_proposal(
    actor: Actor, number: int, decision: AreaDecision, *, store: Store, clock: Clock
) -> AreaProposal:
    """The proposal, decided; decided in the same way before, it stays as it is. The exchange is then judged again.

    An accepted one carries what the customer is told. Raises Forbidden `no_right`; NotFound `proposal_not_found`;
    Conflict `no_reason`, `proposal_decided` (otherwise), `proposal_withdrawn`, `proposal_overtaken` (the order has
    moved on, and the proposal is about to be withdrawn).
    """
    _demand(actor, decision)
    now = clock.wall()

    def work(batch: Batch) -> AreaProposal:
        proposal = batch.proposal_of_area(number)
        if proposal is None:
            raise NotFound("proposal_not_found", f"There is no proposal {number}")
        if proposal.state is AreaProposalState.WITHDRAWN:
            raise Conflict("proposal_withdrawn", f"Proposal {number} was withdrawn: {proposal.reason}")
        if proposal.state is not AreaProposalState.OPEN:
            if proposal.state is not _state(decision):
                raise Conflict("proposal_decided", f"Proposal {number} is decided already: {proposal.state}")
            return proposal
        areas = batch.areas()
        order = _order(batch, proposal, now)
        moot = due(order, areas, now)
        if isinstance(moot, Withdraw):
            raise Conflict("proposal_overtaken", f"The order of proposal {number} has moved on: {moot.moot}")
        found = _area_of(areas, proposal)
        return _decide(
            batch, _Deciding(actor=actor, order=order, proposal=proposal, area=found, decision=decision, now=now)
        )

    return await store.batch(actor.scope, work)


async def decide_area_proposals(
    actor: Actor, area: int, kind: ProposalKind, decision: AreaDecision, *, store: Store, clock: Clock
) -> list[AreaProposal]:
    """All that wait of one closing, in the same way; what has moved on is left out. Killed in between, what is decided
    stands, and the same call decides the rest.

    Raises Forbidden `no_right`; NotFound `area_not_found`; Conflict `no_reason`.
    """
    _demand(actor, decision)
    now = clock.wall()

    def work(batch: Batch) -> tuple[list[AreaProposal], bool]:
        areas = batch.areas()
        if all(one.number != area for one in areas):
            raise NotFound("area_not_found", f"There is no closed area {area}")
        waiting = batch.open_proposals(area, kind, _AT_ONCE)
        decided: list[AreaProposal] = []
        for proposal in waiting:
            order = _order(batch, proposal, now)
            if not isinstance(due(order, areas, now), Withdraw):
                found = _area_of(areas, proposal)
                one = _Deciding(
                    actor=actor,
                    order=order,
                    proposal=proposal,
                    area=found,
                    decision=decision,
                    now=now,
                    action=Action.DECIDE_AREA_PROPOSALS,
                )
                decided.append(_decide(batch, one))
        return decided, len(waiting) == _AT_ONCE and bool(decided)

    every: list[AreaProposal] = []
    more = True
    while more:
        some, more = await store.batch(actor.scope, work)
        every += some
    return every


def _demand(actor: Actor, decision: AreaDecision) -> None:
    demand(actor, Right.DISPATCH)
    if not decision.reason.strip():
        raise Conflict("no_reason", "Say why it is decided so")


def _state(decision: AreaDecision) -> AreaProposalState:
    return AreaProposalState.ACCEPTED if decision.accept else AreaProposalState.DECLINED


def _order(batch: Batch, proposal: AreaProposal, now: int) -> AreaOrder:
    exchange = batch.exchange(proposal.exchange)
    assert exchange is not None  # noqa: S101 - a proposal is about an exchange that was there, and none is removed
    return order_in_area(batch, exchange, now)


def _area_of(areas: list[ClosedArea], proposal: AreaProposal) -> ClosedArea:
    return next(one for one in areas if one.number == proposal.area)


class _Deciding(msgspec.Struct, frozen=True, kw_only=True):
    """Who decides what, of which order in which area, and when."""

    actor: Actor
    order: AreaOrder
    proposal: AreaProposal
    area: ClosedArea
    decision: AreaDecision
    now: int
    action: Action = Action.DECIDE_AREA_PROPOSAL


def _decide(batch: Batch, one: _Deciding) -> AreaProposal:
    decided_at = _say(batch, one)
    recalls = one.proposal.kind is ProposalKind.RECALL and one.decision.accept
    told = one.decision.accept and not recalls
    notice = customer_notice(one.proposal.kind, one.order.exchange, one.area) if told else _SILENT
    after = msgspec.structs.replace(
        one.proposal,
        state=_state(one.decision),
        decided_at=decided_at,
        decided_by=one.actor.master_id[:64],
        reason=one.decision.reason[:255],
        notice_ja=notice.ja,
        notice_en=notice.en,
    )
    batch.save_area_proposal(after)
    word = Word(by=one.actor.master_id, at=one.now, reason=f"{after.kind}_{after.state}")
    detail = {"proposal": after.number, "area": after.area, "state": after.state}
    tell(batch, [exchange_event(one.order.exchange, "area_proposal_decided", word, detail)])
    if recalls:
        tell(batch, [exchange_event(one.order.exchange, "recall_decided", word, detail)])
    batch.append_audit([_record(one, after)])
    return after


def _record(one: _Deciding, after: AreaProposal) -> AuditEntry:
    return recorded(
        one.actor,
        one.now,
        one.action,
        f"exchange {after.exchange}",
        management_code=after.management_code,
        before={"state": one.proposal.state},
        after={"state": after.state, "kind": after.kind, "proposal": after.number, "area": after.area},
        note=one.decision.reason,
    )


def _say(batch: Batch, one: _Deciding) -> int:
    """What the decision says in the case; the instant of its word on the downgrade."""
    by, order, accept, now = one.actor.master_id, one.order, one.decision.accept, one.now
    if one.proposal.kind is ProposalKind.RECALL and accept:
        return now  # it is said in the case once the driver has been stopped
    if one.proposal.kind is not ProposalKind.RESTORE:
        said, area = last_word(order, FactName.AREA), one.area
        if said is None or said.value != area.state:
            area_word(batch, order, FactName.AREA, area.state, author=area.closed_by, at=area.closed_at)
        return area_word(batch, order, FactName.PROVIDER_DOWNGRADE, accept, author=by, at=now)
    if not accept:
        return now
    area_word(batch, order, FactName.AREA, Area.OPEN, author=by, at=now)
    return area_word(batch, order, FactName.PROVIDER_DOWNGRADE, False, author=by, at=now)
