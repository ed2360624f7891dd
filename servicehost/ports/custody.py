"""What the store keeps of things that change hands: handovers, returns, proposals of charges; and its read models."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

import msgspec

from servicehost.domain.charge_proposal import ChargeProposal, ProposalState
from servicehost.domain.contract import Scope
from servicehost.domain.custody import Handover, Thing
from servicehost.domain.unit_return import ReturnState, UnitReturn
from servicehost.ports.case_reads import Box

__all__ = ["BilledCharge", "Custody", "CustodyReads", "CustodyView", "ReturnView"]


class Custody(Protocol):
    """The part of the batch verb that keeps custody. Within the batch's scope; lists are in the order of numbers."""

    def chains(self, unit_ids: Collection[int]) -> dict[Thing, list[Handover]]:
        """Every handover of the units and of their accessories, by thing."""
        ...

    def add_handovers(self, handovers: Sequence[Handover]) -> list[Handover]:
        """With their numbers, in the order given; numbers grow. Nothing changes or removes one."""
        ...

    def unit_return(self, number: int) -> UnitReturn | None: ...

    def returns_of_exchange(self, exchange: int) -> list[UnitReturn]: ...

    def returns_of_units(self, unit_ids: Collection[int]) -> list[UnitReturn]: ...

    def returns_past_due(self, now: int, limit: int) -> list[UnitReturn]:
        """Those in state `due` whose date has come, the oldest date first."""
        ...

    def add_return(self, unit_return: UnitReturn) -> UnitReturn:
        """With its number. Raises Conflict `return_exists` for the same unit of the same exchange, if there is one."""
        ...

    def save_return(self, unit_return: UnitReturn) -> None: ...

    def proposal(self, number: int) -> ChargeProposal | None: ...

    def proposals_of(self, exchange: int | None, unit_id: int) -> list[ChargeProposal]:
        """None: those that no exchange has brought about."""
        ...

    def unpriced_proposals(self, limit: int) -> list[ChargeProposal]:
        """Those in state `proposed` that lack a price."""
        ...

    def add_proposal(self, proposal: ChargeProposal) -> ChargeProposal:
        """With its number."""
        ...

    def save_proposal(self, proposal: ChargeProposal) -> None:
        """Writes state, decided_at, decided_by and reason, and nothing else of it."""
        ...


class ReturnView(msgspec.Struct, frozen=True, kw_only=True):
    """A return and the unit that is to come back."""

    unit_return: UnitReturn
    unit: Box


class CustodyView(msgspec.Struct, frozen=True, kw_only=True):
    """What changed hands, oldest first, with the units by their numbers, and the returns."""

    handovers: tuple[Handover, ...]
    units: Mapping[int, Box]
    returns: tuple[UnitReturn, ...]


class BilledCharge(msgspec.Struct, frozen=True, kw_only=True):
    """An approved proposal as billing wants it."""

    proposal: ChargeProposal
    unit: Box
    customer: str


class CustodyReads(Protocol):
    """Snapshots within the caller's scope. Lists hold at most `limit` rows after the number `after` (exclusive)."""

    async def custody_of_exchange(self, scope: Scope, exchange: int) -> CustodyView | None:
        """What its return and delivery brought about; None without such an exchange."""
        ...

    async def custody_of_unit(self, scope: Scope, distribution_id: str) -> CustodyView | None:
        """Everything of the unit that the scope sees; None when that is nothing and the unit itself is not in it."""
        ...

    async def returns(
        self, scope: Scope, *, state: ReturnState | None = None, after: int = 0, limit: int = 100
    ) -> list[ReturnView]: ...

    async def unit_return(self, scope: Scope, number: int) -> ReturnView | None: ...

    async def charges(
        self,
        scope: Scope,
        *,
        state: ProposalState | None = None,
        exchange: int | None = None,
        after: int = 0,
        limit: int = 100,
    ) -> list[ChargeProposal]: ...

    async def charge(self, scope: Scope, number: int) -> ChargeProposal | None: ...

    async def approved_charges(
        self, scope: Scope, *, since: int, before: int, after: int = 0, limit: int = 100
    ) -> list[BilledCharge]:
        """Those approved at `since` or later and earlier than `before`, by number."""
        ...
