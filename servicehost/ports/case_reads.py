"""Read models of faults and exchanges. Like `reads`: snapshots, within the caller's scope, in the order of numbers."""

from typing import Protocol

import msgspec

from servicehost.domain.acceptance import AcceptancePoint
from servicehost.domain.contract import Scope
from servicehost.domain.destination import DestinationWord, Whereabouts
from servicehost.domain.exchange import Exchange, Step
from servicehost.domain.fault import Fault
from servicehost.domain.override import Override
from servicehost.domain.reaction import Reaction
from servicehost.domain.spare import Reservation, Spare, SpareState
from servicehost.domain.symptom import SymptomKind
from servicehost.ports.cases import FactRow

__all__ = ["Box", "CaseReads", "ExchangeView", "FaultView", "SymptomRow"]


class Box(msgspec.Struct, frozen=True, kw_only=True):
    """A unit as it is told of in a case, also when it has left its customer's scope."""

    distribution_id: str
    model: str
    serial: str


class SymptomRow(msgspec.Struct, frozen=True, kw_only=True):
    """A symptom of a fault: when it was first and last seen, and how often."""

    kind: SymptomKind
    component: str
    evidence: str
    unit_id: int
    first_at: int
    last_at: int
    times: int


class FaultView(msgspec.Struct, frozen=True, kw_only=True):
    """A fault with everything seen and stated about it."""

    fault: Fault
    symptoms: tuple[SymptomRow, ...]
    facts: tuple[FactRow, ...]
    exchanges: tuple[int, ...]
    unit: Box | None


class ExchangeView(msgspec.Struct, frozen=True, kw_only=True):
    """An exchange with its history, the host's checks, and both units."""

    exchange: Exchange
    steps: tuple[Step, ...]
    acceptance: tuple[AcceptancePoint, ...]
    facts: tuple[FactRow, ...]
    old_unit: Box | None
    new_unit: Box | None
    reservations: tuple[Reservation, ...] = ()
    overrides: tuple[Override, ...] = ()
    """Those that were taken back included, oldest first."""
    whereabouts: Whereabouts | None = None
    destination_words: tuple[DestinationWord, ...] = ()
    """What dispatchers decided of where its units go, oldest first."""


class CaseReads(Protocol):
    """Lists hold at most `limit` rows after `after` (exclusive); `newest_first` turns the order, and `after` with it
    (0: from the newest)."""

    async def faults(
        self,
        scope: Scope,
        *,
        service_code: str | None = None,
        after: int = 0,
        limit: int = 100,
        newest_first: bool = False,
        open_only: bool = False,
    ) -> list[Fault]: ...

    async def fault(self, scope: Scope, fault: int) -> FaultView | None: ...

    async def fault_counts(self, scope: Scope) -> dict[str, int]:
        """How many faults are in each phase, those that are in none left out."""
        ...

    async def exchanges(
        self,
        scope: Scope,
        *,
        service_code: str | None = None,
        after: int = 0,
        limit: int = 100,
        newest_first: bool = False,
    ) -> list[Exchange]: ...

    async def exchange(self, scope: Scope, exchange: int) -> ExchangeView | None: ...

    async def exchange_counts(self, scope: Scope) -> dict[str, int]:
        """How many exchanges are in each state, those that are in none left out."""
        ...

    async def spares(
        self,
        scope: Scope,
        *,
        depot: str | None = None,
        model: str | None = None,
        firmware: str | None = None,
        state: SpareState | None = None,
        after: int = 0,
        limit: int = 100,
    ) -> list[Spare]:
        """By the number of their units; of one depot, model, firmware or state, or all. The free stock is outside
        every customer's scope."""
        ...

    async def reactions(
        self, scope: Scope, *, parked: bool | None = None, after: int = 0, limit: int = 100
    ) -> list[Reaction]:
        """Those still to be run; `parked` True: only the parked ones, False: only the others."""
        ...
