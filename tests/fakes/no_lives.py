"""The histories of bindings where there are none."""

from servicehost.domain.contract import Scope
from servicehost.ports.life_reads import BindingView

__all__ = ["NoLives"]


class NoLives:
    """Implements `ports.life_reads.LifeReads`."""

    async def bindings_of_unit(self, scope: Scope, distribution_id: str, **_: object) -> list[BindingView]:
        return []

    async def bindings_of_adapter(self, scope: Scope, service_code: str, **_: object) -> list[BindingView]:
        return []
