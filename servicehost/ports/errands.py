"""What the store keeps of errands: one record for each exchange that has one."""

from typing import Protocol

import msgspec

from servicehost.domain.contract import Scope
from servicehost.domain.errand import Errand
from servicehost.domain.exchange import Exchange
from servicehost.domain.unit_return import UnitReturn

__all__ = ["ErrandReads", "ErrandView", "Errands"]


class ErrandView(msgspec.Struct, frozen=True, kw_only=True):
    """An exchange with its errand, and the return of the unit it replaces; each None while there is none."""

    exchange: Exchange
    errand: Errand | None
    unit_return: UnitReturn | None


class Errands(Protocol):
    """Within the batch's scope: what lies outside is as if it were not there."""

    def errand(self, exchange: int) -> Errand | None: ...

    def save_errand(self, errand: Errand) -> None:
        """Adds or replaces it. Raises NotFound `no_exchange` unless its exchange is of that contract."""
        ...


class ErrandReads(Protocol):
    """Snapshots within the scope."""

    async def errand(self, scope: Scope, exchange: int) -> ErrandView | None:
        """None when there is no such exchange."""
        ...
