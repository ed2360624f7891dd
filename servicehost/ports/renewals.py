"""Which units are wanted with a younger certificate, and how old the ones are that they come with."""

from collections.abc import Collection
from typing import Protocol

import msgspec

__all__ = ["RenewalWish", "Renewals"]


class RenewalWish(msgspec.Struct, frozen=True, kw_only=True):
    """Whatever was issued to the unit before `asked_at` (milliseconds) is to be renewed."""

    asked_at: int
    reason: str


class Renewals(Protocol):
    """Part of a batch."""

    def ask_renewals(self, unit_ids: Collection[int], reason: str, at: int) -> None:
        """Want these units with certificates issued from `at` on. A later wish takes the place of an earlier one."""
        ...

    def renewal_wishes(self, unit_ids: Collection[int]) -> dict[int, RenewalWish]:
        """The wishes for those units that have one; it stays when it is met."""
        ...

    def issued_at(self, fingerprints: Collection[str]) -> dict[str, int]:
        """When these certificates were issued, by fingerprint; those nobody has heard of are left out."""
        ...
