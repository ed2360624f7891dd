"""What the store keeps of depots, of what was set aside and why, and of overridden verdicts; and its read models."""

from collections.abc import Sequence
from typing import Protocol

from servicehost.domain.contract import Scope
from servicehost.domain.depot import Depot, StockCount, StockThreshold
from servicehost.domain.override import Override
from servicehost.domain.spare import Reservation, Spare

__all__ = ["StockKeeping", "StockReads"]


class StockKeeping(Protocol):
    """The part of the batch verb that keeps stock. Depots and thresholds are the provider's: no customer's scope sees
    them."""

    def depots(self) -> list[Depot]:
        """In the order of their names."""
        ...

    def put_depot(self, depot: Depot) -> None:
        """Adds or replaces it."""
        ...

    def threshold(self, depot: str, model: str) -> StockThreshold | None: ...

    def put_threshold(self, threshold: StockThreshold) -> None:
        """Adds or replaces it; one of 0 is removed."""
        ...

    def free_spares(self, model: str) -> list[Spare]:
        """All of them, the one that has lain in stock longest first."""
        ...

    def add_reservation(self, reservation: Reservation) -> Reservation:
        """With its number; nothing changes or removes one. Raises NotFound unless the exchange is of that contract."""
        ...

    def override_of(self, exchange: int) -> Override | None:
        """The one in force."""
        ...

    def add_override(self, override: Override) -> Override:
        """With its number. Raises NotFound unless the exchange is of that contract."""
        ...

    def withdraw_override(self, override: Override) -> None:
        """Writes when, by whom and why it was taken back, and nothing else of it."""
        ...

    def unsettled(self, exchange: int, operations: Sequence[str]) -> bool:
        """Whether a step of these still waits, or is parked, that follows from something said of the exchange."""
        ...

    def clear_startup(self, service_code: str) -> None:
        """The adapter's units start with no config from now on; its revisions stay."""
        ...


class StockReads(Protocol):
    """Snapshots. What belongs to the provider alone is empty in a customer's scope."""

    async def depots(self, scope: Scope) -> list[Depot]:
        """In the order of their names."""
        ...

    async def stock_thresholds(self, scope: Scope) -> list[StockThreshold]:
        """In the order of depot and model."""
        ...

    async def stock_counts(self, scope: Scope) -> list[StockCount]:
        """In the order of depot, model and firmware; what a threshold asks for is listed though there is none."""
        ...
