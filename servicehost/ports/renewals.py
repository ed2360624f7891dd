"""Which units are wanted with a younger certificate; a unit's `Place` carries the wish to its hello."""

from collections.abc import Collection
from typing import Protocol

__all__ = ["Renewals"]


class Renewals(Protocol):
    """Part of a batch."""

    def ask_renewals(self, unit_ids: Collection[int], reason: str, at: int) -> None:
        """Want these units with certificates issued from `at` on. A later wish takes the place of an earlier one."""
        ...
