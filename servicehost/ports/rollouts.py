"""What is kept of rollouts: each with its plan, its members, and how many of them stand where."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

import msgspec

from servicehost.domain.contract import Scope
from servicehost.domain.push import Push
from servicehost.domain.rollout import Member, MemberState, Rollout, RolloutState, Tally
from servicehost.domain.rollout_freeze import Target
from servicehost.domain.rollout_rules import Candidate
from servicehost.ports.config_batch import ConfigBatch

__all__ = ["Move", "RolloutReads", "RolloutView", "Rollouts"]


class Move(msgspec.Struct, frozen=True, kw_only=True):
    """A member as it stood and as it stands from now on."""

    before: Member
    after: Member


class RolloutView(msgspec.Struct, frozen=True, kw_only=True):
    """A rollout and how many of its members stand where, by wave; wave 0 are those who were skipped at the start."""

    rollout: Rollout
    tallies: Mapping[int, Tally]


class Rollouts(ConfigBatch, Protocol):
    """The part of the batch verb that keeps rollouts."""

    def add_rollout(self, rollout: Rollout) -> Rollout:
        """With its number; numbers grow. Raises NotFound outside the scope."""
        ...

    def rollout(self, number: int) -> Rollout | None: ...

    def save_rollout(self, rollout: Rollout) -> None:
        """Writes everything but number, contract, plan, and who created it when."""
        ...

    def rollouts_to_look_at(self, now: int, limit: int) -> list[int]:
        """Those that are due, or have something under way whose end may have come; the longest due first."""
        ...

    def next_rollout_due(self) -> int | None:
        """The earliest instant at which one is due."""
        ...

    def rollout_targets(self, service_codes: Collection[str]) -> dict[str, Target]:
        """Those of these adapters that exist, by service code."""
        ...

    def add_rollout_members(self, members: Sequence[Member]) -> None:
        """All of one rollout, and their counts. Raises NotFound outside the scope."""
        ...

    def move_members(self, moves: Sequence[Move]) -> None:
        """Writes everything of each that can change, and the counts. `before` must be how it stands."""
        ...

    def end_members(self, rollout: int, states: Collection[MemberState], to: MemberState, reason: str, at: int) -> int:
        """Every unfinished member in one of these states comes to this end, in one step; how many there were."""
        ...

    def mark_to_undo(self, rollout: int, failures: Collection[str], at: int) -> int:
        """Every member that confirmed, soaks, or failed for one of these reasons is to be undone; how many there are.

        Those whose adapter is in another unfinished rollout are kept instead, for the reason `in_other_rollout`.
        """
        ...

    def member_codes(self, rollout: int) -> list[str]:
        """The service codes of all members, in the order of their turns; none before the start."""
        ...

    def tallies(self, rollout: int) -> dict[int, Tally]:
        """By wave."""
        ...

    def ended_members(self, rollout: int, limit: int) -> list[tuple[Member, Push]]:
        """Those that are pushed or undoing and whose push has ended, in the order of their positions."""
        ...

    def recallable_members(self, rollout: int, limit: int) -> list[tuple[Member, Push]]:
        """Those that are pushed and whose push no unit tries yet."""
        ...

    def overdue_members(self, rollout: int, now: int, limit: int) -> list[Member]:
        """Those whose time is over, the longest over first."""
        ...

    def next_member_due(self, rollout: int) -> int | None: ...

    def faulty_members(self, rollout: int, limit: int) -> list[Member]:
        """Those pushed or soaking whose adapter has an open fault, no mere suspicion, that opened since they began."""
        ...

    def silent_members(self, rollout: int, limit: int) -> list[Candidate]:
        """Those pushed or soaking whose unit is not plainly in session now."""
        ...

    def waiting_members(self, rollout: int, wave: int, limit: int) -> list[Candidate]:
        """Whose turn is next in that wave. Left out: another of the site is in flight, or the adapter tries a push."""
        ...

    def returned_members(self, rollout: int, limit: int) -> list[Candidate]:
        """Those away whose unit is in session now; left out as above."""
        ...

    def members_to_undo(self, rollout: int, limit: int) -> list[Candidate]:
        """Those to undo whose unit is in session now, the last to begin first; left out as above."""
        ...


class RolloutReads(Protocol):
    """Snapshots. What lies outside the scope is not there."""

    async def rollouts(
        self,
        scope: Scope,
        *,
        states: Collection[RolloutState] = (),
        after: int = 0,
        limit: int = 100,
        newest_first: bool = False,
    ) -> list[RolloutView]:
        """After the number `after` (exclusive); without `states` those in any. newest_first turns the order and reads
        before it (0: from the newest)."""
        ...

    async def rollout_counts(self, scope: Scope) -> dict[str, int]:
        """How many rollouts stand in each state; states with none are left out."""
        ...

    async def rollout_view(self, scope: Scope, number: int) -> RolloutView | None: ...

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
        """After the position `after` (exclusive), in the order of their turns."""
        ...
