"""Handovers, returns and proposals of charges, on one connection."""

from collections.abc import Collection, Sequence
from typing import Final

import msgspec
from sqlalchemy import ColumnElement, Table, insert, select, update

from servicehost.backends.sql import case_tables
from servicehost.backends.sql.custody_rows import (
    handover_row,
    proposal_row,
    return_row,
    to_handover,
    to_proposal,
    to_return,
)
from servicehost.backends.sql.custody_tables import charge_proposal, handover, unit_return
from servicehost.backends.sql.rows import Scoped
from servicehost.domain.charge_proposal import ChargeProposal
from servicehost.domain.custody import Handover, Thing
from servicehost.domain.errors import Conflict, NotFound
from servicehost.domain.unit_return import UnitReturn

__all__ = ["Charges", "Handovers", "Returns"]

_handover = handover.c
_return = unit_return.c
_RETURNS: Final = unit_return
_proposal = charge_proposal.c


class _OfCases(Scoped):
    def _of_exchange(self, exchange: int | None, management_code: str | None) -> None:
        """Raises NotFound unless it is an exchange of that contract, and in scope."""
        self._own([management_code])
        if exchange is None:
            return
        found = case_tables.exchange.c
        chosen = select(found.management_code).where(found.exchange == exchange)
        if self._on.execute(chosen).scalar() != management_code:
            raise NotFound("no_exchange", "No such exchange")

    def _change(self, table: Table, number: ColumnElement[int], value: int, fields: dict[str, object]) -> None:
        chosen = update(table).where(number == value, *self._within(table.c.management_code))
        self._on.execute(chosen.values(fields))


class Handovers(_OfCases):
    """Table `handover`."""

    def chains(self, unit_ids: Collection[int]) -> dict[Thing, list[Handover]]:
        chosen = select(handover).where(_handover.unit_id.in_(list(unit_ids)), *self._within(_handover.management_code))
        chains: dict[Thing, list[Handover]] = {}
        for row in self._on.execute(chosen.order_by(_handover.handover)).mappings():
            one = to_handover(row)
            chains.setdefault(one.thing, []).append(one)
        return chains

    def add_handovers(self, handovers: Sequence[Handover]) -> list[Handover]:
        added = []
        for one in handovers:
            self._of_exchange(one.exchange, one.management_code)
            statement = insert(handover).values(handover_row(one)).returning(_handover.handover)
            added.append(msgspec.structs.replace(one, handover=self._on.execute(statement).scalar_one()))
        return added


class Returns(_OfCases):
    """Table `unit_return`."""

    def unit_return(self, number: int) -> UnitReturn | None:
        found = self._returns(_return.number == number)
        return found[0] if found else None

    def returns_of_exchange(self, exchange: int) -> list[UnitReturn]:
        return self._returns(_return.exchange == exchange)

    def returns_of_units(self, unit_ids: Collection[int]) -> list[UnitReturn]:
        return self._returns(_return.unit_id.in_(list(unit_ids)))

    def returns_past_due(self, now: int, limit: int) -> list[UnitReturn]:
        chosen = (
            select(unit_return)
            .where(_return.state == "due", _return.due_at <= now, *self._within(_return.management_code))
            .order_by(_return.due_at, _return.number)
            .limit(limit)
        )
        return [to_return(row) for row in self._on.execute(chosen).mappings()]

    def add_return(self, unit_return: UnitReturn) -> UnitReturn:
        self._of_exchange(unit_return.exchange, unit_return.management_code)
        statement = insert(_RETURNS).values(return_row(unit_return)).returning(_return.number)
        again = (_return.exchange == unit_return.exchange, _return.unit_id == unit_return.unit_id)
        if unit_return.exchange is not None and self._returns(*again):
            raise Conflict("return_exists", f"The unit's return after exchange {unit_return.exchange} is on record")
        return msgspec.structs.replace(unit_return, number=self._on.execute(statement).scalar_one())

    def save_return(self, unit_return: UnitReturn) -> None:
        self._of_exchange(unit_return.exchange, unit_return.management_code)
        self._change(_RETURNS, _return.number, unit_return.number, return_row(unit_return))

    def _returns(self, *which: ColumnElement[bool]) -> list[UnitReturn]:
        chosen = select(unit_return).where(*which, *self._within(_return.management_code)).order_by(_return.number)
        return [to_return(row) for row in self._on.execute(chosen).mappings()]


class Charges(_OfCases):
    """Table `charge_proposal`."""

    def proposal(self, number: int) -> ChargeProposal | None:
        found = self._proposals(_proposal.proposal == number)
        return found[0] if found else None

    def proposals_of(self, exchange: int | None, unit_id: int) -> list[ChargeProposal]:
        return self._proposals(_proposal.exchange == exchange, _proposal.unit_id == unit_id)

    def unpriced_proposals(self, limit: int) -> list[ChargeProposal]:
        return self._proposals(_proposal.state == "proposed", _proposal.total.is_(None), limit=limit)

    def add_proposal(self, proposal: ChargeProposal) -> ChargeProposal:
        self._of_exchange(proposal.exchange, proposal.management_code)
        statement = insert(charge_proposal).values(proposal_row(proposal)).returning(_proposal.proposal)
        return msgspec.structs.replace(proposal, proposal=self._on.execute(statement).scalar_one())

    def save_proposal(self, proposal: ChargeProposal) -> None:
        self._of_exchange(proposal.exchange, proposal.management_code)
        decided = {name: getattr(proposal, name) for name in ("state", "decided_at", "decided_by", "reason")}
        self._change(charge_proposal, _proposal.proposal, proposal.proposal, decided)

    def _proposals(self, *which: ColumnElement[bool], limit: int | None = None) -> list[ChargeProposal]:
        chosen = select(charge_proposal).where(*which, *self._within(_proposal.management_code))
        rows = self._on.execute(chosen.order_by(_proposal.proposal).limit(limit)).mappings()
        return [to_proposal(row) for row in rows]
