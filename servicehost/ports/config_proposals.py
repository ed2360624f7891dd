"""What the store keeps of config proposals; their texts lie among the contract's contents."""

from typing import Protocol

from servicehost.domain.config_proposal import ConfigProposal, DraftState
from servicehost.domain.contract import Scope

__all__ = ["ConfigProposalReads", "ConfigProposals"]


class ConfigProposals(Protocol):
    """The part of the transaction verb that keeps proposals. Within the transaction's scope."""

    async def config_proposal(self, number: int) -> ConfigProposal | None: ...

    async def add_config_proposal(self, proposal: ConfigProposal) -> ConfigProposal:
        """With its number; its content must be there. Raises NotFound outside the scope, and for another contract's
        adapter."""
        ...

    async def save_config_proposal(self, proposal: ConfigProposal) -> None:
        """Writes state, decided_at, decided_by, answer and revision."""
        ...


class ConfigProposalReads(Protocol):
    """Snapshots, within the caller's scope."""

    async def config_proposals(
        self,
        scope: Scope,
        *,
        service_code: str | None = None,
        state: DraftState | None = None,
        after: int = 0,
        limit: int = 100,
    ) -> list[ConfigProposal]:
        """In the order of their numbers, at most `limit` after `after` (exclusive)."""
        ...

    async def proposed_config(self, scope: Scope, number: int) -> tuple[ConfigProposal, str] | None:
        """A proposal and its text."""
        ...
