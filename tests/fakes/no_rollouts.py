"""The reads of rollouts where there are none."""

from collections.abc import Collection

from servicehost.domain.contract import Scope
from servicehost.domain.rollout import Member, MemberState, RolloutState
from servicehost.ports.rollouts import RolloutView

__all__ = ["NoRollouts"]


class NoRollouts:
    """Implements `ports.rollouts.RolloutReads`."""

    async def rollouts(
        self,
        scope: Scope,
        *,
        states: Collection[RolloutState] = (),
        after: int = 0,
        limit: int = 100,
        newest_first: bool = False,
    ) -> list[RolloutView]:
        return []

    async def rollout_counts(self, scope: Scope) -> dict[str, int]:
        return {}

    async def rollout_view(self, scope: Scope, number: int) -> RolloutView | None:
        return None

    async def rollout_members(
        self,
        scope: Scope,
        number: int,
        *,
        states: Collection[MemberState] = (),
        wave: int | None = None,
        after: int = 0,
        limit: int = 100,
    ) -> list[Member]:
        return []
