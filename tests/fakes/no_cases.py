"""The reads of faults and exchanges where there are none."""

from servicehost.domain.contract import Scope
from servicehost.domain.exchange import Exchange
from servicehost.domain.fault import Fault
from servicehost.domain.reaction import Reaction
from servicehost.domain.spare import Spare
from servicehost.ports.case_reads import ExchangeView, FaultView

__all__ = ["NoCases"]


class NoCases:
    """Implements `ports.case_reads.CaseReads`."""

    async def faults(self, scope: Scope, **_: object) -> list[Fault]:
        return []

    async def fault(self, scope: Scope, fault: int) -> FaultView | None:
        return None

    async def fault_counts(self, scope: Scope) -> dict[str, int]:
        return {}

    async def exchanges(self, scope: Scope, **_: object) -> list[Exchange]:
        return []

    async def exchange(self, scope: Scope, exchange: int) -> ExchangeView | None:
        return None

    async def exchange_counts(self, scope: Scope) -> dict[str, int]:
        return {}

    async def spares(self, scope: Scope, *, after: int = 0, limit: int = 100) -> list[Spare]:
        return []

    async def reactions(
        self, scope: Scope, *, parked: bool | None = None, after: int = 0, limit: int = 100
    ) -> list[Reaction]:
        return []
