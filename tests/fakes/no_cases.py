"""The reads of faults and exchanges where there are none."""

from collections.abc import Collection
from types import SimpleNamespace
from typing import cast

from servicehost.domain.area_proposal import AreaProposal
from servicehost.domain.charge_proposal import ChargeProposal
from servicehost.domain.closed_area import ClosedArea
from servicehost.domain.contract import Scope
from servicehost.domain.declared_location import DeclaredLocation
from servicehost.domain.depot import Depot, StockCount, StockThreshold
from servicehost.domain.evidence import TriageRecord
from servicehost.domain.exchange import Exchange
from servicehost.domain.fault import Fault
from servicehost.domain.reaction import Reaction
from servicehost.domain.shipping_address import ShippingAddress
from servicehost.domain.spare import Spare
from servicehost.domain.standing import RightRecord
from servicehost.operations.case_catalogue import CaseCatalogue
from servicehost.ports.areas import AreaFaults
from servicehost.ports.case_reads import ExchangeView, FaultView
from servicehost.ports.custody import BilledCharge, CustodyView, ReturnView
from servicehost.ports.errands import ErrandView

__all__ = ["NoCases", "no_cases"]


def no_cases() -> CaseCatalogue:
    """A catalogue none of whose use cases is called; the page asks it how a triage is read."""
    return cast("CaseCatalogue", SimpleNamespace(triage=SimpleNamespace(policy=None)))


class NoCases:
    """Implements the reads of cases, custody, rights, areas, triage and stock."""

    async def triage_record(self, scope: Scope, fault: int) -> TriageRecord | None:
        return None

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

    async def spares(self, scope: Scope, **_: object) -> list[Spare]:
        return []

    async def depots(self, scope: Scope) -> list[Depot]:
        return []

    async def stock_thresholds(self, scope: Scope) -> list[StockThreshold]:
        return []

    async def stock_counts(self, scope: Scope) -> list[StockCount]:
        return []

    async def reactions(
        self, scope: Scope, *, parked: bool | None = None, after: int = 0, limit: int = 100
    ) -> list[Reaction]:
        return []

    async def errand(self, scope: Scope, exchange: int) -> ErrandView | None:
        return None

    async def custody_of_exchange(self, scope: Scope, exchange: int) -> CustodyView | None:
        return None

    async def custody_of_unit(self, scope: Scope, distribution_id: str) -> CustodyView | None:
        return None

    async def returns(self, scope: Scope, **_: object) -> list[ReturnView]:
        return []

    async def unit_return(self, scope: Scope, number: int) -> ReturnView | None:
        return None

    async def charges(self, scope: Scope, **_: object) -> list[ChargeProposal]:
        return []

    async def charge(self, scope: Scope, number: int) -> ChargeProposal | None:
        return None

    async def approved_charges(
        self, scope: Scope, *, since: int, before: int, after: int = 0, limit: int = 100
    ) -> list[BilledCharge]:
        return []

    async def right_records(self, scope: Scope, service_codes: Collection[str]) -> dict[str, RightRecord]:
        return {}

    async def declared_locations(
        self, scope: Scope, service_code: str, *, after: int = 0, limit: int = 100
    ) -> list[DeclaredLocation]:
        return []

    async def closed_areas(self, *, after: int = 0, limit: int = 100, now: int | None = None) -> list[ClosedArea]:
        return []

    async def area_proposals(self, scope: Scope, **_: object) -> list[AreaProposal]:
        return []

    async def area_faults(self, scope: Scope) -> list[AreaFaults]:
        return []

    async def shipping_addresses(
        self, scope: Scope, service_code: str, *, after: int = 0, limit: int = 100
    ) -> list[ShippingAddress]:
        return []
