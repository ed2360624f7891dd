"""The connection log: rows are added, read, and pruned; never changed."""

from collections.abc import Collection, Sequence
from typing import Protocol

import msgspec

from servicehost.domain.attempt import Attempt
from servicehost.domain.contract import Scope

__all__ = ["AttemptReads", "Attempts", "AttemptsWanted"]


class AttemptsWanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which attempts: each field that is set must fit. An address fits with or without its port.

    `after` is the number of the row that came last; with `newest_first` rows before it follow (0: from the newest).
    """

    distribution_id: str | None = None
    since: int | None = None
    outcome: str | None = None
    reason: str | None = None
    address: str | None = None
    after: int = 0
    limit: int = 100
    newest_first: bool = True


class Attempts(Protocol):
    """In a batch."""

    def add_attempts(self, attempts: Sequence[Attempt]) -> None:
        """One statement however many there are."""
        ...

    def owners(self, distribution_ids: Collection[str]) -> dict[str, tuple[int, str | None]]:
        """Number and contract of the units of these names."""
        ...

    def last_attempt(self) -> int:
        """The number of the newest row ever; 0 when there was none."""
        ...

    def prune_attempts(self, after: int, limit: int, *, of_unit: int, of_strangers: int) -> int:
        """Look at the `limit` rows after a number; each unit that has one keeps its newest `of_unit` rows, and what
        belongs to no unit `of_strangers`. The number of the last row looked at, or `after` when there is none."""
        ...


class AttemptReads(Protocol):
    """What the API shows."""

    async def attempts(self, scope: Scope, wanted: AttemptsWanted) -> list[Attempt]:
        """A customer sees the attempts that a unit made while it was theirs."""
        ...
