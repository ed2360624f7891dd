"""Read models for people who look at lists: counted by state, sorted as one works through them, and by name."""

from collections.abc import Collection, Sequence
from typing import Protocol

import msgspec

from servicehost.domain.audit import Action
from servicehost.domain.audit_check import ChainRow, Head
from servicehost.domain.charge_proposal import ProposalState
from servicehost.domain.contract import Scope
from servicehost.domain.unit_return import ReturnState
from servicehost.ports.audit import AuditLine
from servicehost.ports.custody import BilledCharge, ReturnView

__all__ = ["AuditFilter", "OverviewReads"]


class AuditFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which records of a chain are wanted; None and empty: any. `subject` is how the record's subject begins."""

    since: int | None = None
    before: int | None = None
    actor: str = ""
    action: Action | None = None
    subject: str = ""


class OverviewReads(Protocol):
    """Snapshots within the caller's scope."""

    async def return_counts(self, scope: Scope) -> dict[str, int]:
        """How many returns are in each state, those that are in none left out."""
        ...

    async def charge_counts(self, scope: Scope) -> dict[str, int]:
        """As above, of charges."""
        ...

    async def returns_by_due(
        self, scope: Scope, states: Collection[ReturnState], *, after: tuple[int, int] = (0, 0), limit: int = 100
    ) -> list[ReturnView]:
        """By due date, then number, after such a pair (exclusive)."""
        ...

    async def charges_newest_first(
        self, scope: Scope, states: Collection[ProposalState], *, before: int = 0, limit: int = 100
    ) -> list[BilledCharge]:
        """With numbers below `before` (0: from the newest); whatever their state."""
        ...

    async def charge_sums(self, scope: Scope, spans: Sequence[tuple[int, int]]) -> list[int]:
        """What was approved in each span of instants (from the first on, before the second), in whole yen."""
        ...

    async def audit_newest_first(
        self, scope: Scope, chain: str, wanted: AuditFilter, *, before: int = 0, limit: int = 100
    ) -> list[AuditLine]:
        """Records with numbers below `before` (0: from the newest)."""
        ...

    async def chain_rows(self, scope: Scope, chain: str, *, after: int = 0, limit: int = 100) -> list[ChainRow]:
        """As they are kept, for verifying, in the order of their numbers."""
        ...

    async def chain_head(self, scope: Scope, chain: str) -> Head | None:
        """What the store keeps beside the chain; None when nothing was ever written to it."""
        ...

    async def names_of(self, scope: Scope, master_ids: Collection[str]) -> dict[str, str]:
        """By Master ID. People outside the scope, and those who were erased, are left out."""
        ...
