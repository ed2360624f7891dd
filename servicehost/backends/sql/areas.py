"""Closed areas and what is proposed of the orders inside them, on one connection."""

from typing import Final

import msgspec
from sqlalchemy import and_, insert, or_, select, update

from servicehost.backends.sql import case_tables
from servicehost.backends.sql.area_rows import row_of, to_area, to_area_proposal
from servicehost.backends.sql.area_tables import area_proposal, closed_area
from servicehost.backends.sql.case_rows import to_exchange
from servicehost.backends.sql.rows import Scoped
from servicehost.domain.area_proposal import NOT_GONE_OUT, AreaProposal, AreaProposalState, ProposalKind
from servicehost.domain.closed_area import ClosedArea
from servicehost.domain.errors import NotFound
from servicehost.domain.exchange import Exchange, ExchangeState
from servicehost.domain.rules import Verdict

__all__ = ["AreaRows"]

_area = closed_area.c
_proposal = area_proposal.c
_exchange = case_tables.exchange.c
_ENDED: Final = ("ended_at", "ended_by", "end_reason")
_DECIDED: Final = ("state", "decided_at", "decided_by", "reason", "notice_ja", "notice_en")


class AreaRows(Scoped):
    """Tables `closed_area` and `area_proposal`."""

    def add_area(self, area: ClosedArea) -> ClosedArea:
        self._own([None])
        statement = insert(closed_area).values(row_of(area)).returning(_area.number)
        return msgspec.structs.replace(area, number=self._on.execute(statement).scalar_one())

    def end_area(self, area: ClosedArea) -> None:
        self._own([None])
        ended = {name: getattr(area, name) for name in _ENDED}
        self._on.execute(update(closed_area).where(_area.number == area.number).values(ended))

    def areas(self) -> list[ClosedArea]:
        return [to_area(row) for row in self._on.execute(select(closed_area).order_by(_area.number)).mappings()]

    def exchanges_of_areas(self, after: int, limit: int) -> list[Exchange]:
        waiting = select(_proposal.exchange).where(_proposal.state == AreaProposalState.OPEN.value)
        not_gone = [state.value for state in sorted(NOT_GONE_OUT)]
        with_driver = and_(
            _exchange.state == ExchangeState.ORDERED.value, _exchange.method == Verdict.ONSITE_SWAP.value
        )
        chosen = (
            select(case_tables.exchange)
            .where(_exchange.exchange > after)
            .where(or_(_exchange.state.in_(not_gone), with_driver, _exchange.exchange.in_(waiting)))
            .where(*self._within(_exchange.management_code))
            .order_by(_exchange.exchange)
            .limit(limit)
        )
        return [to_exchange(row) for row in self._on.execute(chosen).mappings()]

    def area_proposals_of(self, exchange: int) -> list[AreaProposal]:
        chosen = select(area_proposal).where(_proposal.exchange == exchange, *self._within(_proposal.management_code))
        return [to_area_proposal(row) for row in self._on.execute(chosen.order_by(_proposal.number)).mappings()]

    def open_proposals(self, area: int, kind: ProposalKind, limit: int) -> list[AreaProposal]:
        chosen = (
            select(area_proposal)
            .where(_proposal.area == area, _proposal.kind == kind.value)
            .where(_proposal.state == AreaProposalState.OPEN.value, *self._within(_proposal.management_code))
            .order_by(_proposal.number)
            .limit(limit)
        )
        return [to_area_proposal(row) for row in self._on.execute(chosen).mappings()]

    def proposal_of_area(self, number: int) -> AreaProposal | None:
        chosen = select(area_proposal).where(_proposal.number == number, *self._within(_proposal.management_code))
        row = self._on.execute(chosen).mappings().first()
        return None if row is None else to_area_proposal(row)

    def add_area_proposal(self, proposal: AreaProposal) -> AreaProposal:
        self._own([proposal.management_code])
        chosen = select(_exchange.management_code).where(_exchange.exchange == proposal.exchange)
        if self._on.execute(chosen).scalar() != proposal.management_code:
            raise NotFound("exchange_not_found", f"There is no exchange {proposal.exchange}")
        statement = insert(area_proposal).values(row_of(proposal)).returning(_proposal.number)
        return msgspec.structs.replace(proposal, number=self._on.execute(statement).scalar_one())

    def save_area_proposal(self, proposal: AreaProposal) -> None:
        decided = {name: getattr(proposal, name) for name in _DECIDED}
        mine = self._within(_proposal.management_code)
        self._on.execute(update(area_proposal).where(_proposal.number == proposal.number, *mine).values(decided))
