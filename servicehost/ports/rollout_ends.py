"""What the end of a contract asks of rollouts."""

from collections.abc import Collection
from typing import Protocol

from servicehost.domain.rollout import Member, RolloutState

__all__ = ["RolloutEnds"]


class RolloutEnds(Protocol):
    """The part of the batch verb that finds what a contract's end stops."""

    def rollouts_of(self, management_code: str, states: Collection[RolloutState]) -> list[int]:
        """The numbers of those of the contract that are in one of these states, growing. Each may hold a long plan."""
        ...

    def unfinished_members_of(self, service_codes: Collection[str]) -> list[Member]:
        """The unfinished members that these adapters are, at most one each, by service code."""
        ...
