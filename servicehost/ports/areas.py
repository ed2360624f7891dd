"""What the store keeps of closed areas and of the orders inside them. An area is the provider's, a proposal is of the
exchange's contract."""

from collections.abc import Collection
from typing import Protocol

import msgspec

from servicehost.domain.area_proposal import AreaProposal, AreaProposalState, ProposalKind
from servicehost.domain.closed_area import ClosedArea
from servicehost.domain.contract import Scope
from servicehost.domain.exchange import Exchange

__all__ = ["AreaFaults", "AreaReads", "Areas"]


class AreaFaults(msgspec.Struct, frozen=True, kw_only=True):
    """How many faults are open in a municipality, of how many contracts."""

    municipality: str
    faults: int
    contracts: int


class Areas(Protocol):
    """The part of the batch verb that keeps closed areas. Areas are the same for every scope, and are written only
    within one that sees the provider's own."""

    def add_area(self, area: ClosedArea) -> ClosedArea:
        """With its number; numbers grow. Raises NotFound within a tenant's scope."""
        ...

    def end_area(self, area: ClosedArea) -> None:
        """Writes ended_at, ended_by and end_reason, and nothing else of it. Raises NotFound as `add_area`."""
        ...

    def areas(self) -> list[ClosedArea]:
        """All of them, in the order of their numbers."""
        ...

    def exchanges_of_areas(self, after: int, limit: int) -> list[Exchange]:
        """Those that have not gone out, those with a driver under way, and those about which a proposal is open; after
        the number `after` (exclusive)."""
        ...

    def area_proposals_of(self, exchange: int) -> list[AreaProposal]:
        """In the order of their numbers."""
        ...

    def open_proposals(self, area: int, kind: ProposalKind, limit: int) -> list[AreaProposal]:
        """Those of one closing that wait for a decision, in the order of their numbers."""
        ...

    def proposal_of_area(self, number: int) -> AreaProposal | None: ...

    def add_area_proposal(self, proposal: AreaProposal) -> AreaProposal:
        """With its number; an exchange has at most one that is open. Raises NotFound outside the scope."""
        ...

    def save_area_proposal(self, proposal: AreaProposal) -> None:
        """Writes state, decision and notice, and nothing else of it."""
        ...


class AreaReads(Protocol):
    """Snapshots. Proposals within the caller's scope; areas are the same for all."""

    async def closed_areas(self, *, after: int = 0, limit: int = 100, now: int | None = None) -> list[ClosedArea]:
        """After the number `after` (exclusive); with `now` only those in force then."""
        ...

    async def area_proposals(
        self,
        scope: Scope,
        *,
        area: int | None = None,
        states: Collection[AreaProposalState] = (),
        after: int = 0,
        limit: int = 100,
    ) -> list[AreaProposal]:
        """After the number `after` (exclusive); without `states` those in any."""
        ...

    async def area_faults(self, scope: Scope) -> list[AreaFaults]:
        """By municipality of the location in the adapter's terms, most faults first; unknown places are left out."""
        ...
