"""The overviews where there is nothing to look at."""

from collections.abc import Sequence

from servicehost.domain.audit_check import ChainRow, Head
from servicehost.domain.contract import Scope
from servicehost.ports.audit import AuditLine
from servicehost.ports.custody import BilledCharge, ReturnView

__all__ = ["NoOverview"]


class NoOverview:
    """Implements `ports.overview.OverviewReads`."""

    async def return_counts(self, scope: Scope) -> dict[str, int]:
        return {}

    async def charge_counts(self, scope: Scope) -> dict[str, int]:
        return {}

    async def returns_by_due(self, scope: Scope, *_: object, **__: object) -> list[ReturnView]:
        return []

    async def charges_newest_first(self, scope: Scope, *_: object, **__: object) -> list[BilledCharge]:
        return []

    async def charge_sums(self, scope: Scope, spans: Sequence[tuple[int, int]]) -> list[int]:
        return [0] * len(spans)

    async def audit_newest_first(self, scope: Scope, *_: object, **__: object) -> list[AuditLine]:
        return []

    async def chain_rows(self, scope: Scope, chain: str, **_: object) -> list[ChainRow]:
        return []

    async def chain_head(self, scope: Scope, chain: str) -> Head | None:
        return None

    async def names_of(self, scope: Scope, *_: object) -> dict[str, str]:
        return {}
